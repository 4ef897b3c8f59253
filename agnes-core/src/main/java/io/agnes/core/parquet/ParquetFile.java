// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The contents of a file's footer. Every offset in it was checked to lie inside the file; no page was read.
 *
 * @param length of the file in bytes
 * @param footerBytes the length of the encoded footer, without length and magic
 * @param rows the file's row count, which equals the sum over its row groups
 * @param medianGroupRows rows of the median row group, 0 without row groups
 * @param createdBy the value of {@code created_by}
 * @param keyValues the file's key-values in order; for a key that occurs twice the last value
 * @param columns in file order
 */
public record ParquetFile(
        long length,
        int footerBytes,
        long rows,
        int rowGroups,
        long medianGroupRows,
        ParquetSchema schema,
        Optional<String> createdBy,
        Map<String, String> keyValues,
        List<Column> columns) {
    public ParquetFile {
        keyValues = Collections.unmodifiableMap(new LinkedHashMap<>(keyValues));
        columns = List.copyOf(columns);
    }

    /**
     * A column over all row groups.
     *
     * @param values the number of values, with NULLs and with every element of repeated columns
     * @param codecs for example {@code snappy}
     * @param indexedGroups the number of row groups with an offset index
     * @param bloomGroups the number of row groups with a bloom filter
     */
    public record Column(
            ParquetColumn column,
            long values,
            long compressedBytes,
            long uncompressedBytes,
            Set<String> codecs,
            int indexedGroups,
            int bloomGroups) {
        public Column {
            codecs = Collections.unmodifiableSet(new TreeSet<>(codecs));
        }
    }

    /** The result of reading a footer. */
    public sealed interface Inspection {
        /** The footer is valid. */
        record Opened(ParquetFile file) implements Inspection {}

        /** The footer is invalid or exceeds {@link ParquetLimits}. */
        record Unreadable(Reason reason) implements Inspection {}
    }

    /** Reads the footer with one or two reads from the end. Invalid bytes give {@link Inspection.Unreadable}. */
    public static Inspection inspect(Part part) throws IOException, InterruptedException {
        try {
            Footer footer = Footer.read(part);
            return new Inspection.Opened(of(footer.tail(), footer.check()));
        } catch (UnusablePartException e) {
            return new Inspection.Unreadable(e.reason());
        } catch (RuntimeException e) {
            return new Inspection.Unreadable(Reason.Damaged.by(part.name(), e));
        }
    }

    /**
     * Checks a finished file: its footer is valid, its row groups add up to its row count, and a page header begins at the
     * offset of each column chunk. Makes one or two small reads for each column chunk.
     *
     * @return the first error, empty if there is none
     */
    public static Optional<String> problem(Part part) throws IOException, InterruptedException {
        try {
            Footer footer = Footer.read(part);
            return new FirstPageCheck(part, footer.tail().dataEnd())
                    .problem(footer.tail().footer(), footer.check().schema());
        } catch (UnusablePartException e) {
            return Optional.of(e.reason().message());
        } catch (RuntimeException e) {
            return Optional.of(Reason.Damaged.by(part.name(), e).message());
        }
    }

    /** A valid footer. */
    record Footer(Tail tail, MergeCheck check) {
        static Footer read(Part part) throws IOException, InterruptedException, UnusablePartException {
            Tail tail = Tail.readFooter(part);
            MergeCheck check = new MergeCheck(true);
            check.add(tail);
            Optional<Reason> damage =
                    check.reasons().stream().filter(Reason::isFinal).findFirst();
            if (damage.isPresent()) {
                throw new UnusablePartException(damage.get());
            }
            return new Footer(tail, check);
        }
    }

    static ParquetFile of(Tail tail, MergeCheck check) {
        FileFooter footer = tail.footer();
        MergeCheck.Sums sums = check.sums();
        Map<String, String> keyValues = new LinkedHashMap<>();
        footer.keyValueList().forEach(entry -> keyValues.put(entry.key(), entry.text()));
        return new ParquetFile(
                tail.length(),
                footer.bytes().length,
                sums.rows(),
                sums.rowGroups(),
                sums.medianGroupRows(),
                check.schema(),
                Optional.ofNullable(footer.createdByText()),
                keyValues,
                columns(footer, check.schema()));
    }

    private static List<Column> columns(FileFooter footer, ParquetSchema schema) {
        List<Totals> totals = new ArrayList<>();
        for (ParquetColumn column : schema.columns()) {
            totals.add(new Totals(column));
        }
        footer.forEachRowGroup(group -> {
            for (int i = 0; i < group.chunks.size(); i++) {
                totals.get(i).add(group.chunks.get(i));
            }
        });
        return totals.stream().map(Totals::column).toList();
    }

    private static final class Totals {
        private final ParquetColumn column;
        private final Set<String> codecs = new TreeSet<>();
        private long values;
        private long compressedBytes;
        private long uncompressedBytes;
        private int indexedGroups;
        private int bloomGroups;

        Totals(ParquetColumn column) {
            this.column = column;
        }

        void add(ColumnChunk chunk) {
            values += chunk.values;
            compressedBytes += chunk.compressedBytes;
            uncompressedBytes += chunk.uncompressedBytes;
            codecs.add(chunk.codecWord());
            indexedGroups += chunk.hasOffsetIndex() ? 1 : 0;
            bloomGroups += chunk.bloomFilterOffset > 0 ? 1 : 0;
        }

        Column column() {
            return new Column(column, values, compressedBytes, uncompressedBytes, codecs, indexedGroups, bloomGroups);
        }
    }
}
