// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A scan of text files that yields text. The dialect is pinned, not guessed: commas, quotes doubled within quotes, no other
 * escape; nothing is NULL and {@code ""} is empty text. Nothing comes from a path, see {@link ParquetScan}.
 *
 * @param columns of every file, in its order
 * @param header whether each file begins with a line of names, which is skipped
 * @param gzip whether each file is compressed, whatever its name says
 * @param lineEnd what ends a record
 * @param longestBytes the longest record
 */
public record TextScan(
        List<Path> files, List<String> columns, boolean header, boolean gzip, LineEnd lineEnd, long longestBytes) {
    /** Below, DuckDB's own smallest sensible sizes. */
    private static final long LEAST_LINE_BYTES = 2L << 20;

    private static final long LEAST_BUFFER_BYTES = 8L << 20;
    private static final long SPARE_BYTES = 1024;

    /** What ends a record. */
    public enum LineEnd {
        /** A line feed alone; a carriage return before it is text. */
        LINE_FEED,
        /** A line feed with a carriage return before it, or as the first record has it. */
        WINDOWS
    }

    public TextScan {
        files = List.copyOf(files);
        columns = List.copyOf(columns);
    }

    /** A relation of SQL, for use after FROM. */
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

    /** DuckDB guesses by the first line otherwise, and wrong if a cell there has a carriage return. */
    private String newLine() {
        return lineEnd == LineEnd.LINE_FEED ? ", new_line = '\\n'" : "";
    }
}
