// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How columns of text are converted whose type the source knows. */
public enum ColumnTypes {
    /** A column is converted if every value can be read as its type. */
    AUTO,
    /** No column is converted. */
    AS_IS;

    /** The constant with this name in lower case. */
    public static Optional<ColumnTypes> parse(String text) {
        return Arrays.stream(values()).filter(way -> way.text().equals(text)).findFirst();
    }

    /** The name in lower case, as in the contract and the registry. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
