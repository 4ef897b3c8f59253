// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a run: 16 hex digits in lower case, chosen at random.
 *
 * @param value the digits
 */
public record RunId(String value) {
    private static final Pattern PATTERN = Pattern.compile("\\A[0-9a-f]{16}\\z");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** @throws IllegalArgumentException if it is not 16 hex digits */
    public RunId {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a run id is 16 hex digits");
        }
    }

    /** A new id. */
    public static RunId random() {
        return new RunId(HexFormat.of().toHexDigits(RANDOM.nextLong()));
    }

    /** The run id; empty if the text is not one. */
    public static Optional<RunId> parse(String text) {
        return PATTERN.matcher(text).matches() ? Optional.of(new RunId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
