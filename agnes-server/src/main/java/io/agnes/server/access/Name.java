// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a user or a group: a letter, digit or underscore, then up to 127 more of these or dot, hyphen, plus and
 * at.
 *
 * @param value the name as given, case-sensitive
 */
public record Name(String value) {
    /** The grammar in words, for messages. */
    public static final String GRAMMAR = "1 to 128 of A-Z a-z 0-9 _ . + @ - and none of the marks first";

    private static final Pattern PATTERN = Pattern.compile("\\A[A-Za-z0-9_][A-Za-z0-9_.+@-]{0,127}\\z");

    /** The group whose members may do everything. */
    public static final Name ADMIN_GROUP = new Name("Admin");

    /** The user of the scheduler's token; no other user can have this name. */
    public static final Name SCHEDULER = new Name("scheduler");

    /** The name in the audit log for a first start that mints a token. */
    public static final Name FIRST_START = new Name("first-start");

    /** @throws IllegalArgumentException if the value is outside the grammar */
    public Name {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a name is " + GRAMMAR);
        }
    }

    /** The name; empty if the text is outside the grammar. */
    public static Optional<Name> parse(String text) {
        return PATTERN.matcher(text).matches() ? Optional.of(new Name(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
