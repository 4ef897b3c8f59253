// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.sync.SyncProgress;
import io.agnes.testkit.Dialect;
import io.agnes.testkit.FakeKeboola;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Credentials that expire repeatedly during the download of slices. The testkit checks all credentials that it issued.
 */
@Tag("slow")
class ExpiryTest {
    private static final int SLICES = 24;
    private static final int EXPIRIES = 17;
    private static final int CUT_SLICE = 20;
    private static final int CUT_BYTES = 20_000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void eachEndCostsOneLookupAndTheSliceGoesOnWhereItWas(Dialect dialect) throws Exception {
        BigSlices slices = BigSlices.write(directory, SLICES, 4_000);
        try (FakeKeboola keboola = slices.seed(
                        FakeKeboola.builder().dialect(dialect).strict().start());
                Exports exports = new Exports(keboola, directory, config -> config.withSlicesAtOnce(1))) {
            Clock clock = new Clock(keboola, exports);
            ExportResult result = exports.client.export(BigSlices.TABLE, ExportFilter.ALL, exports.draft, clock);
            assertEquals(slices.rows(), result.rows());
            assertEquals(EXPIRIES, clock.expiries);
            keboola.verifyCount("GET", ".*/files/.*", 1 + EXPIRIES);
            keboola.verifyTokenNeverSentToStorage();
            List<Long> starts = keboola.requests("GET", ".*_0_" + CUT_SLICE + "_0.*").stream()
                    .map(request -> String.valueOf(request.headers().get("range")))
                    .filter(range -> !range.contains("=-"))
                    .map(range -> Long.parseLong(range.replaceAll("\\D*(\\d+)-.*", "$1")))
                    .toList();
            // Bytes in transit may be lost when the connection breaks.
            assertTrue(starts.getLast() > 4 && starts.getLast() <= 4 + CUT_BYTES, starts.toString());
        }
    }

    /** Lets the credentials expire after each of several slices, and once within a slice. */
    private static final class Clock implements SyncProgress {
        private final FakeKeboola keboola;
        private final Exports exports;
        private int expiries;

        Clock(FakeKeboola keboola, Exports exports) {
            this.keboola = keboola;
            this.exports = exports;
        }

        @Override
        public void bytes(long done, long total) {
            if (done == 0 || done * SLICES < total * (expiries + 2)) {
                return;
            }
            if (expiries == 0) {
                // Set after the reads of the ends.
                keboola.onSlice(CUT_SLICE).cutAfter(CUT_BYTES).once();
            }
            boolean within = done * SLICES > total * CUT_SLICE && done * SLICES < total * (CUT_SLICE + 1);
            if (expiries < EXPIRIES - 1 || (expiries == EXPIRIES - 1 && within)) {
                expiries++;
                keboola.clock().advance(Duration.ofHours(13));
                exports.time.advance(Duration.ofHours(13));
            }
        }
    }
}
