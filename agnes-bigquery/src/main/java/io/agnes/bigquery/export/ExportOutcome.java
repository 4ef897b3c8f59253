// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.core.file.FileDigests;
import java.util.List;

/** The result of an export. */
public sealed interface ExportOutcome {
    /** How the rows left BigQuery. */
    enum Way {
        /** By an extract job, which is free. */
        EXTRACT,
        /** By {@code EXPORT DATA}, which is billed as a query. */
        EXPORT_DATA,
        /** In pages of JSON, without a bucket. */
        PAGES
    }

    /**
     * The draft holds all rows as one Parquet file.
     *
     * @param rows counted from the file
     * @param digests of the file that were asked for, with its length
     * @param shards objects that BigQuery wrote; 0 for pages
     * @param job the id of the job at BigQuery; empty for a table that was read in pages
     * @param marker identifies the state of the source, for the next request
     * @param notes what was done differently from what was asked, in sentences for people
     */
    record Exported(long rows, FileDigests digests, Way way, int shards, String job, String marker, List<String> notes)
            implements ExportOutcome {
        /** Copies the list. */
        public Exported {
            notes = List.copyOf(notes);
        }
    }

    /** The source is in the state of the last marker; the draft is empty and no job ran. */
    record Unchanged() implements ExportOutcome {}
}
