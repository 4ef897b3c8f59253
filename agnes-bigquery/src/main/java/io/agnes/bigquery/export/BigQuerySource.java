// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.metadata.BigQueryDiscovery;
import io.agnes.bigquery.metadata.BigQueryRegistration;
import io.agnes.core.file.FileDigests.Algorithm;
import io.agnes.core.file.FileDraft;
import io.agnes.core.parquet.FieldIds;
import io.agnes.core.sync.Discovered;
import io.agnes.core.sync.DiscoverySource;
import io.agnes.core.sync.SyncProgress;
import io.agnes.core.sync.TableSource;
import io.agnes.core.table.FieldIdRegistry;
import io.agnes.core.table.TableRecord;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * BigQuery as a source of tables: {@code bucket} and {@code sourceTable} of a record name a table or view, as
 * {@link BigQueryRegistration} reads them; with a {@code sourceQuery}, the result of that SELECT is fetched in its place.
 *
 * <p>The marker of a stored table is its etag and time of last change, so that an unchanged table costs one call. Views,
 * queries and tables with rows in the streaming buffer are exported each time.
 */
public final class BigQuerySource implements TableSource, DiscoverySource {
    private final BigQueryConfig config;
    private final BigQueryExport export;
    private final FieldIdRegistry fieldIds;

    private BigQuerySource(BigQueryConfig config, BigQueryExport export, FieldIdRegistry fieldIds) {
        this.config = config;
        this.export = export;
        this.fieldIds = fieldIds;
    }

    /**
     * The tables of one project.
     *
     * @param export with the same settings; the source closes it
     * @param fieldIds the ids that the fields of each table's files get
     */
    public static BigQuerySource of(BigQueryConfig config, BigQueryExport export, FieldIdRegistry fieldIds) {
        return new BigQuerySource(config, export, fieldIds);
    }

    @Override
    public String type() {
        return BigQueryDiscovery.TYPE;
    }

    /** BigQuery answers, accepts the credentials that read, and lists the datasets of the project. */
    @Override
    public void checkAccess() throws InterruptedException {
        export.metadata().datasets();
    }

    /** Checks whether the table exists, or what the query would cost. */
    @Override
    public void check(TableRecord record) throws InterruptedException {
        export.check(request(record));
    }

    @Override
    public List<Discovered> list() throws InterruptedException {
        return new BigQueryDiscovery(export.metadata()).list();
    }

    private ExportRequest request(TableRecord record) {
        String query = record.sourceQuery();
        if (query != null && !query.isEmpty()) {
            return ExportRequest.of(record.id(), query);
        }
        BigQueryTable table = BigQueryRegistration.table(record, config.project())
                .orElseThrow(() ->
                        GoogleCloudException.tableInvalid("table " + record.id(), "it names no table of BigQuery"));
        return ExportRequest.of(record.id(), table);
    }

    @Override
    public Fetched fetch(TableRecord record, Optional<String> lastMarker, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException {
        ExportRequest request = request(record).unless(lastMarker);
        Optional<FieldIds> ids = Optional.of(fieldIds.of(record.id()));
        return switch (export.export(request, draft, Algorithm.ALL, ids, progress)) {
            case ExportOutcome.Unchanged unchanged -> new Fetched.Unchanged();
            case ExportOutcome.Exported exported ->
                new Fetched.Table(exported.rows(), exported.digests(), exported.marker(), exported.notes());
        };
    }

    @Override
    public void close() {
        export.close();
    }
}
