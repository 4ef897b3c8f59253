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
 * The details of a file's row groups and columns, from its footer, for inspection. Row groups stay encoded and are decoded
 * one at a time, so this takes little more memory than the footer.
 */
public final class ParquetDetails {
    private final ParquetFile file;
    private final FileFooter footer;

    private ParquetDetails(ParquetFile file, FileFooter footer) {
        this.file = file;
        this.footer = footer;
    }

    /** The result of reading a footer. */
    public sealed interface Reading {
        /** The footer is valid. */
        record Opened(ParquetDetails details) implements Reading {}

        /** The footer is invalid or exceeds {@link ParquetLimits}. */
        record Unreadable(Reason reason) implements Reading {}
    }

    /**
     * A row group.
     *
     * @param number counted from 0
     * @param compressedBytes the sum over its columns
     * @param uncompressedBytes the sum over its columns
     * @param sorted whether it has {@code sorting_columns}
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
     * @param values the number of values, with NULLs and with every element of repeated columns
     * @param codec for example {@code snappy}
     * @param encodings for example {@code PLAIN}
     * @param dictionary whether it has a dictionary page
     * @param columnIndex whether its pages have statistics
     * @param offsetIndex whether its pages can be located by an index
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
     * @param column sizes, codecs and counts of the column
     * @param dictionaryGroups the number of row groups in which it has a dictionary page
     * @param columnIndexGroups the number of row groups in which its pages have statistics
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

    /** Reads the footer with one or two reads from the end. Invalid bytes give {@link Reading.Unreadable}. */
    public static Reading read(Part part) throws IOException, InterruptedException {
        try {
            ParquetFile.Footer footer = ParquetFile.Footer.read(part);
            ParquetDetails details = new ParquetDetails(
                    ParquetFile.of(footer.tail(), footer.check()), footer.tail().footer());
            // Decodes statistics and encodings too, which a merge does not read, so that they cannot fail later.
            details.summaries();
            return new Reading.Opened(details);
        } catch (UnusablePartException e) {
            return new Reading.Unreadable(e.reason());
        } catch (RuntimeException e) {
            return new Reading.Unreadable(Reason.Damaged.by(part.name(), e));
        }
    }

    /** The totals of the file. */
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

    /** Decodes the row groups one after the other and passes each to the visitor. */
    public void forEachGroup(Consumer<Group> visitor) {
        int[] number = {0};
        footer.forEachRowGroup(group -> visitor.accept(group(number[0]++, group)));
    }

    private Group group(int number, RowGroup group) {
        List<Column> columns = new ArrayList<>();
        long compressed = 0;
        long uncompressed = 0;
        for (int i = 0; i < group.chunks.size(); i++) {
            ColumnChunk chunk = group.chunks.get(i);
            columns.add(column(chunk, file.columns().get(i).column()));
            compressed += chunk.compressedBytes;
            uncompressed += chunk.uncompressedBytes;
        }
        return new Group(number, group.rows, compressed, uncompressed, group.sorted, columns);
    }

    private static Column column(ColumnChunk chunk, ParquetColumn column) {
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

        void add(ColumnChunk chunk) {
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
