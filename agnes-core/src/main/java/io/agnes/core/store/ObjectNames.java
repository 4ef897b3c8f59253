// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import java.nio.charset.StandardCharsets;

/**
 * The names that objects may have: 1 to {@value #MOST_BYTES} bytes of UTF-8, in segments between slashes. No segment is empty,
 * {@code .} or {@code ..}, or begins with {@value #RESERVED}; no character is a control character, a backslash or half of a
 * surrogate pair.
 */
final class ObjectNames {
    static final int MOST_BYTES = 1024;
    /** Begins the names that stores keep for themselves. */
    static final String RESERVED = ".agnes-";

    private ObjectNames() {}

    /** @throws IllegalArgumentException for a name that no object may have */
    static void require(String name) {
        if (name.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw new IllegalArgumentException("an object name may have " + MOST_BYTES + " bytes at most");
        }
        if (name.chars().anyMatch(ObjectNames::isForbidden)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException("an object name has a character that none may have");
        }
        for (String segment : name.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..") || segment.startsWith(RESERVED)) {
                throw new IllegalArgumentException("an object name has the segment \"" + segment + "\"");
            }
        }
    }

    private static boolean isForbidden(int character) {
        return Character.isISOControl(character) || character == '\\';
    }
}
