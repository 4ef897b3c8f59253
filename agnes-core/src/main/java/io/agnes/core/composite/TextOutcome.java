// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

/** What became of the question whether text parts can be one file. */
public sealed interface TextOutcome {
    /** They can. */
    record Composed(Composite composite) implements TextOutcome {}

    /**
     * Their columns are not the same.
     *
     * @param part the index of the first one with another header
     */
    record HeadersDiffer(int part, String expected, String found) implements TextOutcome {}
}
