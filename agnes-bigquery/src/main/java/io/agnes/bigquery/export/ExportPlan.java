// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import com.google.cloud.bigquery.ExtractJobConfiguration;
import com.google.cloud.bigquery.JobConfiguration;
import com.google.cloud.bigquery.QueryJobConfiguration;
import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryTable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How the rows leave BigQuery, decided before a job starts.
 *
 * @param extracted the table of an extract job; empty for {@code EXPORT DATA}
 * @param select the SELECT of {@code EXPORT DATA}; empty text for an extract job
 * @param columns of the source
 * @param location of the job; empty to leave it to BigQuery
 * @param marker of the state of the source; empty if no marker can tell whether it changes
 * @param notes for people
 */
record ExportPlan(
        Optional<BigQueryTable> extracted,
        String select,
        List<SourceColumn> columns,
        String location,
        Optional<String> marker,
        List<String> notes) {
    private static final int LONGEST_LABEL = 63;

    ExportPlan {
        columns = List.copyOf(columns);
        notes = List.copyOf(notes);
    }

    static ExportPlan extract(
            BigQueryTable table,
            List<SourceColumn> columns,
            String location,
            Optional<String> marker,
            List<String> notes) {
        return new ExportPlan(Optional.of(table), "", columns, location, marker, notes);
    }

    static ExportPlan query(
            String select, List<SourceColumn> columns, String location, Optional<String> marker, List<String> notes) {
        return new ExportPlan(Optional.empty(), select, columns, location, marker, notes);
    }

    ExportOutcome.Way way() {
        return extracted.isPresent() ? ExportOutcome.Way.EXTRACT : ExportOutcome.Way.EXPORT_DATA;
    }

    /** What the job reads. */
    String source() {
        return extracted.map(BigQueryTable::toString).orElse(select);
    }

    /** The job that writes to this folder. */
    JobConfiguration job(BigQueryConfig config, String table, StagingFolder folder, Compression compression) {
        Map<String, String> labels = Map.of("agnes", "materialize", "agnes-table", label(table));
        long timeout = config.jobTimeout().toMillis();
        if (extracted.isPresent()) {
            return ExtractJobConfiguration.newBuilder(googleId(extracted.get()), folder.uri())
                    .setFormat("PARQUET")
                    .setCompression(compression.name())
                    .setLabels(labels)
                    .setJobTimeoutMs(timeout)
                    .build();
        }
        return QueryJobConfiguration.newBuilder(statement(folder, compression))
                .setUseLegacySql(false)
                .setMaximumBytesBilled(config.maxBytesPerMaterialize())
                .setLabels(labels)
                .setJobTimeoutMs(timeout)
                .build();
    }

    private String statement(StagingFolder folder, Compression compression) {
        return "EXPORT DATA OPTIONS(uri='" + folder.uri() + "', format='PARQUET', compression='" + compression
                + "', overwrite=true) AS\n" + select;
    }

    static com.google.cloud.bigquery.TableId googleId(BigQueryTable table) {
        return com.google.cloud.bigquery.TableId.of(table.project(), table.dataset(), table.table());
    }

    /** Labels have up to 63 lower case letters, digits, hyphens and underscores. */
    private static String label(String text) {
        String safe = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "_");
        return safe.substring(0, Math.min(safe.length(), LONGEST_LABEL));
    }
}
