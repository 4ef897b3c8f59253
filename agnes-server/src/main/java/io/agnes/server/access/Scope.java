// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a token allows. {@code ADMIN} includes all others; the others include nothing else. */
public enum Scope {
    /** Reading granted tables. */
    READ,
    /** Starting, watching and cancelling runs. */
    OPERATE,
    /** Changing tables, users, grants and tokens. */
    ADMIN,
    /** Reading measurements. */
    METRICS;

    /** The scope of that name in lower case. */
    public static Optional<Scope> parse(String text) {
        return Arrays.stream(values())
                .filter(scope -> scope.text().equals(text))
                .findFirst();
    }

    /** The name in lower case, as in the contract and the registry. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
