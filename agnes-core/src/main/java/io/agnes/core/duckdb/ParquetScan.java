// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.nio.file.Path;
import java.util.List;

/**
 * An SQL scan of Parquet files. It matches columns by name and yields rows in the order of the files. Every value comes from
 * the contents of the files: the scan ignores Hive folders ({@code key=value}), has no columns {@code filename} and
 * {@code file_row_number}, and treats {@code *?[} in a name as plain characters.
 */
public record ParquetScan(List<Path> files) {
    public ParquetScan {
        files = List.copyOf(files);
    }

    /** A scan of one file. */
    public static ParquetScan of(Path file) {
        return new ParquetScan(List.of(file));
    }

    /**
     * A relation for use after FROM. It is a subquery, because a bare scan resolves names like {@code filename} that are not
     * columns of the files.
     */
    public String sql() {
        return sql("timestamp");
    }

    /** Like {@link #sql()}, with each INT96 value as a struct of a {@code date} and a {@code time} in nanoseconds. */
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
