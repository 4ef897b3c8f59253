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
 * What a file's footer says of it. Every place it names was checked to be inside the file; no page was looked at.
 *
 * @param length of the file in bytes
 * @param footerBytes the encoded footer alone
 * @param rows the sum over row groups, which is what the file says
 * @param medianGroupRows rows of the row group in the middle, 0 if there is none
 * @param createdBy the writer in its own words
 * @param keyValues the file's own metadata in order; of a key that comes twice the last value
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
     * @param values including NULLs and, in repeated columns, every element
     * @param codecs such as {@code snappy}
     * @param indexedGroups row groups in which pages can be skipped by an offset index
     * @param bloomGroups row groups with a bloom filter
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

    /** What became of the attempt to open a file. */
    public sealed interface Inspection {
        /** The footer makes sense. */
        record Opened(ParquetFile file) implements Inspection {}

        /** It does not, or it is beyond {@link ParquetLimits}. */
        record Unreadable(Reason reason) implements Inspection {}
    }

    /** Reads once or twice from the end. Whatever the bytes are, the answer is an inspection. */
    public static Inspection inspect(Part part) throws IOException, InterruptedException {
        try {
            Footer footer = Footer.read(part);
            return new Inspection.Opened(of(footer.tail(), footer.gate()));
        } catch (Unusable e) {
            return new Inspection.Unreadable(e.reason());
        } catch (RuntimeException e) {
            return new Inspection.Unreadable(Reason.Damaged.by(part.name(), e));
        }
    }

    /**
     * Looks once more at a finished file: the footer opens, row groups add up, and wherever it says that the first page
     * of a column is, a page begins. Costs one or two small reads for each column of each row group.
     *
     * @return the first thing that is wrong, if any
     */
    public static Optional<String> problem(Part part) throws IOException, InterruptedException {
        try {
            Footer footer = Footer.read(part);
            return new FirstPages(part, footer.tail().dataEnd())
                    .problem(footer.tail().footer(), footer.gate().schema());
        } catch (Unusable e) {
            return Optional.of(e.reason().message());
        } catch (RuntimeException e) {
            return Optional.of(Reason.Damaged.by(part.name(), e).message());
        }
    }

    /** A footer that makes sense, and what it came from. */
    record Footer(Tail tail, MergeGate gate) {
        static Footer read(Part part) throws IOException, InterruptedException, Unusable {
            Tail tail = Tail.readFooter(part);
            MergeGate gate = new MergeGate(true);
            gate.check(tail);
            Optional<Reason> damage =
                    gate.reasons().stream().filter(Reason::isFinal).findFirst();
            if (damage.isPresent()) {
                throw new Unusable(damage.get());
            }
            return new Footer(tail, gate);
        }
    }

    static ParquetFile of(Tail tail, MergeGate gate) {
        FileFooter footer = tail.footer();
        MergeGate.Sums sums = gate.sums();
        Map<String, String> keyValues = new LinkedHashMap<>();
        footer.keyValueList().forEach(entry -> keyValues.put(entry.key(), entry.text()));
        return new ParquetFile(
                tail.length(),
                footer.bytes().length,
                sums.rows(),
                sums.rowGroups(),
                sums.medianGroupRows(),
                gate.schema(),
                Optional.ofNullable(footer.createdByText()),
                keyValues,
                columns(footer, gate.schema()));
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

        void add(Chunk chunk) {
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
