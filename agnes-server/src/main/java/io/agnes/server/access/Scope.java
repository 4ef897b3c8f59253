// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a token may be used for. Each one includes nothing of another, but {@code ADMIN} includes all. */
public enum Scope {
    /** Tables that are granted. */
    READ,
    /** Starting and watching runs. */
    OPERATE,
    /** Registry, users, grants, tokens. */
    ADMIN,
    /** Measurements. */
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
