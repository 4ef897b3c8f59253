// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Collects {@code created_by} of the parts and chooses that of the merged file. Readers decide by it which statistics they
 * trust and which bugs of a writer they work around, mostly bugs of versions before a certain one. For several versions of
 * one program the merged file names the oldest, for several programs none.
 */
final class WriterNames {
    /** The number of names in a note. */
    private static final int MOST_NAMED = 10;

    private static final Pattern VERSIONED =
            Pattern.compile("(.*?) version (\\d{1,9}(?:\\.\\d{1,9}){0,5}).*", Pattern.DOTALL);

    private final Set<String> names = new LinkedHashSet<>();
    private @Nullable Span named;
    private boolean hasParts;
    private boolean programsDiffer;

    /** @param createdBy null if the part has none */
    void add(@Nullable Span createdBy) {
        if (!hasParts) {
            hasParts = true;
            named = createdBy;
            remember(createdBy);
        } else if (!Span.same(createdBy, named)) {
            remember(createdBy);
            choose(createdBy);
        }
    }

    private void remember(@Nullable Span createdBy) {
        if (names.size() <= MOST_NAMED) {
            names.add(createdBy == null ? "none" : '"' + ParquetLimits.quoted(text(createdBy)) + '"');
        }
    }

    private void choose(@Nullable Span other) {
        Span before = named;
        Matcher one = VERSIONED.matcher(before == null ? "" : text(before));
        Matcher two = VERSIONED.matcher(other == null ? "" : text(other));
        if (programsDiffer || !one.matches() || !two.matches() || !one.group(1).equals(two.group(1))) {
            programsDiffer = true;
            named = null;
        } else if (Arrays.compare(numbers(two.group(2)), numbers(one.group(2))) < 0) {
            named = other;
        }
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
    }

    private static String text(Span createdBy) {
        return createdBy.reader().text();
    }

    /** {@code created_by} of the merged file; null to omit it. */
    @Nullable
    Span named() {
        return named;
    }

    Optional<String> namedText() {
        return named == null ? Optional.empty() : Optional.of(text(named));
    }

    /** A note if the parts have different writers. */
    Optional<Note> note() {
        return names.size() < 2
                ? Optional.empty()
                : Optional.of(new Note.WritersDiffer(
                        names.stream().limit(MOST_NAMED).toList(), namedText().map(ParquetLimits::quoted)));
    }
}
