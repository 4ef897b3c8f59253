package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.core.file.FileDigests;
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
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.AIRPORTS);
            ExportResult result = exports.all("in.c-demo.airports");
            Path source = Samples.AIRPORTS.copyTo(directory.resolve("airports.csv"));
            assertEquals(
                    Tables.fingerprint("(SELECT COLUMNS(*)::VARCHAR FROM read_csv('" + source + "'))"),
                    Tables.fingerprint(exports.rowsAsText()));
            assertEquals(3376, result.rows());
            assertEquals(4, result.slices());
            assertEquals(List.of(), result.notes());
            assertEquals(FileDigests.of(exports.draft.path()), result.digests());
            keboola.verifyTokenNeverSentToStorage();
        }
    }

    @Test
    void anEmptyTableKeepsItsColumns() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().strict().start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.table("in.c-t.none").columns("id", "cell");
            assertEquals(0, exports.all("in.c-t.none").rows());
            assertEquals(List.of("id VARCHAR", "cell VARCHAR"), Tables.types(exports.draft.path()));
        }
    }
}
