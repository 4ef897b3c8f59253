// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Merges the {@code pandas} metadata of the parts. An index stored in columns stays as it is. A range index, which counts
 * rows, becomes one range over all rows if the ranges of the parts allow it; otherwise the merged metadata has no index.
 */
final class CommonPandas {
    private @Nullable PandasMetadata first;
    private @Nullable String dropped;
    private @Nullable String indexDropped;
    private long rows;
    private long next;
    /** Whether each part's range begins where the one before ended. */
    private boolean follows = true;
    /** Whether each part's range begins at the same number. */
    private boolean eachFromStart = true;

    /** Whether a part has metadata. */
    private boolean anyPresent;

    private int parts;

    /** @param text the part's metadata, null if absent */
    void add(@Nullable String text, long partRows) {
        if (parts++ > 0 && (text != null) != anyPresent) {
            drop("not all parts have it");
        }
        anyPresent |= text != null;
        if (text == null || dropped != null) {
            return;
        }
        // Parts of one writer often differ only in the range.
        PandasMetadata found = PandasMetadata.parse(text).orElse(null);
        if (found == null) {
            drop("it describes one part");
            return;
        }
        if (first == null) {
            first = found;
        } else if (!found.sameButIndex(first)) {
            drop("it differs between parts");
            return;
        }
        addIndex(found, first, partRows);
    }

    private void addIndex(PandasMetadata found, PandasMetadata first, long partRows) {
        PandasMetadata.Range range = found.range();
        PandasMetadata.Range begin = first.range();
        if (range == null || begin == null) {
            if (!found.index().equals(first.index())) {
                dropIndex("it differs between parts");
            }
            return;
        }
        if (!range.name().equals(begin.name()) || range.step() != begin.step()) {
            dropIndex("it differs between parts");
        } else if (range.count() != partRows) {
            dropIndex("it counts " + range.count() + " rows of a part that has " + partRows);
        } else {
            follows &= rows == 0 || range.start() == next;
            eachFromStart &= range.start() == begin.start();
            // An empty part does not tell where the next range begins.
            if (partRows > 0) {
                next = Math.addExact(range.start(), Math.multiplyExact(partRows, range.step()));
            }
            rows = Math.addExact(rows, partRows);
        }
    }

    private void drop(String why) {
        dropped = dropped == null ? why : dropped;
    }

    private void dropIndex(String why) {
        indexDropped = indexDropped == null ? why : indexDropped;
    }

    /** Why the merged file has no {@code pandas} metadata although a part has; empty if it has, or no part does. */
    Optional<String> dropped() {
        return Optional.ofNullable(dropped);
    }

    /** The metadata of the merged file; empty if it has none. */
    Optional<String> merged() {
        if (dropped != null || first == null) {
            return Optional.empty();
        }
        PandasMetadata.Range range = first.range();
        if (indexDropped != null) {
            return Optional.of(first.withoutIndex());
        }
        if (range == null) {
            return Optional.of(first.toString());
        }
        return Optional.of(isCounted() ? first.withRange(range.start(), end(range)) : first.withoutIndex());
    }

    private long end(PandasMetadata.Range range) {
        return Math.addExact(range.start(), Math.multiplyExact(rows, range.step()));
    }

    private boolean isCounted() {
        return follows || eachFromStart;
    }

    /** A note if the index was renumbered or removed. */
    Optional<Note> note() {
        if (dropped != null || first == null) {
            return Optional.empty();
        }
        PandasMetadata.Range range = first.range();
        if (indexDropped != null) {
            return Optional.of(new Note.PandasIndex("is left out: " + indexDropped));
        }
        if (range == null || follows) {
            return Optional.empty();
        }
        return Optional.of(new Note.PandasIndex(
                isCounted()
                        ? "counts the " + rows + " rows of the merged file from " + range.start()
                                + "; it began anew in each part"
                        : "is left out: the ranges of the parts do not follow each other"));
    }
}
