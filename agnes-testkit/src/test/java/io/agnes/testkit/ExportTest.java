// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
    private static final String ID = "in.c-crm.orders";

    private final ManualClock clock = ManualClock.standingAt(Instant.parse("2026-08-20T08:15:00Z"));
    private final FakeKeboola keboola =
            FakeKeboola.builder().clock(clock).jobPolls(0).start();
    private final Client client = new Client(keboola);

    @TempDir
    Path scratch;

    @AfterEach
    void close() {
        client.close();
        keboola.close();
    }

    private void seed() {
        keboola.table(ID)
                .columns("id", "status", "amount")
                .row("1", "open", "9.5")
                .row("2", "new", "10")
                .row("10", "", null)
                .row("3", "say \"hi\"", "a\nb");
    }

    private String csv(String json) throws IOException, InterruptedException {
        return client.text(client.export(ID, json));
    }

    @Nested
    class Csv {
        @Test
        void quotesEveryStringAndKeepsNullApartFromEmpty() throws Exception {
            seed();

            assertEquals(
                    "\"1\",\"open\",\"9.5\"\n\"2\",\"new\",\"10\"\n\"10\",\"\",\n\"3\",\"say \"\"hi\"\"\",\"a\nb\"\n",
                    csv("{}"));
        }

        @Test
        void typedCellsAreBare() throws Exception {
            Path file = Files.writeString(
                    scratch.resolve("t.csv"), "n,f,b,d,t,s\n1,1.5,true,2026-01-02,2026-01-02 03:04:05.678,x\n");
            keboola.table(ID).typed().fromCsv(file);

            assertEquals("1,1.5,true,2026-01-02,2026-01-02 03:04:05,\"x\"\n", csv("{}"));
        }

        @Test
        void preparedSlicesAreUnchanged() throws Exception {
            Path one = Files.writeString(scratch.resolve("1.csv"), "\"1\",\"a,b\"\n");
            Path two = Files.writeString(scratch.resolve("2.csv"), "\"2\",\n");
            keboola.table(ID).fromCsvSlices(List.of("id", "text"), List.of(one, two));

            assertEquals(2, client.export(ID, "{}").entries().size());
            assertEquals("\"1\",\"a,b\"\n\"2\",\n", csv("{}"));
            assertEquals(
                    "\"2\"\n", csv("{\"columns\":\"id\",\"whereFilters\":[{\"column\":\"id\",\"values\":[\"2\"]}]}"));
            assertEquals(1, client.export(ID, "{\"gzip\":true}").entries().size());
        }

        @Test
        void everySliceIsItsOwnGzipFile() throws Exception {
            seed();
            Client.Export export = client.export(ID, "{\"gzip\":true,\"columns\":\"id\"}");
            byte[] slice = client.send(client.slice(export, 0)).body();

            assertTrue(
                    export.entries().get(0).endsWith(".csv.gz_0_0_0.csv.gz"),
                    export.entries().toString());
            try (GZIPInputStream text = new GZIPInputStream(new ByteArrayInputStream(slice))) {
                assertEquals("\"1\"\n\"2\"\n\"10\"\n\"3\"\n", new String(text.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    @Nested
    class Selection {
        @Test
        void columnsComeInTheRequestedOrder() throws Exception {
            seed();

            assertEquals("\"open\",\"1\"\n", csv("{\"columns\":\"status,id\",\"limit\":1}"));
        }

        @Test
        void severalValuesMeanAnyOfThem() throws Exception {
            seed();

            assertEquals("\"1\"\n\"2\"\n", ids(filter("status", "eq", "\"open\",\"new\"", "")));
            assertEquals("\"10\"\n\"3\"\n", ids(filter("status", "ne", "\"open\",\"new\"", "")));
        }

        @Test
        void textComparesAsTextUnlessADataTypeIsNamed() throws Exception {
            seed();

            assertEquals("\"2\"\n\"3\"\n", ids(filter("id", "ge", "\"2\"", "")));
            assertEquals("\"2\"\n\"10\"\n\"3\"\n", ids(filter("id", "ge", "\"2\"", "INTEGER")));
        }

        @Test
        void orderIsByTheNamedType() throws Exception {
            seed();

            assertEquals(
                    "\"10\"\n\"3\"\n\"2\"\n\"1\"\n",
                    ids("\"orderBy\":[{\"column\":\"id\",\"order\":\"DESC\",\"dataType\":\"INTEGER\"}]"));
        }

        @Test
        void changesAreSinceInclusiveAndUntilExclusive() throws Exception {
            seed();
            clock.advance(Duration.ofHours(1));
            keboola.table(ID).row("20", "late", "1");
            clock.advance(Duration.ofHours(1));

            assertEquals("\"20\"\n", ids("\"changedSince\":\"2026-08-20T09:15:00+0000\""));
            assertEquals("\"20\"\n", ids("\"changedSince\":\"-1 hour\""));
            assertEquals(
                    4,
                    ids("\"changedUntil\":\""
                                    + clock.instant().minusSeconds(3600).getEpochSecond() + "\"")
                            .lines()
                            .count());
        }

        @Test
        void theInternalTimestampComesLast() throws Exception {
            seed();

            assertEquals(
                    "\"1\",2026-08-20 08:15:00\n",
                    csv("{\"columns\":\"id\",\"limit\":1,\"includeInternalTimestamp\":true}"));
        }

        @Test
        void aFormWithPhpBracketsMeansTheSame() throws Exception {
            seed();
            Map<String, Object> job = Client.object(client.postForm(
                    ID,
                    "columns=id&gzip=0&whereFilters[0][column]=status&whereFilters[0][operator]=eq"
                            + "&whereFilters[0][values][]=open&whereFilters[0][values][]=new"));
            Client.object(client.get("/jobs/" + job.get("id")));

            Client.Export json =
                    client.export(ID, "{\"columns\":\"id\"," + filter("status", "eq", "\"open\",\"new\"", "") + "}");
            assertEquals(true, Client.at(json.job(), "results", "cacheHit"));
        }

        private String ids(String options) throws IOException, InterruptedException {
            return csv("{\"columns\":\"id\"," + options + "}");
        }

        private String filter(String column, String operator, String values, String type) {
            return "\"whereFilters\":[{\"column\":\"" + column + "\",\"operator\":\"" + operator + "\",\"values\":["
                    + values + "],\"dataType\":\"" + type + "\"}]";
        }
    }

    @Nested
    class Refusals {
        @Test
        void haveTheMessagesOfTheApi() throws Exception {
            seed();

            refused(
                    "{\"whereFilters\":[{\"column\":\"id\"}]}",
                    "Invalid request:\n - whereFilters[0][values]: \"This field is missing.\"");
            refused(
                    "{\"whereFilters\":[{\"column\":\"id\",\"values\":[\"1\"],\"operator\":\"in\"}]}",
                    "Invalid where operator in");
            refused(
                    "{\"whereFilters\":[{\"column\":\"id\",\"values\":[\"1\"],\"dataType\":\"INT\"}]}",
                    "Data type INT not recognized");
            refused(
                    "{\"whereFilters\":[{\"column\":\"id\",\"values\":[\"1\"]}],\"fulltextSearch\":\"x\"}",
                    "Cannot use fulltextSearch and whereFilters at the same time");
            refused(
                    "{\"fileType\":\"parquet\",\"timezone\":\"Europe/Prague\"}",
                    "Timezone option is not supported for Parquet exports.");
            refused("{\"columns\":\"id,nope\"}", "Non-existing columns: nope");
        }

        @Test
        void aFlattenedFilterIsNotAnArray() throws Exception {
            seed();
            var response = client.postForm(ID, "whereFilters=column&whereFilters=operator&whereFilters=values");

            assertEquals(400, response.statusCode());
            assertEquals(
                    "Parameter \"whereFilters\" should be an array, but parameter contains:\n\"values\"",
                    Client.object(response).get("error"));
        }

        @Test
        void aNullSourceBranchIsAnApplicationError() throws Exception {
            seed();

            assertEquals(500, client.post(ID, "{\"sourceBranchId\":null}").statusCode());
        }

        @Test
        void aValueThatIsNoNumberFailsTheJob() throws Exception {
            seed();
            Map<String, Object> job = client.job(
                    ID, "{\"whereFilters\":[{\"column\":\"id\",\"values\":[\"x\"],\"dataType\":\"INTEGER\"}]}");

            assertEquals("error", job.get("status"));
            assertTrue(Client.at(job, "error", "message").toString().contains("Could not convert"), job.toString());
        }

        private void refused(String json, String error) throws IOException, InterruptedException {
            HttpResponse<byte[]> response = client.post(ID, json);
            assertEquals(400, response.statusCode());
            assertEquals(error, Client.object(response).get("error"));
        }
    }

    @Nested
    class Parquet {
        @Test
        void untypedColumnsAreOptionalText() throws Exception {
            seed();

            assertEquals(
                    List.of("id BYTE_ARRAY OPTIONAL", "status BYTE_ARRAY OPTIONAL", "amount BYTE_ARRAY OPTIONAL"),
                    schema(client.export(ID, "{\"fileType\":\"parquet\"}")));
        }

        @Test
        void typedColumnsKeepTheirTypesAndStayOptional() throws Exception {
            keboola.seed(Samples.WEATHER);

            assertEquals(
                    List.of(
                            "location BYTE_ARRAY OPTIONAL",
                            "date INT32 OPTIONAL",
                            "precipitation DOUBLE OPTIONAL",
                            "temp_max DOUBLE OPTIONAL",
                            "temp_min DOUBLE OPTIONAL",
                            "wind DOUBLE OPTIONAL",
                            "weather BYTE_ARRAY OPTIONAL"),
                    schema(client.export("in.c-demo.weather", "{\"fileType\":\"parquet\"}")));
        }

        @Test
        void compressionFollowsGzip() throws Exception {
            keboola.seed(Samples.WEATHER);

            assertEquals(List.of("SNAPPY"), codecs("{\"fileType\":\"parquet\",\"gzip\":true}"));
            assertEquals(List.of("UNCOMPRESSED"), codecs("{\"fileType\":\"parquet\"}"));
        }

        @Test
        void preparedSlicesAreUnchanged() throws Exception {
            seed();
            Client.Export made = client.export(ID, "{\"fileType\":\"parquet\"}");
            Path one = saved(made, "one.parquet");
            Path two = Files.copy(one, scratch.resolve("two.parquet"));
            keboola.table("in.c-crm.big").fromParquetSlices(List.of(one, two));

            Client.Export export = client.export("in.c-crm.big", "{\"fileType\":\"parquet\",\"gzip\":true}");
            assertEquals(2, export.entries().size());
            assertArrayEquals(
                    Files.readAllBytes(one),
                    client.send(client.slice(export, 1)).body());
            assertEquals(8L, Client.object(client.get("/tables/in.c-crm.big")).get("rowsCount"));
            assertEquals(
                    "\"1\"\n\"1\"\n",
                    client.text(client.export(
                            "in.c-crm.big",
                            "{\"columns\":\"id\",\"whereFilters\":[{\"column\":\"id\",\"values\":[\"1\"]}]}")));
        }

        @Test
        void zonedTimestampsFailTheJob() throws Exception {
            Path file = Files.writeString(scratch.resolve("z.csv"), "t\n2026-01-02 03:04:05+02\n");
            keboola.table(ID).typed().fromCsv(file);

            assertEquals("error", client.job(ID, "{\"fileType\":\"parquet\"}").get("status"));
        }

        private Path saved(Client.Export export, String name) throws IOException, InterruptedException {
            return Files.write(
                    scratch.resolve(name), client.send(client.slice(export, 0)).body());
        }

        private List<String> schema(Client.Export export) throws Exception {
            return query("SELECT name || ' ' || type || ' ' || repetition_type FROM parquet_schema('"
                    + saved(export, "schema.parquet") + "') WHERE type IS NOT NULL");
        }

        private List<String> codecs(String json) throws Exception {
            Path file = saved(client.export("in.c-demo.weather", json), "codec.parquet");
            return query("SELECT DISTINCT compression FROM parquet_metadata('" + file + "')");
        }

        private List<String> query(String sql) throws Exception {
            List<String> cells = new ArrayList<>();
            try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    cells.add(rows.getString(1));
                }
            }
            return cells;
        }
    }

    @Nested
    class BigQuery {
        private final FakeKeboola other =
                FakeKeboola.builder().backend(Backend.BIGQUERY).start();
        private final Client bigQuery = new Client(other);

        @AfterEach
        void closeOther() {
            bigQuery.close();
            other.close();
        }

        @Test
        void quotesWhereNeededAndHasAnEmptySlice() throws Exception {
            other.table(ID)
                    .columns("id", "text")
                    .row("1", "plain")
                    .row("2", "a,b")
                    .row("3", "")
                    .row("4", null);
            Client.Export export = bigQuery.export(ID, "{}");

            assertEquals("1,plain\n2,\"a,b\"\n3,\"\"\n4,\n", bigQuery.text(export));
            assertTrue(
                    export.entries().get(1).endsWith(".csv000000000001.csv"),
                    export.entries().toString());
            assertEquals(0, bigQuery.send(bigQuery.slice(export, 1)).body().length);
        }

        @Test
        void cannotExportParquet() throws Exception {
            other.table(ID).columns("id").row("1");

            assertEquals("error", bigQuery.job(ID, "{\"fileType\":\"parquet\"}").get("status"));
        }
    }

    @Test
    void slicesAimAtTheirSize() throws Exception {
        try (FakeKeboola other = FakeKeboola.builder()
                        .sliceBytes(20_000)
                        .bytesPerSecond(400_000)
                        .start();
                Client sized = new Client(other)) {
            other.seed(Samples.WEATHER);
            Client.Export export = sized.export("in.c-demo.weather", "{}");

            assertEquals(6, export.entries().size());
            long start = System.nanoTime();
            int bytes = sized.send(sized.slice(export, 0)).body().length;
            assertTrue(bytes > 15_000 && bytes < 40_000, "" + bytes);
            assertTrue(System.nanoTime() - start > Duration.ofMillis(30).toNanos());
        }
    }

    @Test
    void aDeletedFileIsGoneAndTheNextExportMakesAnother() throws Exception {
        seed();
        Client.Export export = client.export(ID, "{}");
        String path = "/files/" + export.file().get("id");

        assertEquals(202, client.send(client.api(path + "?async=1").DELETE()).statusCode());
        assertEquals(404, client.get(path).statusCode());
        assertEquals(404, client.send(client.slice(export, 0)).statusCode());
        assertNotEquals(export.file().get("id"), client.export(ID, "{}").file().get("id"));
    }

    @Tag("slow")
    @Test
    void theOldestFilesAreDroppedBeyondTheLimit() throws Exception {
        keboola.table(ID).columns("id");
        Client.Export first = client.export(ID, "{\"limit\":0}");
        for (int i = 1; i < ExportJobs.MAX_FILES; i++) {
            client.post(ID, "{\"limit\":" + i + "}");
        }
        // Exports run in order, so all are done when the last one is.
        client.job(ID, "{\"limit\":" + ExportJobs.MAX_FILES + "}");

        assertEquals(404, client.get("/files/" + first.file().get("id")).statusCode());
        assertEquals(
                404,
                client.send(HttpRequest.newBuilder(
                                URI.create((String) first.file().get("url"))))
                        .statusCode());
    }

    @Test
    void theOldestFilesAreDroppedBeyondTheLimitOfSlices() throws Exception {
        Path slice = Files.writeString(scratch.resolve("slice.csv"), "1\n");
        List<Path> slices = Collections.nCopies(ExportJobs.MAX_SLICES / 2 + 1, slice);
        FakeTable table = keboola.table(ID).fromCsvSlices(List.of("id"), slices);
        Client.Export first = client.export(ID, "{\"gzip\":false}");
        table.touch();
        Client.Export second = client.export(ID, "{\"gzip\":false}");

        assertEquals(404, client.get("/files/" + first.file().get("id")).statusCode());
        assertEquals(200, client.get("/files/" + second.file().get("id")).statusCode());
        assertEquals(slices.size(), second.entries().size());
    }

    @Test
    void anAddedRowHasTheSameSizeAsALoadedOne() throws Exception {
        Path file = Files.writeString(scratch.resolve("rows.csv"), "id,amount,note\n1,1.50,x\n22,0.25,\n");
        keboola.table("in.c-crm.loaded").typed().fromCsv(file);
        Path head = Files.writeString(scratch.resolve("head.csv"), "id,amount,note\n1,1.50,x\n");
        keboola.table("in.c-crm.added").typed().fromCsv(head).row("22", "0.25", null);

        Map<String, Object> loaded = Client.object(client.get("/tables/in.c-crm.loaded"));
        Map<String, Object> added = Client.object(client.get("/tables/in.c-crm.added"));

        assertEquals(2L, added.get("rowsCount"));
        assertEquals(loaded.get("dataSizeBytes"), added.get("dataSizeBytes"));
    }

    @Test
    void closingDeletesTheExportFiles() throws Exception {
        Path temp = Path.of(System.getProperty("java.io.tmpdir"));
        seed();
        client.export(ID, "{}");
        keboola.close();

        try (var left = Files.list(temp)) {
            assertEquals(
                    List.of(),
                    left.filter(path -> path.getFileName().toString().startsWith("fake-keboola-"))
                            .toList());
        }
    }
}
