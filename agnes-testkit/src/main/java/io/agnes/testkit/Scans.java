// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * DuckDB scans of files. Every value comes from the contents of the files: without these options DuckDB makes a column of a
 * folder called {@code key=value}, which replaces a column of the same name, and reads a name with {@code *?[} as a pattern.
 * Only this class of the module may write a scan.
 */
final class Scans {
    private static final String NOTHING_FROM_PATHS =
            ", hive_partitioning = false, filename = false, file_row_number = false";

    private Scans() {}

    static String parquet(Collection<Path> files) {
        return "read_parquet(" + paths(files) + NOTHING_FROM_PATHS + ")";
    }

    /** @param options more options of {@code read_csv}, each after a comma */
    static String csv(Collection<Path> files, String options) {
        return "read_csv(" + paths(files) + NOTHING_FROM_PATHS + options + ")";
    }

    private static String paths(Collection<Path> files) {
        List<String> paths = files.stream()
                .map(file -> file.toAbsolutePath().toString().replaceAll("[*?\\[]", "[$0]"))
                .toList();
        return "[" + Sql.texts(paths) + "]";
    }
}
