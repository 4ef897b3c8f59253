// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What becomes of empty text in a column that the source knows another type than text for. */
public enum EmptyAsNull {
    /** It stands for a missing value and becomes NULL, where the column gets its type. */
    AUTO,
    /** It is no value of any such type, and the column stays text. */
    NEVER;

    /** The way of that name in lower case. */
    public static Optional<EmptyAsNull> parse(String text) {
        return Arrays.stream(values()).filter(way -> way.text().equals(text)).findFirst();
    }

    /** The name in lower case, as in the contract and the registry. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
