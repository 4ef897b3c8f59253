// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a registered table gets to its readers. */
public enum QueryMode {
    /** A file that another program drops is adopted. */
    LOCAL,
    /** The source exports it and we keep the copy. */
    MATERIALIZED,
    /** Readers ask the source; we distribute no copy. */
    REMOTE;

    /** The mode of that name in lower case. */
    public static Optional<QueryMode> parse(String text) {
        return Arrays.stream(values()).filter(mode -> mode.text().equals(text)).findFirst();
    }

    /** The name in lower case, as in the contract and the registry. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
