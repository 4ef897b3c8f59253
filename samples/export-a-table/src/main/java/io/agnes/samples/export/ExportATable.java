// SPDX-License-Identifier: Apache-2.0
package io.agnes.samples.export;

import io.agnes.core.Secret;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.sync.SyncProgress;
import io.agnes.keboola.ExportFilter;
import io.agnes.keboola.ExportResult;
import io.agnes.keboola.KeboolaClient;
import io.agnes.keboola.KeboolaConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Exports one table. Its arguments are the URL of the stack, the id of the table, the file, and for a fake or a gateway the URL
 * of its object store. The environment variable {@code KBC_TOKEN} holds the token.
 */
public final class ExportATable {
    private ExportATable() {}

    public static void main(String[] args) throws Exception {
        KeboolaConfig config = KeboolaConfig.of(URI.create(args[0]), Secret.of(System.getenv("KBC_TOKEN")));
        if (args.length > 3) {
            config = config.withPrivateTargets(true).withStorageEndpoint(URI.create(args[3]));
        }
        Path file = Path.of(args[2]);
        try (KeboolaClient keboola = KeboolaClient.of(config);
                FileDraft draft = FileDraft.of(FileStore.system(), Path.of(file + ".tmp"), "table.parquet")) {
            ExportResult result = keboola.export(args[1], ExportFilter.ALL, draft, SyncProgress.NONE);
            draft.publish(file, Instant.now());
            System.out.println(result.rows() + " rows, SHA-256 " + result.digests().sha256());
        }
        try (Part part = Part.of(file)) {
            System.out.println(ParquetFile.inspect(part));
        }
    }
}
