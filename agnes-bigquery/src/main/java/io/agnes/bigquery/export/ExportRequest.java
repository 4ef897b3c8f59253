// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.bigquery.BigQueryTable;
import io.agnes.core.TableId;
import java.util.Optional;

/**
 * What to export.
 *
 * @param id names the jobs and the staged objects; two requests for one id at the same time share a job, or disturb each other
 * @param source the rows
 * @param lastMarker {@link ExportOutcome.Exported#marker} of the export before; empty to export in any case
 */
public record ExportRequest(TableId id, Source source, Optional<String> lastMarker) {
    /** Where the rows come from. */
    public sealed interface Source {
        /** All rows of a table or view. */
        record Whole(BigQueryTable table) implements Source {}

        /**
         * The result of a query.
         *
         * @param sql one SELECT of GoogleSQL
         */
        record Query(String sql) implements Source {}
    }

    /** All rows of a table or view, in any case. */
    public static ExportRequest of(TableId id, BigQueryTable table) {
        return new ExportRequest(id, new Source.Whole(table), Optional.empty());
    }

    /** The result of a query, in any case. */
    public static ExportRequest of(TableId id, String sql) {
        return new ExportRequest(id, new Source.Query(sql), Optional.empty());
    }

    /** The same, unless the source is in the state that this marker stands for. */
    public ExportRequest unless(Optional<String> marker) {
        return new ExportRequest(id, source, marker);
    }

    /** The subject of messages. */
    String what() {
        return switch (source) {
            case Source.Whole whole -> "table " + whole.table();
            case Source.Query query -> "the query of table " + id;
        };
    }
}
