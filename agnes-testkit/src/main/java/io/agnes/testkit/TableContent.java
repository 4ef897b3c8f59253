// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a table at one moment.
 *
 * @param relation a DuckDB table, a view, or a query in parentheses; its last column is the internal timestamp
 * @param rows the number of rows; null if they were not counted
 * @param bytes the size of all cells as text, or of the prepared files
 * @param version a number that is unique for each change
 * @param prepared files to export unchanged, or null
 */
record TableContent(
        String relation,
        List<FakeColumn> columns,
        boolean typed,
        @Nullable Long rows,
        long bytes,
        Instant created,
        Instant lastImport,
        Instant lastChange,
        long version,
        @Nullable Prepared prepared) {

    /**
     * Prepared slices that an export of the whole table returns unchanged.
     *
     * @param gzip whether they are compressed; ignored for Parquet
     */
    record Prepared(String fileType, boolean gzip, List<Path> slices) {
        Prepared {
            slices = List.copyOf(slices);
        }

        boolean answers(ExportParams params) {
            return fileType.equals(params.fileType()) && (fileType.equals("parquet") || gzip == params.gzip());
        }
    }

    TableContent {
        columns = List.copyOf(columns);
    }

    List<String> columnNames() {
        return columns.stream().map(FakeColumn::name).toList();
    }

    @Nullable
    FakeColumn column(String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
