// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What becomes of text that the source knows a type for. */
public enum ColumnTypes {
    /** A column gets its type where every value of it can be read as one. */
    AUTO,
    /** Every column stays as the source sent it. */
    AS_IS;

    /** The way of that name in lower case. */
    public static Optional<ColumnTypes> parse(String text) {
        return Arrays.stream(values()).filter(way -> way.text().equals(text)).findFirst();
    }

    /** The name in lower case, as in the contract and the registry. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
