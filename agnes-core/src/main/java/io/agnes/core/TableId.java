// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The one key of a table, for files, state, grants, manifest and URLs: a letter, digit or underscore, then up to 127 of
 * those, dots and hyphens, all ASCII. Some file systems ignore case, so {@link #folded()} must be unique too.
 *
 * @param value the id as registered
 */
public record TableId(String value) implements Comparable<TableId> {
    /** The grammar, for people. */
    public static final String GRAMMAR = "1 to 128 of A-Z a-z 0-9 _ . - and no dot or hyphen first";

    // \z and not $: the latter would accept a trailing newline.
    private static final Pattern PATTERN = Pattern.compile("\\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\\z");

    /** @throws IllegalArgumentException if the value violates the grammar */
    public TableId {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("table id must be " + GRAMMAR);
        }
    }

    /** The id; empty if the text violates the grammar. */
    public static Optional<TableId> parse(String text) {
        return PATTERN.matcher(text).matches() ? Optional.of(new TableId(text)) : Optional.empty();
    }

    /** The id in lower case, to find collisions. */
    public String folded() {
        return value.toLowerCase(Locale.ROOT);
    }

    @Override
    public int compareTo(TableId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
