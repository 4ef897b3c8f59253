// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How empty text is converted in a column whose type in the source is another one than text. */
public enum EmptyAsNull {
    /** Empty text becomes NULL when the column is converted. */
    AUTO,
    /** A column with empty text stays text. */
    NEVER;

    /** The constant with this name in lower case. */
    public static Optional<EmptyAsNull> parse(String text) {
        return Arrays.stream(values()).filter(way -> way.text().equals(text)).findFirst();
    }

    /** The name in lower case, as in the contract and the registry. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
