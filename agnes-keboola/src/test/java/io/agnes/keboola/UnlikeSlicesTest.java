// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.testkit.FakeKeboola;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnlikeSlicesTest {
    private static final String TABLE = "in.c-t.slices";

    private final FakeKeboola keboola = FakeKeboola.start();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        keboola.close();
    }

    @Test
    void slicesThatDifferInWidthAreRewrittenAndNothingIsRounded() throws Exception {
        seed("SELECT 1 AS id, 1.5::DECIMAL(5,1) AS cell", "SELECT 2 AS id, 1.2555::DECIMAL(9,4) AS cell");
        try (Exports exports = Exports.of(keboola, directory)) {
            ExportResult result = exports.all(TABLE);
            assertEquals(2, result.rows());
            assertTrue(result.notes().getFirst().startsWith("slices were rewritten"), result.toString());
            assertEquals(
                    List.of("1.5000", "1.2555"),
                    Tables.column("SELECT cell FROM " + Tables.parquet(exports.draft.path())));
            assertEquals(List.of(), leftOvers(exports));
        }
    }

    @Test
    void slicesWhoseMeaningDiffersAreRefused() throws Exception {
        seed(
                "SELECT 1 AS id, TIMESTAMP '2026-01-01' AS cell",
                "SELECT 2 AS id, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS cell");
        try (Exports exports = Exports.of(keboola, directory)) {
            KeboolaException e = assertThrows(KeboolaException.class, () -> exports.all(TABLE));
            assertEquals("slices_unmergeable", e.code());
        }
    }

    @ParameterizedTest
    @CsvSource({"9007199254740993::BIGINT,1::UBIGINT", "16777217::INTEGER,0.5::FLOAT"})
    void slicesThatNoTypeHoldsAreRefusedAndNotRounded(String one, String other) throws Exception {
        seed("SELECT 1 AS id, " + one + " AS cell", "SELECT 2 AS id, " + other + " AS cell");
        try (Exports exports = Exports.of(keboola, directory)) {
            KeboolaException e = assertThrows(KeboolaException.class, () -> exports.all(TABLE));
            assertEquals("slices_unmergeable", e.code());
            assertTrue(String.valueOf(e.getMessage()).contains("column cell"), e.getMessage());
        }
    }

    @Test
    void whatARewriteLosesIsTold() throws Exception {
        seed(
                "SELECT 1 AS id, TIMESTAMP_MS '2026-01-01' AS at",
                "SELECT 2 AS id, TIMESTAMP_MS '2026-01-01' AS at, 'x' AS cell");
        try (Exports exports = Exports.of(keboola, directory)) {
            List<String> notes = exports.all(TABLE).notes();
            assertTrue(notes.contains("column cell is NULL in the rows of part 1, which lacks it"), notes.toString());
            assertTrue(notes.stream().anyMatch(note -> note.startsWith("column at was stored as")), notes.toString());
        }
    }

    @Test
    void theSameSlicesGiveTheSameBytes() throws Exception {
        seed("SELECT 1 AS id, 1.5::DECIMAL(5,1) AS cell", "SELECT 2 AS id, 1.25::DECIMAL(9,2) AS cell");
        List<String> digests = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (Exports exports = Exports.of(keboola, directory)) {
                digests.add(exports.all(TABLE).digests().sha256());
            }
        }
        assertEquals(digests.get(0), digests.get(1));
    }

    private void seed(String... queries) {
        List<Path> slices = new ArrayList<>();
        for (String query : queries) {
            Path slice = directory.resolve("in-" + slices.size() + ".parquet");
            Tables.execute("COPY (" + query + ") TO '" + slice + "' (FORMAT parquet)");
            slices.add(slice);
        }
        keboola.table(TABLE).fromParquetSlices(slices);
    }

    private static List<String> leftOvers(Exports exports) throws IOException {
        Path draft = exports.draft.path();
        try (var entries = Files.list(draft.resolveSibling("."))) {
            return entries.map(path -> path.getFileName().toString())
                    .filter(name -> !name.equals("table.parquet") && !name.startsWith("part-"))
                    .toList();
        }
    }
}
