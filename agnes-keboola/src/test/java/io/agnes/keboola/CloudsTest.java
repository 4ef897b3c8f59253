// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.core.sync.SyncProgress;
import io.agnes.testkit.Dialect;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
class CloudsTest {
    private static final String TABLE = Samples.BIRDSTRIKES.tableId();

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aTableComesWholeFromEveryCloud(Dialect dialect) throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder()
                        .dialect(dialect)
                        .sliceRows(2_500)
                        .strict()
                        .start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.BIRDSTRIKES);
            assertEquals(4, exports.all(TABLE).slices());
            assertWhole(exports);
            keboola.verifyTokenNeverSentToStorage();
            keboola.verifyCount("GET", ".*/files/.*", 1);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void credentialsThatEndMidwayAreFetchedAgainAndTheRestFollows(Dialect dialect) throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder()
                        .dialect(dialect)
                        .sliceRows(1_000)
                        .strict()
                        .start();
                Exports exports = new Exports(
                        keboola, directory, config -> config.withSlicesAtOnce(1).withFileType(ExportFileType.CSV))) {
            keboola.seed(Samples.BIRDSTRIKES);
            AtomicBoolean expired = new AtomicBoolean();
            exports.client.export(TABLE, ExportFilter.ALL, exports.draft, new SyncProgress() {
                @Override
                public void bytes(long done, long total) {
                    if (done > total / 2 && expired.compareAndSet(false, true)) {
                        keboola.clock().advance(Duration.ofHours(13));
                        exports.time.advance(Duration.ofHours(13));
                    }
                }
            });
            assertWhole(exports);
            keboola.verifyCount("GET", ".*/files/.*", expired.get() ? 1 : 2);
        }
    }

    private void assertWhole(Exports exports) throws Exception {
        Path source = Samples.BIRDSTRIKES.copyTo(directory.resolve("source.csv"));
        assertEquals(
                Tables.fingerprint("(SELECT COLUMNS(*)::VARCHAR FROM read_csv('" + source + "'))"),
                Tables.fingerprint(exports.rowsAsText()));
    }
}
