// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An SQL scan of CSV files in UTF-8 that yields every cell as text. The dialect is fixed: comma, double quotes that are
 * doubled inside quotes, no other escape. No cell is NULL; an empty cell is empty text. Like {@link ParquetScan}, it takes
 * every value from the contents of the files.
 *
 * @param columns the names of the columns, in the order of the cells in every file
 * @param header whether each file begins with a header line, which is skipped
 * @param gzip whether the files are compressed with gzip; their names do not matter
 * @param lineEnd the end of a record
 * @param longestBytes the length of the longest record
 */
public record TextScan(
        List<Path> files, List<String> columns, boolean header, boolean gzip, LineEnd lineEnd, long longestBytes) {
    /** DuckDB's default for {@code max_line_size}, about 2 MB. */
    private static final long LEAST_LINE_BYTES = 2L << 20;

    private static final long LEAST_BUFFER_BYTES = 8L << 20;
    private static final long SPARE_BYTES = 1024;

    /** The end of a record. */
    public enum LineEnd {
        /** A line feed. A carriage return before it is part of the last cell. */
        LINE_FEED,
        /** A carriage return and a line feed; DuckDB detects it from the first record. */
        WINDOWS
    }

    public TextScan {
        files = List.copyOf(files);
        columns = List.copyOf(columns);
    }

    /** A relation for use after FROM. */
    public String sql() {
        long line = Math.max(LEAST_LINE_BYTES, longestBytes + SPARE_BYTES);
        String names = columns.stream()
                .map(column -> Sql.text(column) + ": 'VARCHAR'")
                .collect(Collectors.joining(", ", "{", "}"));
        return String.join(
                ", ",
                "(SELECT * FROM read_csv(" + Sql.texts(ScanPath.of(files)),
                "columns = " + names,
                "auto_detect = false",
                "hive_partitioning = false",
                "hive_types_autocast = false",
                "union_by_name = false",
                "filename = false",
                "normalize_names = false",
                "skip = 0",
                "encoding = 'utf-8'",
                "header = " + header,
                "compression = " + (gzip ? "'gzip'" : "'none'"),
                "delim = ','",
                "quote = '\"'",
                "escape = '\"'",
                "comment = ''",
                "nullstr = ''",
                "allow_quoted_nulls = false",
                "strict_mode = true",
                "null_padding = false",
                "ignore_errors = false",
                "parallel = false",
                "max_line_size = " + line,
                "buffer_size = " + Math.max(LEAST_BUFFER_BYTES, 2 * line) + newLine() + "))");
    }

    /** Without this option DuckDB detects the line end from the first line, wrongly if a cell there has a carriage return. */
    private String newLine() {
        return lineEnd == LineEnd.LINE_FEED ? ", new_line = '\\n'" : "";
    }
}
