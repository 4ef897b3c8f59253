// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.testkit.Backend;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.FakeTable;
import io.agnes.testkit.Samples;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CsvExportTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Samples.class)
    void slicesBecomeOneFileEqualToTheTable(Samples sample) throws Exception {
        try (FakeKeboola keboola =
                        FakeKeboola.builder().sliceRows(1000).strict().start();
                Exports exports = Exports.csv(keboola, directory)) {
            keboola.seed(sample);
            ExportResult result = exports.all(sample.tableId());
            Path source = sample.copyTo(directory.resolve("source.csv"));
            assertEquals(ExportFileType.CSV, result.fileType());
            assertEquals(
                    Tables.fingerprint("(SELECT COLUMNS(*)::VARCHAR FROM read_csv('" + source + "'))"),
                    Tables.fingerprint(exports.rowsAsText()));
        }
    }

    @Test
    void aBackendWithoutParquetIsAskedForTextOnce() throws Exception {
        try (FakeKeboola keboola =
                        FakeKeboola.builder().backend(Backend.BIGQUERY).strict().start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.WEATHER);
            ExportResult result = exports.all(Samples.WEATHER.tableId());
            assertEquals(ExportFileType.CSV, result.fileType());
            assertTrue(result.notes().getFirst().startsWith("exported as CSV, because as Parquet"));
            keboola.verifyCount("POST", ".*/export-async", 2);
        }
    }

    @Test
    void nothingAndEmptyTextStayApart() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().strict().start();
                Exports exports = Exports.csv(keboola, directory)) {
            FakeTable table = keboola.table("in.c-t.cells").columns("id", "cell");
            table.row("1", null)
                    .row("2", "")
                    .row("3", "a,\"b\"\nc")
                    .row("4", "\\\"")
                    .row("5", "\r\n");
            exports.all("in.c-t.cells");
            assertEquals(
                    List.of("1null", "2''", "3'a,\"b\"\nc'", "4'\\\"'", "5'\r\n'"),
                    Tables.column("SELECT id || coalesce('''' || cell || '''', 'null') FROM "
                            + Tables.parquet(exports.draft.path()) + " ORDER BY id"));
        }
    }

    @Test
    void anEmptyTableKeepsItsColumns() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().strict().start();
                Exports exports = Exports.csv(keboola, directory)) {
            keboola.table("in.c-t.none").columns("id", "cell");
            assertEquals(0, exports.all("in.c-t.none").rows());
            assertEquals(List.of("id VARCHAR", "cell VARCHAR"), Tables.types(exports.draft.path()));
        }
    }
}
