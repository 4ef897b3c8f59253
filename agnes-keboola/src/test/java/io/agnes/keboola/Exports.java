// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Secret;
import io.agnes.core.file.DiskSpace;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.sync.SyncProgress;
import io.agnes.testkit.FakeKeboola;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A client of a fake Keboola, with one draft. */
final class Exports implements AutoCloseable {
    final HurriedTime time = new HurriedTime();
    final KeboolaConfig config;
    final KeboolaClient client;
    final FileDraft draft;

    Exports(FakeKeboola keboola, Path directory, UnaryOperator<KeboolaConfig> change) throws Exception {
        this(keboola, directory, change, UnaryOperator.identity(), DiskSpace.system());
    }

    Exports(
            FakeKeboola keboola,
            Path directory,
            UnaryOperator<KeboolaConfig> change,
            UnaryOperator<Transport> around,
            DiskSpace space)
            throws Exception {
        config = change.apply(KeboolaConfig.of(keboola.stackUrl(), Secret.of(keboola.token()))
                .withPrivateTargets(true)
                .withStorageEndpoint(keboola.storageEndpoint()));
        Transport transport = HelidonTransport.of(config.connectTimeout(), config.privateTargets());
        client = KeboolaClient.of(config, around.apply(transport), time, space);
        draft = FileDraft.of(FileStore.system(), directory.resolve("draft"), "table.parquet");
    }

    static Exports of(FakeKeboola keboola, Path directory) throws Exception {
        return new Exports(keboola, directory, UnaryOperator.identity());
    }

    static Exports csv(FakeKeboola keboola, Path directory) throws Exception {
        return new Exports(keboola, directory, config -> config.withFileType(ExportFileType.CSV));
    }

    ExportResult all(String table) throws Exception {
        return some(table, ExportFilter.ALL);
    }

    ExportResult some(String table, ExportFilter filter) throws Exception {
        return client.export(table, filter, draft, SyncProgress.NONE);
    }

    /** The rows of the draft, with every value as text. */
    String rowsAsText() {
        return "(SELECT COLUMNS(*)::VARCHAR FROM " + Tables.parquet(draft.path()) + ")";
    }

    @Override
    public void close() throws IOException {
        client.close();
        draft.close();
    }
}
