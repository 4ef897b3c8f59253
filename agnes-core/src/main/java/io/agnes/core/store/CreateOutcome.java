// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

/** The result of creating an object. */
public sealed interface CreateOutcome {
    /**
     * The object was created.
     *
     * @param object with its CRC32C
     */
    record Created(StoredObject object) implements CreateOutcome {}

    /** An object of this name exists already and is unchanged. */
    record Exists() implements CreateOutcome {}
}
