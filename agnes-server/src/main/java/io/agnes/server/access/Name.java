// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a user or a group is called: a letter, digit or underscore, then up to 127 of those and of dot, hyphen, plus and at.
 *
 * @param value the name as given; case counts
 */
public record Name(String value) {
    /** The grammar, for people. */
    public static final String GRAMMAR = "1 to 128 of A-Z a-z 0-9 _ . + @ - and none of the marks first";

    private static final Pattern PATTERN = Pattern.compile("\\A[A-Za-z0-9_][A-Za-z0-9_.+@-]{0,127}\\z");

    /** The group whose members may do everything. */
    public static final Name ADMIN_GROUP = new Name("Admin");

    /** Who acts with the scheduler's token; a name that no user may be given. */
    public static final Name SCHEDULER = new Name("scheduler");

    /** Who mints the token of a first start, as far as the audit log knows. */
    public static final Name FIRST_START = new Name("first-start");

    /** @throws IllegalArgumentException if the value is outside the grammar */
    public Name {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a name is " + GRAMMAR);
        }
    }

    /** The name, or nothing if the text is outside the grammar. */
    public static Optional<Name> parse(String text) {
        return PATTERN.matcher(text).matches() ? Optional.of(new Name(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
