// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Everything that a file's footer says of its row groups and columns, for people who look into it. Row groups stay
 * encoded and are decoded one at a time, so it takes little more memory than the footer.
 */
public final class ParquetDetails {
    private final ParquetFile file;
    private final FileFooter footer;

    private ParquetDetails(ParquetFile file, FileFooter footer) {
        this.file = file;
        this.footer = footer;
    }

    /** What became of the attempt to read a footer. */
    public sealed interface Reading {
        /** It makes sense. */
        record Opened(ParquetDetails details) implements Reading {}

        /** It does not, or it is beyond {@link ParquetLimits}. */
        record Unreadable(Reason reason) implements Reading {}
    }

    /**
     * A row group.
     *
     * @param number counted from 0
     * @param compressedBytes of all its columns
     * @param sorted whether it says how its rows are sorted
     * @param columns in file order
     */
    public record Group(
            int number, long rows, long compressedBytes, long uncompressedBytes, boolean sorted, List<Column> columns) {
        public Group {
            columns = List.copyOf(columns);
        }
    }

    /**
     * A column of one row group.
     *
     * @param values including NULLs and, in repeated columns, every element
     * @param codec such as {@code snappy}
     * @param encodings such as {@code PLAIN}
     * @param dictionary whether it has a dictionary page
     */
    public record Column(
            long values,
            long compressedBytes,
            long uncompressedBytes,
            String codec,
            Set<String> encodings,
            ColumnStatistics statistics,
            boolean dictionary,
            boolean columnIndex,
            boolean offsetIndex,
            boolean bloomFilter) {
        public Column {
            encodings = Collections.unmodifiableSet(new TreeSet<>(encodings));
        }
    }

    /**
     * A column over all row groups.
     *
     * @param column its sizes, codecs and counts
     * @param dictionaryGroups row groups in which it has a dictionary
     * @param columnIndexGroups row groups in which its pages have statistics
     */
    public record Summary(
            ParquetFile.Column column,
            Set<String> encodings,
            ColumnStatistics statistics,
            int dictionaryGroups,
            int columnIndexGroups) {
        public Summary {
            encodings = Collections.unmodifiableSet(new TreeSet<>(encodings));
        }
    }

    /** Reads once or twice from the end. Whatever the bytes are, the answer is a reading. */
    public static Reading read(Part part) throws IOException, InterruptedException {
        try {
            ParquetFile.Footer footer = ParquetFile.Footer.read(part);
            ParquetDetails details = new ParquetDetails(
                    ParquetFile.of(footer.tail(), footer.gate()), footer.tail().footer());
            // What is not read for a merge may make no sense either.
            details.summaries();
            return new Reading.Opened(details);
        } catch (Unusable e) {
            return new Reading.Unreadable(e.reason());
        } catch (RuntimeException e) {
            return new Reading.Unreadable(Reason.Damaged.by(part.name(), e));
        }
    }

    /** What the footer says of the whole file. */
    public ParquetFile file() {
        return file;
    }

    /** Each column over all row groups, in file order. */
    public List<Summary> summaries() {
        List<Total> totals = new ArrayList<>();
        file.columns().forEach(column -> totals.add(new Total(column)));
        footer.forEachRowGroup(group -> {
            for (int i = 0; i < group.chunks.size(); i++) {
                totals.get(i).add(group.chunks.get(i));
            }
        });
        return totals.stream().map(Total::summary).toList();
    }

    /** Shows one row group after the other. */
    public void forEachGroup(Consumer<Group> visitor) {
        int[] number = {0};
        footer.forEachRowGroup(group -> visitor.accept(group(number[0]++, group)));
    }

    private Group group(int number, RowGroup group) {
        List<Column> columns = new ArrayList<>();
        long compressed = 0;
        long uncompressed = 0;
        for (int i = 0; i < group.chunks.size(); i++) {
            Chunk chunk = group.chunks.get(i);
            columns.add(column(chunk, file.columns().get(i).column()));
            compressed += chunk.compressedBytes;
            uncompressed += chunk.uncompressedBytes;
        }
        return new Group(number, group.rows, compressed, uncompressed, group.sorted, columns);
    }

    private static Column column(Chunk chunk, ParquetColumn column) {
        return new Column(
                chunk.values,
                chunk.compressedBytes,
                chunk.uncompressedBytes,
                chunk.codecWord(),
                chunk.encodings(),
                StatisticsReader.read(chunk, column),
                chunk.dictionaryPageOffset > 0,
                chunk.columnIndexOffset > 0,
                chunk.hasOffsetIndex(),
                chunk.bloomFilterOffset > 0);
    }

    private static final class Total {
        private final ParquetFile.Column column;
        private final StatisticsReader statistics;
        private final Set<String> encodings = new TreeSet<>();
        private int dictionaries;
        private int columnIndexes;

        Total(ParquetFile.Column column) {
            this.column = column;
            this.statistics = new StatisticsReader(column.column());
        }

        void add(Chunk chunk) {
            statistics.add(chunk);
            encodings.addAll(chunk.encodings());
            dictionaries += chunk.dictionaryPageOffset > 0 ? 1 : 0;
            columnIndexes += chunk.columnIndexOffset > 0 ? 1 : 0;
        }

        Summary summary() {
            return new Summary(column, encodings, statistics.result(), dictionaries, columnIndexes);
        }
    }
}
