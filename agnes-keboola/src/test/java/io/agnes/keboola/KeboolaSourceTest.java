// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.TableId;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDigests.Algorithm;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.parquet.SchemaField;
import io.agnes.core.sync.Discovered;
import io.agnes.core.sync.SyncProgress;
import io.agnes.core.sync.TableSource.Fetched;
import io.agnes.core.table.ColumnTypes;
import io.agnes.core.table.EmptyAsNull;
import io.agnes.core.table.FieldIdAllocation;
import io.agnes.core.table.TableRecord;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeboolaSourceTest {
    private static final Map<String, Integer> FIELD_IDS = Map.of("date", 40);

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
    void aTableIsFetchedWithItsRowsAndAMarker() throws Exception {
        Fetched.Table table = assertInstanceOf(Fetched.Table.class, fetch((String) null, Optional.empty()));
        assertEquals(2922, table.rows());
    }

    @Test
    void theFieldsOfEveryKindOfFileHaveTheIdsOfTheirTable() throws Exception {
        fetch((String) null, Optional.empty());
        fetch(record(ColumnTypes.AS_IS), Optional.empty());
        fetch(record("{\"fileType\": \"csv\"}"), Optional.empty());
        fetch(record("{\"whereFilters\": [{\"column\": \"location\", \"values\": [\"nowhere\"]}]}"), Optional.empty());
        for (int draft = 1; draft <= drafts; draft++) {
            try (Part part = Part.of(directory.resolve(draft + ".parquet"))) {
                ParquetFile file = assertInstanceOf(ParquetFile.Inspection.Opened.class, ParquetFile.inspect(part))
                        .file();
                assertEquals(
                        List.of(OptionalInt.of(40)),
                        file.schema().fields().stream()
                                .filter(field -> field.path().equals("date"))
                                .map(SchemaField::id)
                                .toList());
                assertEquals(draft == 4 ? 0 : 2922, file.rows());
            }
        }
    }

    @Test
    void aVersionHasAllDigestsWhateverTheSettingsAskFor() throws Exception {
        exports.close();
        exports = new Exports(keboola, directory, config -> config.withDigests(Set.of(Algorithm.MD5)));
        Fetched.Table table = assertInstanceOf(Fetched.Table.class, fetch((String) null, Optional.empty()));
        assertEquals(FileDigests.of(directory.resolve("1.parquet")), table.digests());
    }

    @Test
    void aTableInTheStateOfTheMarkerIsNotExportedAgain() throws Exception {
        Optional<String> marker = marker(fetch((String) null, Optional.empty()));
        assertEquals(new Fetched.Unchanged(), fetch((String) null, marker));
        keboola.verifyCount("POST", ".*/export-async", 1);
    }

    @Test
    void anImportMovesTheMarker() throws Exception {
        Optional<String> marker = marker(fetch((String) null, Optional.empty()));
        keboola.clock().advance(Duration.ofSeconds(2));
        keboola.table(Samples.WEATHER.tableId()).touch();
        assertInstanceOf(Fetched.Table.class, fetch((String) null, marker));
    }

    @Test
    void anotherFilterIsAnotherState() throws Exception {
        Optional<String> marker = marker(fetch((String) null, Optional.empty()));
        Fetched.Table some = assertInstanceOf(Fetched.Table.class, fetch("{\"limit\":5}", marker));
        assertEquals(5, some.rows());
    }

    @Test
    void aFilterByATimeThatMovesIsExportedEachTime() throws Exception {
        assertEquals(Optional.empty(), marker(fetch("{\"changedSince\":\"-2 days\"}", Optional.empty())));
    }

    @Test
    void aTablesOwnWayWithTypesCountsMoreThanTheSettings() throws Exception {
        keboola.table("in.c-demo.weather")
                .untyped()
                .metadata("date", "KBC.datatype.basetype", "DATE")
                .fromCsv(Samples.WEATHER.copyTo(directory.resolve("in.csv")));
        Optional<String> automatic = marker(fetch(record((ColumnTypes) null), Optional.empty()));
        assertEquals("date DATE", dateIn(drafts));
        Optional<String> asItIs = marker(fetch(record(ColumnTypes.AS_IS), automatic));
        assertEquals("date VARCHAR", dateIn(drafts));
        assertEquals(new Fetched.Unchanged(), fetch(record(ColumnTypes.AS_IS), asItIs));
        assertEquals(new Fetched.Unchanged(), fetch(record(ColumnTypes.AUTO), automatic));
    }

    @Test
    void aTablesOwnWayWithEmptyTextCountsMoreThanTheSettings() throws Exception {
        keboola.table("in.c-demo.weather")
                .metadata("date", "KBC.datatype.basetype", "DATE")
                .columns("id", "date")
                .row("1", "")
                .row("2", "2024-01-01");
        Fetched automatic = fetch(record((ColumnTypes) null), Optional.empty());
        assertEquals("date DATE", dateIn(drafts));
        assertTrue(notes(automatic).contains("column date: 1 empty text became NULL"), notes(automatic)::toString);
        Fetched never = fetch(record(null, EmptyAsNull.NEVER), marker(automatic));
        assertEquals("date VARCHAR", dateIn(drafts));
        assertEquals(new Fetched.Unchanged(), fetch(record(null, EmptyAsNull.NEVER), marker(never)));
        assertEquals(new Fetched.Unchanged(), fetch(record(null, EmptyAsNull.AUTO), marker(automatic)));
    }

    @Test
    void anotherWordForAMissingValueIsAnotherState() throws Exception {
        Optional<String> marker = marker(fetch((String) null, Optional.empty()));
        exports.close();
        exports = new Exports(keboola, directory, config -> config.withNullWords(List.of("n/a")));
        assertInstanceOf(Fetched.Table.class, fetch((String) null, marker));
    }

    @Test
    void aFilterThatIsNoneSaysWhatIsWrong() {
        KeboolaException e = assertThrows(KeboolaException.class, () -> fetch("{\"where\":[]}", Optional.empty()));
        assertEquals("filter_invalid", e.code());
    }

    @Test
    void whatTheProjectHasIsListedAsItsApiNamesIt() throws Exception {
        keboola.seed(Samples.AIRPORTS);
        List<Discovered> listed = source().list();
        assertEquals(
                Set.of(
                        new Discovered("in.c-demo", "weather", "in.c-demo.weather", "in.c-demo.weather"),
                        new Discovered("in.c-demo", "airports", "in.c-demo.airports", "in.c-demo.airports")),
                Set.copyOf(listed));
        assertEquals(2, listed.size());
    }

    @Test
    void askedWhetherItCouldBringATableItExportsNothing() throws Exception {
        source().check(record("{\"limit\":5}"));
        keboola.verifyCount("POST", ".*/export-async", 0);
        KeboolaException filter = assertThrows(KeboolaException.class, () -> source().check(record("{\"where\":[]}")));
        assertEquals("filter_invalid", filter.code());
        KeboolaException gone = assertThrows(KeboolaException.class, () -> source().check(record("nowhere", null)));
        assertEquals("table_not_found", gone.code());
    }

    @Test
    void rowsAreToldBeforeTheyHaveArrived() throws Exception {
        AtomicLong rows = new AtomicLong(-1);
        AtomicLong rowsAtTheFirstByte = new AtomicLong(-1);
        SyncProgress progress = new SyncProgress() {
            @Override
            public void rows(long known) {
                rows.set(known);
            }

            @Override
            public void bytes(long done, long total) {
                rowsAtTheFirstByte.compareAndSet(-1, rows.get());
            }
        };
        try (FileDraft draft = FileDraft.of(FileStore.system(), directory.resolve("told"), "t.parquet")) {
            source().fetch(record("weather", null), Optional.empty(), draft, progress);
        }
        assertEquals(2922, rowsAtTheFirstByte.get());
    }

    private KeboolaSource source() {
        return KeboolaSource.of(
                exports.config,
                exports.client,
                (table, fields) -> FieldIdAllocation.of(FIELD_IDS, fields).ids());
    }

    private static List<String> notes(Fetched fetched) {
        return assertInstanceOf(Fetched.Table.class, fetched).notes();
    }

    private static Optional<String> marker(Fetched fetched) {
        return Optional.ofNullable(
                assertInstanceOf(Fetched.Table.class, fetched).marker());
    }

    private Fetched fetch(@Nullable String query, Optional<String> marker) throws Exception {
        return fetch(record(query), marker);
    }

    private Fetched fetch(TableRecord record, Optional<String> marker) throws Exception {
        try (FileDraft draft = FileDraft.of(FileStore.system(), directory.resolve("draft-" + ++drafts), "t.parquet")) {
            Fetched fetched = source().fetch(record, marker, draft, SyncProgress.NONE);
            if (Files.exists(draft.path())) {
                Files.move(draft.path(), directory.resolve(drafts + ".parquet"));
            }
            return fetched;
        }
    }

    private String dateIn(int draft) {
        return Tables.types(directory.resolve(draft + ".parquet")).stream()
                .filter(column -> column.startsWith("date "))
                .findFirst()
                .orElseThrow();
    }

    private static TableRecord record(@Nullable ColumnTypes types) {
        return record(types, null);
    }

    private static TableRecord record(@Nullable ColumnTypes types, @Nullable EmptyAsNull empty) {
        return record((String) null).toBuilder()
                .columnTypes(types)
                .emptyAsNull(empty)
                .build();
    }

    private static TableRecord record(@Nullable String query) {
        return record("weather", query);
    }

    private static TableRecord record(String sourceTable, @Nullable String query) {
        return TableRecord.builder(new TableId("weather"), KeboolaSource.TYPE)
                .bucket("in.c-demo")
                .sourceTable(sourceTable)
                .sourceQuery(query)
                .registered("system", Instant.EPOCH)
                .build();
    }
}
