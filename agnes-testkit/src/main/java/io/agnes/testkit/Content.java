// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a table holds at one moment.
 *
 * @param relation DuckDB's table or view, or a query in brackets, with the internal timestamp as its last column
 * @param rows null if they were not counted
 * @param bytes of all cells as text, or of the prepared files
 * @param version differs after every change, never reused
 * @param prepared files to hand out as they are, or null
 */
record Content(
        String relation,
        List<Column> columns,
        boolean typed,
        @Nullable Long rows,
        long bytes,
        Instant created,
        Instant lastImport,
        Instant lastChange,
        long version,
        @Nullable Prepared prepared) {

    /** Slices somebody else wrote; {@code gzip} is about CSV only. */
    record Prepared(String fileType, boolean gzip, List<Path> slices) {
        Prepared {
            slices = List.copyOf(slices);
        }

        boolean answers(ExportParams params) {
            return fileType.equals(params.fileType()) && (fileType.equals("parquet") || gzip == params.gzip());
        }
    }

    Content {
        columns = List.copyOf(columns);
    }

    List<String> columnNames() {
        return columns.stream().map(Column::name).toList();
    }

    @Nullable
    Column column(String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
