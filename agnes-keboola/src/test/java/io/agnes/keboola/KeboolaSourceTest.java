package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.core.TableId;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.sync.SyncProgress;
import io.agnes.core.sync.TableSource.Fetched;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeboolaSourceTest {
    private final FakeKeboola keboola = FakeKeboola.builder().strict().start();

    @TempDir
    Path directory;

    private Exports exports;
    private int drafts;

    @BeforeEach
    void connect() throws Exception {
        exports = Exports.of(keboola, directory);
        keboola.seed(Samples.WEATHER);
    }

    @AfterEach
    void close() throws IOException {
        exports.close();
        keboola.close();
    }

    @Test
    void aTableIsBroughtWithItsRowsAndAMarker() throws Exception {
        Fetched.Table table = assertInstanceOf(Fetched.Table.class, fetch(null, Optional.empty()));
        assertEquals(2922, table.rows());
    }

    @Test
    void aTableInTheStateOfTheMarkerIsNotExportedAgain() throws Exception {
        Optional<String> marker = marker(fetch(null, Optional.empty()));
        assertEquals(new Fetched.Unchanged(), fetch(null, marker));
        keboola.verifyCount("POST", ".*/export-async", 1);
    }

    @Test
    void anImportMovesTheMarker() throws Exception {
        Optional<String> marker = marker(fetch(null, Optional.empty()));
        keboola.clock().advance(Duration.ofSeconds(2));
        keboola.table(Samples.WEATHER.tableId()).touch();
        assertInstanceOf(Fetched.Table.class, fetch(null, marker));
    }

    @Test
    void anotherFilterIsAnotherState() throws Exception {
        Optional<String> marker = marker(fetch(null, Optional.empty()));
        Fetched.Table some = assertInstanceOf(Fetched.Table.class, fetch("{\"limit\":5}", marker));
        assertEquals(5, some.rows());
    }

    @Test
    void aFilterByATimeThatMovesIsExportedEachTime() throws Exception {
        assertEquals(Optional.empty(), marker(fetch("{\"changedSince\":\"-2 days\"}", Optional.empty())));
    }

    @Test
    void aFilterThatIsNoneSaysWhatIsWrong() {
        KeboolaException e = assertThrows(KeboolaException.class, () -> fetch("{\"where\":[]}", Optional.empty()));
        assertEquals("filter_invalid", e.code());
    }

    private static Optional<String> marker(Fetched fetched) {
        return Optional.ofNullable(
                assertInstanceOf(Fetched.Table.class, fetched).marker());
    }

    private Fetched fetch(@Nullable String query, Optional<String> marker) throws Exception {
        try (FileDraft draft = FileDraft.of(FileStore.system(), directory.resolve("draft-" + ++drafts), "t.parquet")) {
            return KeboolaSource.of(exports.config, exports.client)
                    .fetch(record(query), marker, draft, SyncProgress.NONE);
        }
    }

    private static TableRecord record(@Nullable String query) {
        return new TableRecord(
                new TableId("weather"),
                "weather",
                "",
                KeboolaSource.TYPE,
                "in.c-demo",
                "weather",
                query,
                QueryMode.MATERIALIZED,
                false,
                "system",
                Instant.EPOCH);
    }
}
