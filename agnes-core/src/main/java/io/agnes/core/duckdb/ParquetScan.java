// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.nio.file.Path;
import java.util.List;

/**
 * A scan of Parquet files that yields what is in the files: columns matched by name over all of them, rows in the order of
 * the files. Nothing comes from a path: no column from a folder called {@code key=value}, no {@code filename}, no
 * {@code file_row_number}, no other file that a name with {@code *?[} matches.
 */
public record ParquetScan(List<Path> files) {
    public ParquetScan {
        files = List.copyOf(files);
    }

    /** One file. */
    public static ParquetScan of(Path file) {
        return new ParquetScan(List.of(file));
    }

    /**
     * A relation of SQL, for use after FROM. It is a subquery: a bare scan answers to names such as {@code filename} that
     * no file has.
     */
    public String sql() {
        return sql("timestamp");
    }

    /** The same, with each INT96 as a struct of a {@code date} and a {@code time} of nanoseconds. */
    String sqlOfNanoseconds() {
        return sql("struct");
    }

    private String sql(String int96) {
        return String.join(
                ", ",
                "(SELECT * FROM read_parquet(" + Sql.texts(ScanPath.of(files)),
                "hive_partitioning = false",
                "hive_types_autocast = false",
                "union_by_name = true",
                "filename = false",
                "file_row_number = false",
                "allow_empty = false",
                "int96_as = " + Sql.text(int96),
                "binary_as_string = false))");
    }
}
