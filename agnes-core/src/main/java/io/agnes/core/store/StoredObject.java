// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import java.util.OptionalInt;

/**
 * One state of an object. An object that is deleted and created again under the same name has another generation.
 *
 * @param length in bytes
 * @param generation identifies this state; opaque
 * @param crc32c the CRC32C of the content, if the store knows it without reading the content
 */
public record StoredObject(String name, long length, String generation, OptionalInt crc32c) {
    public StoredObject {
        ObjectNames.require(name);
        if (length < 0) {
            throw new IllegalArgumentException("an object of " + length + " bytes");
        }
    }
}
