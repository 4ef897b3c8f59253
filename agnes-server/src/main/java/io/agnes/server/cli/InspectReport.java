// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Printable;
import io.agnes.core.parquet.ColumnStatistics;
import io.agnes.core.parquet.ParquetColumn;
import io.agnes.core.parquet.ParquetDetails;
import io.agnes.core.parquet.ParquetFile;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Prints a footer as text: the file, its key-value metadata, each column over all row groups, the row groups, the
 * schema.
 */
final class InspectReport {
    /** The maximum number of characters of a printed value. The JSON output contains the whole value. */
    static final int MOST_VALUE = 60;

    /** The maximum number of listed row groups. */
    static final int MOST_GROUPS = 50;

    private final ParquetDetails details;
    private final PrintWriter out;

    InspectReport(ParquetDetails details, PrintWriter out) {
        this.details = details;
        this.out = out;
    }

    void print(String name) {
        ParquetFile file = details.file();
        out.println(String.format(
                Locale.ROOT,
                "%s: %,d bytes, %,d rows in %,d row groups, footer %,d bytes, by %s",
                Printable.of(name),
                file.length(),
                file.rows(),
                file.rowGroups(),
                file.footerBytes(),
                Printable.of(file.createdBy().orElse("an unnamed writer"))));
        if (!file.keyValues().isEmpty()) {
            out.println("key-values:");
            file.keyValues().forEach((key, value) -> out.println("  " + Printable.of(key) + " = " + shortened(value)));
        }
        out.println("columns:");
        details.summaries().forEach(this::column);
        groups(file.rowGroups());
        out.println(file.schema());
    }

    /**
     * Prints two lines: the name and type of the column, and its contents. A long name therefore cannot break the
     * second line.
     */
    private void column(ParquetDetails.Summary summary) {
        ParquetFile.Column column = summary.column();
        out.println("  " + Printable.of(column.column().name()) + ": " + type(column.column()));
        List<String> facts = new ArrayList<>();
        facts.add(String.format(Locale.ROOT, "%,d values", column.values()));
        addStatistics(summary.statistics(), facts);
        facts.add(String.format(
                Locale.ROOT, "%,d bytes (%,d uncompressed)", column.compressedBytes(), column.uncompressedBytes()));
        facts.add(String.join(" ", column.codecs()));
        facts.add(String.join(" ", summary.encodings()));
        int groups = details.file().rowGroups();
        addCount("dictionary", summary.dictionaryGroups(), groups, facts);
        addCount("column index", summary.columnIndexGroups(), groups, facts);
        addCount("offset index", column.indexedGroups(), groups, facts);
        addCount("bloom filter", column.bloomGroups(), groups, facts);
        facts.removeIf(String::isEmpty);
        out.println("      " + String.join(", ", facts));
    }

    private static String type(ParquetColumn column) {
        StringBuilder type = new StringBuilder(column.repetition()).append(' ').append(column.physicalType());
        if (!column.logicalType().isEmpty()) {
            type.append(" (").append(column.logicalType()).append(')');
        }
        column.fieldId().ifPresent(id -> type.append(", field id ").append(id));
        return type.append(", ").append(column.sqlType()).toString();
    }

    private static void addStatistics(ColumnStatistics statistics, List<String> facts) {
        statistics.nulls().ifPresent(nulls -> facts.add(String.format(Locale.ROOT, "%,d NULL", nulls)));
        statistics.distinct().ifPresent(distinct -> facts.add(String.format(Locale.ROOT, "%,d distinct", distinct)));
        String about = statistics.exact() ? "" : "about ";
        range(statistics).ifPresent(range -> facts.add(about + range));
    }

    private static Optional<String> range(ColumnStatistics statistics) {
        return statistics
                .min()
                .flatMap(min -> statistics.max().map(max -> "min " + shown(min) + ", max " + shown(max)));
    }

    private static String shown(Object value) {
        return value instanceof String text ? shortened(text) : value.toString();
    }

    private static String shortened(String text) {
        int length = text.codePointCount(0, text.length());
        if (length <= MOST_VALUE) {
            return '"' + Printable.of(text) + '"';
        }
        String begin = text.substring(0, text.offsetByCodePoints(0, MOST_VALUE));
        return String.format(Locale.ROOT, "\"%s…\" (%,d characters)", Printable.of(begin), length);
    }

    private static void addCount(String what, int count, int groups, List<String> facts) {
        if (count > 0) {
            facts.add(count == groups ? what : String.format(Locale.ROOT, "%s in %,d row groups", what, count));
        }
    }

    private void groups(int count) {
        out.println("row groups:");
        details.forEachGroup(group -> {
            if (group.number() < MOST_GROUPS) {
                out.println(String.format(
                        Locale.ROOT,
                        "  %d: %,d rows, %,d bytes (%,d uncompressed)%s",
                        group.number(),
                        group.rows(),
                        group.compressedBytes(),
                        group.uncompressedBytes(),
                        group.sorted() ? ", sorted" : ""));
            }
        });
        if (count > MOST_GROUPS) {
            out.println(String.format(Locale.ROOT, "  and %,d more; --json lists all", count - MOST_GROUPS));
        }
    }
}
