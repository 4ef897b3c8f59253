// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How readers get a registered table. */
public enum QueryMode {
    /** Agnes copies a file that another program writes. */
    LOCAL,
    /** Agnes fetches the table from its source and keeps a copy. */
    MATERIALIZED,
    /** Readers query the source; Agnes keeps no copy. */
    REMOTE;

    /** The mode with this name in lower case. */
    public static Optional<QueryMode> parse(String text) {
        return Arrays.stream(values()).filter(mode -> mode.text().equals(text)).findFirst();
    }

    /** The name in lower case, as in the contract and the registry. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
