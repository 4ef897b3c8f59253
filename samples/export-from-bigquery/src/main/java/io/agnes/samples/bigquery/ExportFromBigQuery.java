// SPDX-License-Identifier: Apache-2.0
package io.agnes.samples.bigquery;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryReadCredentials;
import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.BigQueryWriteCredentials;
import io.agnes.bigquery.export.BigQueryExport;
import io.agnes.bigquery.export.ExportOutcome;
import io.agnes.bigquery.export.ExportRequest;
import io.agnes.bigquery.metadata.MetadataClient;
import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.sync.SyncProgress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Describes one table, and exports it. Its arguments are {@code project.dataset.table}, the file, the staging bucket, and for
 * emulators the URLs of BigQuery and Cloud Storage. The environment variable {@code BIGQUERY_KEY} holds the key of a service
 * account; without it, the application default credentials are used.
 */
public final class ExportFromBigQuery {
    private ExportFromBigQuery() {}

    public static void main(String[] args) throws Exception {
        BigQueryTable table = BigQueryTable.parse(args[0]).orElseThrow();
        BigQueryConfig config = BigQueryConfig.of(table.project()).withStagingBucket(args[2]);
        String key = System.getenv("BIGQUERY_KEY");
        if (key != null) {
            config = config.withReadCredentials(BigQueryReadCredentials.json(Secret.of(key)))
                    .withWriteCredentials(BigQueryWriteCredentials.json(Secret.of(key)));
        }
        if (args.length > 4) {
            config = config.withPrivateTargets(true)
                    .withEndpoint(URI.create(args[3]))
                    .withStorageEndpoint(URI.create(args[4]));
        }
        try (MetadataClient metadata = MetadataClient.of(config)) {
            System.out.println(metadata.table(table));
        }
        Path file = Path.of(args[1]);
        try (BigQueryExport bigQuery = BigQueryExport.of(config);
                FileDraft draft = FileDraft.of(FileStore.system(), Path.of(file + ".tmp"), "table.parquet")) {
            ExportRequest request = ExportRequest.of(new TableId("table"), table);
            if (bigQuery.export(request, draft, SyncProgress.NONE) instanceof ExportOutcome.Exported exported) {
                draft.publish(file, Instant.now());
                System.out.println(exported.rows() + " rows, SHA-256 " + exported.digests().sha256());
            }
        }
    }
}
