package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.core.Secret;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.sync.SyncProgress;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetExportTest {
    @TempDir
    Path directory;

    @Test
    void slicesBecomeOneFileEqualToTheTable() throws Exception {
        try (FakeKeboola keboola =
                        FakeKeboola.builder().sliceRows(1000).strict().start();
                KeboolaClient client = client(keboola);
                FileDraft draft = FileDraft.of(FileStore.system(), directory.resolve("draft"), "airports.parquet")) {
            keboola.seed(Samples.AIRPORTS);
            ExportResult result = client.export("in.c-demo.airports", ExportFilter.ALL, draft, SyncProgress.NONE);
            Path source = Samples.AIRPORTS.copyTo(directory.resolve("airports.csv"));
            assertEquals(
                    Tables.fingerprint("(SELECT COLUMNS(*)::VARCHAR FROM read_csv('" + source + "'))"),
                    Tables.fingerprint("(SELECT COLUMNS(*)::VARCHAR FROM " + Tables.parquet(draft.path()) + ")"));
            assertEquals(3376, result.rows());
            assertEquals(4, result.slices());
            assertEquals(List.of(), result.notes());
            assertEquals(FileDigests.of(draft.path()), result.digests());
            keboola.verifyTokenNeverSentToStorage();
        }
    }

    private static KeboolaClient client(FakeKeboola keboola) {
        KeboolaConfig config = KeboolaConfig.of(keboola.stackUrl(), Secret.of(keboola.token()))
                .withPrivateTargets(true)
                .withStorageEndpoint(keboola.storageEndpoint());
        return KeboolaClient.of(
                config, HelidonTransport.of(config.connectTimeout(), config.privateTargets()), new HurriedTime());
    }
}
