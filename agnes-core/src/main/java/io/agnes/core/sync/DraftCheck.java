// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.CoreException;
import io.agnes.core.TableId;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDraft;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.table.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** Compares a draft with the source's account of it, before it is published. */
final class DraftCheck {
    private DraftCheck() {}

    /**
     * Compares the length, opens the footer and compares the rows.
     *
     * @return the columns in the footer
     * @throws CoreException {@code draft_rejected}
     */
    static List<Column> columns(TableId table, FileDraft draft, TableSource.Fetched.Table fetched)
            throws IOException, InterruptedException {
        long length = Files.size(draft.path());
        if (length != fetched.digests().length()) {
            throw CoreException.draftRejected(table, fetched.digests().length() + " bytes", length + " bytes");
        }
        try (Part part = Part.of(draft.path())) {
            return switch (ParquetFile.inspect(part)) {
                case ParquetFile.Inspection.Unreadable unreadable ->
                    throw CoreException.draftRejected(
                            table, "a Parquet file", unreadable.reason().message());
                case ParquetFile.Inspection.Opened opened -> columns(table, opened.file(), fetched.rows());
            };
        }
    }

    private static List<Column> columns(TableId table, ParquetFile file, long rows) {
        if (file.rows() != rows) {
            throw CoreException.draftRejected(table, rows + " rows", file.rows() + " rows in the footer");
        }
        return file.schema().columns().stream()
                .map(column -> new Column(column.name(), column.sqlType()))
                .toList();
    }
}
