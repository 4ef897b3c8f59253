// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The names that objects may have: 1 to {@value #MOST_BYTES} bytes of UTF-8, in segments between slashes. No segment is empty,
 * {@code .} or {@code ..}, or begins with {@value #RESERVED}; no character is a control character, a backslash or half of a
 * surrogate pair.
 */
public final class ObjectNames {
    /** Bytes of a name in UTF-8 at most. */
    public static final int MOST_BYTES = 1024;
    /** Begins the names that stores keep for themselves. */
    public static final String RESERVED = ".agnes-";

    private ObjectNames() {}

    /** Whether an object may have this name; other programs may put objects with other names into a bucket. */
    public static boolean isAllowed(String name) {
        return problem(name).isEmpty();
    }

    /** @throws IllegalArgumentException for a name that no object may have */
    public static void require(String name) {
        problem(name).ifPresent(problem -> {
            throw new IllegalArgumentException("an object name " + problem);
        });
    }

    private static Optional<String> problem(String name) {
        if (name.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            return Optional.of("may have " + MOST_BYTES + " bytes at most");
        }
        if (name.chars().anyMatch(ObjectNames::isForbidden)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            return Optional.of("has a character that none may have");
        }
        for (String segment : name.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..") || segment.startsWith(RESERVED)) {
                return Optional.of("has the segment \"" + segment + "\"");
            }
        }
        return Optional.empty();
    }

    private static boolean isForbidden(int character) {
        return Character.isISOControl(character) || character == '\\';
    }
}
