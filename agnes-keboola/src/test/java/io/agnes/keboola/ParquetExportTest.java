package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.core.file.FileDigests;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
    void textOfAnUntypedTableGetsTheTypesThatKeboolaKnows() throws Exception {
        try (FakeKeboola keboola =
                        FakeKeboola.builder().sliceRows(1000).strict().start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.table("in.c-t.weather").untyped().fromCsv(Samples.WEATHER.copyTo(directory.resolve("in.csv")));
            keboola.onTable()
                    .rewrite(json -> json.replaceAll(
                            "\"columnMetadata\":(\\[\\]|\\{\\})",
                            "\"columnMetadata\":{\"date\":[{\"key\":\"KBC.datatype.basetype\",\"value\":\"DATE\"}],"
                                    + "\"wind\":[{\"key\":\"KBC.datatype.basetype\",\"value\":\"INTEGER\"}]}"))
                    .once();
            ExportResult result = exports.all("in.c-t.weather");
            assertEquals(2922, result.rows());
            String broken = Tables.row(
                            "SELECT count(*) FILTER (WHERE wind % 1 <> 0) FROM '" + directory.resolve("in.csv") + "'")
                    .getFirst();
            assertEquals(
                    List.of("column wind stays text: " + broken + " of 2922 values are no BIGINT"), result.notes());
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
}
