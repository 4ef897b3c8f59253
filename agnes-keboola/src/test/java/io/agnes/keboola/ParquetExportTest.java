// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDigests.Algorithm;
import io.agnes.testkit.Dialect;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    @ParameterizedTest
    @EnumSource
    void oneDigestIsTakenAloneIfThatIsAskedFor(ExportFileType fileType) throws Exception {
        try (FakeKeboola keboola =
                        FakeKeboola.builder().sliceRows(1000).strict().start();
                Exports exports = new Exports(
                        keboola,
                        directory,
                        config -> config.withFileType(fileType).withDigests(Set.of(Algorithm.MD5)))) {
            keboola.seed(Samples.AIRPORTS);
            FileDigests digests = exports.all("in.c-demo.airports").digests();
            assertEquals(FileDigests.of(exports.draft.path()).md5(), digests.md5());
            assertEquals(
                    "the digest SHA_256 was not asked for",
                    assertThrows(IllegalStateException.class, digests::sha256).getMessage());
        }
    }

    @Test
    void textOfAnUntypedTableGetsTheTypesThatKeboolaKnows() throws Exception {
        try (FakeKeboola keboola =
                        FakeKeboola.builder().sliceRows(1000).strict().start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.table("in.c-t.weather")
                    .untyped()
                    .metadata("date", "KBC.datatype.basetype", "DATE")
                    .metadata("wind", "KBC.datatype.basetype", "INTEGER")
                    .fromCsv(Samples.WEATHER.copyTo(directory.resolve("in.csv")));
            ExportResult result = exports.all("in.c-t.weather");
            assertEquals(2922, result.rows());
            String broken = Tables.row(
                            "SELECT count(*) FILTER (WHERE wind % 1 <> 0) FROM '" + directory.resolve("in.csv") + "'")
                    .getFirst();
            assertEquals(
                    List.of("column wind stays text: " + broken + " of 2922 values are no BIGINT (" + broken
                            + " with more digits than it keeps)"),
                    result.notes());
            assertEquals(
                    List.of("date DATE", "wind VARCHAR"),
                    Tables.types(exports.draft.path()).stream()
                            .filter(column -> column.startsWith("date") || column.startsWith("wind"))
                            .toList());
        }
    }

    @Test
    void aTableMayBeReadInPart() throws Exception {
        try (FakeKeboola keboola =
                        FakeKeboola.builder().sliceRows(1000).strict().start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.AIRPORTS);
            ExportFilter filter =
                    ExportFilter.ALL.where("state", "eq", "TX", "CA").withColumns(List.of("city", "iata"));
            exports.some("in.c-demo.airports", filter);
            Path source = Samples.AIRPORTS.copyTo(directory.resolve("airports.csv"));
            assertEquals(
                    Tables.fingerprint("(SELECT city, iata FROM read_csv('" + source
                            + "', all_varchar = true) WHERE state IN ('TX', 'CA'))"),
                    Tables.fingerprint(exports.rowsAsText()));
        }
    }

    @Test
    void aColumnThatIsNotThereIsNamedBeforeAnythingIsExported() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().strict().start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.AIRPORTS);
            ExportFilter filter = ExportFilter.ALL.withColumns(List.of("city", "itaa"));
            KeboolaException e = assertThrows(KeboolaException.class, () -> exports.some("in.c-demo.airports", filter));
            assertEquals("filter_invalid", e.code());
            keboola.verifyCount("POST", ".*", 0);
        }
    }

    @Test
    void theProjectIsListed() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().strict().start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.AIRPORTS);
            keboola.seed(Samples.WEATHER);
            assertEquals("gcp", exports.client.verifyToken().fileStorage());
            assertEquals(
                    List.of("in.c-demo"),
                    exports.client.buckets().stream().map(KeboolaBucket::id).toList());
            List<KeboolaTable> tables = exports.client.tables("in.c-demo");
            assertEquals(
                    List.of("in.c-demo.airports", "in.c-demo.weather"),
                    tables.stream().map(KeboolaTable::id).sorted().toList());
            KeboolaTable weather = exports.client.table("in.c-demo.weather");
            assertEquals("in.c-demo", weather.bucket());
            assertEquals(2922, weather.rows().orElseThrow());
            assertEquals(Optional.of("DATE"), weather.columns().get(1).baseType());
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

    @Test
    void aListenerHearsOfBytesSlicesAndPhasesToTheirEnds() throws Exception {
        BigSlices slices = BigSlices.write(directory, 5);
        try (FakeKeboola keboola = slices.seed(
                        FakeKeboola.builder().bytesPerSecond(300_000).start());
                Exports exports = Exports.of(keboola, directory)) {
            List<String> phases = new CopyOnWriteArrayList<>();
            List<Long> rates = new CopyOnWriteArrayList<>();
            AtomicLong left = new AtomicLong(-1);
            AtomicInteger slicesLeft = new AtomicInteger(-1);
            exports.client.export(BigSlices.TABLE, ExportFilter.ALL, exports.draft, new ExportProgress() {
                @Override
                public void phase(String phase) {
                    phases.add(phase);
                }

                @Override
                public void bytes(long done, long total) {
                    left.updateAndGet(before -> before < 0 ? total - done : Math.min(before, total - done));
                }

                @Override
                public void slices(int done, int total) {
                    slicesLeft.updateAndGet(before -> before < 0 ? total - done : Math.min(before, total - done));
                }

                @Override
                public void rate(long bytesPerSecond) {
                    rates.add(bytesPerSecond);
                }
            });
            assertEquals(List.of("exporting", "downloading"), phases);
            assertEquals(0, left.get());
            assertEquals(0, slicesLeft.get());
            assertTrue(
                    !rates.isEmpty() && rates.stream().allMatch(rate -> rate > 10_000 && rate < 5_000_000), rates + "");
        }
    }

    @Test
    void theProjectsFeaturesAndLimitsAreKnown() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.onTokenVerify()
                    .replace(("{\"id\":\"7\",\"owner\":{\"id\":578,\"features\":[\"a\",\"b\"],\"limits\":"
                                    + "{\"storage.jobsParallelism\":{\"name\":\"x\",\"value\":4}}}}")
                            .getBytes(StandardCharsets.UTF_8))
                    .once();
            KeboolaToken token = exports.client.verifyToken();
            assertEquals(Set.of("a", "b"), token.features());
            assertEquals(4, token.jobsParallelism());
            assertEquals("578", token.projectId());
            assertEquals(
                    KeboolaToken.JOBS_PARALLELISM, exports.client.verifyToken().jobsParallelism());
        }
    }

    @Test
    void everyParameterIsSentAsKeboolaWantsIt() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.AIRPORTS);
            ExportFilter filter = ExportFilter.parse("{\"columns\":[\"iata\",\"state\"],\"where_filters\":"
                    + "[{\"column\":\"state\",\"operator\":\"in\",\"values\":[\"TX\",\"{{today}}\"]}],"
                    + "\"orderBy\":[{\"column\":\"iata\",\"order\":\"desc\"}],\"limit\":5,\"file_type\":\"csv\","
                    + "\"includeInternalTimestamp\":true}");
            ExportResult result = exports.some("in.c-demo.airports", filter);
            assertEquals(ExportFileType.CSV, result.fileType());
            String body = keboola.requests("POST", ".*/export-async").getFirst().body();
            String today = exports.time.now().toString().substring(0, 10);
            for (String part : List.of(
                    "\"columns\":\"iata,state\"",
                    "{\"column\":\"state\",\"operator\":\"eq\",\"values\":[\"TX\",\"" + today + "\"]}",
                    "\"orderBy\":[{\"column\":\"iata\",\"order\":\"DESC\"}]",
                    "\"limit\":5",
                    "\"fileType\":\"csv\"",
                    "\"gzip\":true",
                    "\"includeInternalTimestamp\":true")) {
                assertTrue(body.contains(part), part + " in " + body);
            }
            assertFalse(body.contains("sourceBranchId"), body);
            assertEquals(
                    List.of("iata VARCHAR", "state VARCHAR", "_timestamp TIMESTAMP"),
                    Tables.types(exports.draft.path()));
            assertEquals(5, result.rows());
        }
    }

    @Test
    void aTableWithFewerRowsThanKeboolaCountsIsRefused() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().sliceRows(1000).start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.AIRPORTS);
            keboola.onManifest()
                    .rewrite(json -> json.replaceFirst("\\{[^{}]*\\},", ""))
                    .always();
            KeboolaException e = assertThrows(KeboolaException.class, () -> exports.all("in.c-demo.airports"));
            assertEquals("rows_lost", e.code());
        }
    }

    /** The table is imported between its request and its export. */
    @Test
    void oneThatHasChangedMeanwhileIsNot() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.AIRPORTS);
            keboola.onTable()
                    .rewrite(json -> json.replace("\"rowsCount\":3376", "\"rowsCount\":4000"))
                    .once();
            assertEquals(3376, exports.all("in.c-demo.airports").rows());
        }
    }

    @Test
    void slicesMayBeNamedByHttps() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().sliceRows(1000).start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.AIRPORTS);
            keboola.onManifest()
                    .rewrite(json -> json.replace("\\/", "/")
                            .replaceAll("gs://([^\"]*)\"", keboola.storageEndpoint() + "/$1?X-Goog-Signature=x\""))
                    .once();
            assertEquals(3376, exports.all("in.c-demo.airports").rows());
            assertEquals(
                    List.of(),
                    keboola.requests("GET", ".*parquet").stream()
                            .filter(request -> String.valueOf(request.query()).contains("X-Goog"))
                            .toList());
        }
    }

    /** Old projects return one object with its header inside. */
    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aFileThatIsNotSlicedIsReadToo(Dialect dialect) throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().dialect(dialect).start();
                Exports exports = Exports.csv(keboola, directory)) {
            keboola.table("in.c-t.whole")
                    .columns("id", "cell")
                    .row("1", "a")
                    .row("2", "b")
                    .whole();
            ExportResult result = exports.all("in.c-t.whole");
            assertEquals(2, result.rows());
            assertEquals(1, result.slices());
            assertEquals(
                    List.of("1a", "2b"),
                    Tables.column("SELECT id || cell FROM " + Tables.parquet(exports.draft.path()) + " ORDER BY id"));
        }
    }

    /** The testkit sets the rows of the source table, not of the alias. */
    @Test
    void aTableOfALinkedBucketHasTheTypesAndTheRowsOfItsSource() throws Exception {
        try (FakeKeboola keboola =
                        FakeKeboola.builder().sliceRows(1000).strict().start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.table("in.c-linked.weather").linkedTo(keboola.seed(Samples.WEATHER));
            KeboolaTable linked = exports.client.table("in.c-linked.weather");
            assertEquals(Optional.of("DATE"), linked.columns().get(1).baseType());
            assertTrue(exports.client.buckets().stream()
                    .filter(bucket -> bucket.id().equals("in.c-linked"))
                    .allMatch(KeboolaBucket::linked));
            assertEquals(2922, exports.all("in.c-linked.weather").rows());
        }
    }

    /** The row count of another project's table may be outdated. */
    @Test
    void theRowsOfALinkedTableAreNotHeldToTheirCount() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.table("in.c-linked.weather").linkedTo(keboola.seed(Samples.WEATHER));
            keboola.onTable().field("rowsCount", 4000).always();
            assertEquals(2922, exports.all("in.c-linked.weather").rows());
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void namesOfObjectsMayBeOdd(Dialect dialect) throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder()
                        .dialect(dialect)
                        .fileNamePrefix("a b+c%20/\u00fc&=,'!(1)*")
                        .sliceRows(1000)
                        .strict()
                        .start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.WEATHER);
            assertEquals(2922, exports.all(Samples.WEATHER.tableId()).rows());
        }
    }
}
