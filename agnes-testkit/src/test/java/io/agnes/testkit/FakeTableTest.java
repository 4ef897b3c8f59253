// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Aliases, linked tables, metadata and prepared slices. */
class FakeTableTest {
    private static final String SOURCE = "out.c-shop.orders";
    private static final String SHOWN = "in.c-linked.orders";

    @TempDir
    Path scratch;

    private final FakeKeboola keboola = FakeKeboola.builder().jobPolls(0).start();
    private final Client client = new Client(keboola);
    private FakeTable source;

    @BeforeEach
    void seed() {
        source = keboola.table(SOURCE).columns("id", "amount").row("1", "9.5");
    }

    @AfterEach
    void close() {
        client.close();
        keboola.close();
    }

    @Test
    void anAliasShowsItsSource() throws Exception {
        keboola.table(SHOWN).aliasOf(source);
        source.metadata("amount", "KBC.datatype.basetype", "NUMERIC").row("2", "10");
        Map<String, Object> alias = table(SHOWN);

        assertEquals(true, alias.get("isAlias"));
        assertEquals(2L, alias.get("rowsCount"));
        assertEquals(List.of("id", "amount"), alias.get("columns"));
        assertEquals(List.of(), alias.get("columnMetadata"));
        assertEquals(SOURCE, Client.at(alias, "sourceTable", "id"));
        assertEquals(578L, Client.at(alias, "sourceTable", "project", "id"));
        assertTrue(Client.at(alias, "sourceTable", "columnMetadata").toString().contains("NUMERIC"));
        assertEquals(false, Client.at(alias, "bucket", "isLinkedBucket"));
        assertEquals("\"1\",\"9.5\"\n\"2\",\"10\"\n", client.text(client.export(SHOWN, "{}")));
    }

    @Test
    void aLinkedBucketNamesAnotherProject() throws Exception {
        keboola.seed(Samples.WEATHER);
        keboola.table(SHOWN).linkedTo(keboola.table(Samples.WEATHER.tableId()));
        Map<String, Object> linked = table(SHOWN);

        assertEquals(true, Client.at(linked, "bucket", "isLinkedBucket"));
        assertEquals("in.c-demo", Client.at(linked, "bucket", "sourceBucket", "id"));
        assertEquals(579L, Client.at(linked, "sourceTable", "project", "id"));
        assertFalse(linked.containsKey("definition"));
        assertEquals(true, linked.get("isTyped"));
        assertTrue(Client.at(linked, "sourceTable", "definition").toString().contains("DATE"));
    }

    @Test
    void anAliasAndItsSourceDoNotShareExports() throws Exception {
        keboola.table(SHOWN).aliasOf(source);

        assertFalse(client.export(SHOWN, "{}")
                .entries()
                .equals(client.export(SOURCE, "{}").entries()));
    }

    @Test
    void anAliasIsDroppedWithItsSourceAndIsATableOnceItIsLoaded() throws Exception {
        FakeTable alias = keboola.table(SHOWN).aliasOf(source);
        assertThrows(IllegalStateException.class, () -> alias.row("2", "10"));
        assertThrows(
                IllegalArgumentException.class, () -> keboola.table("in.c-t.x").aliasOf(alias));
        source.drop();
        assertEquals(404, client.get("/tables/" + SHOWN).statusCode());
        alias.columns("id");
        assertEquals(false, table(SHOWN).get("isAlias"));
    }

    @Test
    void theDetailHasTheMetadataOfColumns() throws Exception {
        source.metadata("amount", "KBC.datatype.basetype", "NUMERIC").metadata("amount", "KBC.datatype.length", "10,2");
        String said = Client.at(table(SOURCE), "columnMetadata").toString();

        assertTrue(said.contains("key=KBC.datatype.basetype, value=NUMERIC, provider=user"), said);
        assertTrue(said.contains("value=10,2") && !said.contains("id=["), said);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aWholeFileIsOneObjectWithAHeader(Dialect dialect) throws Exception {
        try (FakeKeboola old =
                        FakeKeboola.builder().dialect(dialect).jobPolls(0).start();
                Client other = new Client(old)) {
            old.table(SOURCE).columns("id", "amount").row("1", "9.5").whole();
            Map<String, Object> job = other.job(SOURCE, "{}");
            Map<String, Object> file = other.file(Client.at(job, "results", "file", "id"));

            assertEquals(false, file.get("isSliced"));
            assertEquals(
                    "\"id\",\"amount\"\n\"1\",\"9.5\"\n",
                    Client.string(other.send(HttpRequest.newBuilder(URI.create((String) file.get("url"))))));
        }
    }

    @Test
    void metadataOfTablesAndBucketsIsInDetailsAndRoutes() throws Exception {
        source.metadata("KBC.description", "One row per order").metadata("amount", "KBC.datatype.basetype", "NUMERIC");
        keboola.bucketMetadata("out.c-shop", "KBC.owner", "ada");

        String ofTable = "[{id=1, key=KBC.description, value=One row per order, provider=user, timestamp=";
        assertTrue(Json.read(text("/tables/" + SOURCE + "/metadata")).toString().startsWith(ofTable));
        assertTrue(table(SOURCE).get("metadata").toString().startsWith(ofTable));
        assertTrue(text("/columns/" + SOURCE + ".amount/metadata").contains("\"value\":\"NUMERIC\""));
        assertEquals("[]", text("/columns/" + SOURCE + ".id/metadata"));
        assertEquals(404, client.get("/columns/" + SOURCE + ".none/metadata").statusCode());
        assertTrue(text("/buckets/out.c-shop/metadata").contains("\"key\":\"KBC.owner\",\"value\":\"ada\""));
        assertEquals(404, client.get("/buckets/out.c-none/metadata").statusCode());

        keboola.table(SHOWN).aliasOf(source);
        String shown = text("/tables/" + SHOWN + "?include=sourceMetadata,columns");
        assertTrue(shown.contains("\"value\":\"One row per order\""), shown);
        assertFalse(text("/tables/" + SHOWN).contains("One row per order"));
    }

    private String text(String path) throws Exception {
        return Client.string(client.get(path));
    }

    @Test
    void csvSlicesAreUnchangedEvenIfMalformed() throws Exception {
        String odd = "\"a\rb\",1\r\n\"c\r\nd\"\n\"open,2,3,4\n";
        Path file = Files.writeString(scratch.resolve("odd.csv"), odd);
        source.fromCsvSlices(List.of("id", "ID"), List.of(file));

        assertEquals(odd, client.text(client.export(SOURCE, "{}")));
        Map<String, Object> detail = table(SOURCE);
        assertEquals(List.of("id", "ID"), detail.get("columns"));
        assertTrue(detail.containsKey("rowsCount"));
        assertEquals(null, detail.get("rowsCount"));
        assertEquals((long) odd.length(), detail.get("dataSizeBytes"));
        assertEquals(7L, table(source.rowsCount(7L).id()).get("rowsCount"));
        assertEquals("error", client.job(SOURCE, "{\"limit\":1}").get("status"));
    }

    @Test
    void parquetSlicesMayHaveAnUntypedTableWithBaseTypes() throws Exception {
        keboola.seed(Samples.WEATHER);
        Client.Export made = client.export("in.c-demo.weather", "{\"fileType\":\"parquet\"}");
        Path file = Files.write(
                scratch.resolve("weather.parquet"),
                client.send(client.slice(made, 0)).body());
        source.untyped().baseType("date", "DATE").fromParquetSlices(List.of(file));
        Map<String, Object> detail = table(SOURCE);

        assertEquals(false, detail.get("isTyped"));
        assertFalse(detail.containsKey("definition"));
        assertEquals(2922L, detail.get("rowsCount"));
        assertTrue(Client.at(detail, "columnMetadata", "date").toString().contains("value=DATE, provider=user"));
        String row = client.text(client.export(SOURCE, "{\"limit\":1}"));
        assertTrue(row.matches("(\"[^\"]*\",?)+\n"), row);
    }

    @Test
    void parquetSlicesWithNamedColumnsNeedNotBeParquet() throws Exception {
        Path file = Files.writeString(scratch.resolve("no.parquet"), "PAR1 nothing");
        source.fromParquetSlices(List.of("id", "amount"), List.of(file)).baseType("amount", "NUMERIC");
        Client.Export export = client.export(SOURCE, "{\"fileType\":\"parquet\"}");

        assertEquals("PAR1 nothing", Client.string(client.send(client.slice(export, 0))));
        assertEquals(List.of("id", "amount"), table(SOURCE).get("columns"));
        assertThrows(IllegalArgumentException.class, () -> source.fromParquetSlices(List.of(file)));
    }

    /** Each cloud encodes such names differently in signed URLs. */
    @ParameterizedTest
    @EnumSource(Dialect.class)
    void fileNamesMayHaveAnyPrefix(Dialect dialect) throws Exception {
        try (FakeKeboola odd = FakeKeboola.builder()
                        .dialect(dialect)
                        .fileNamePrefix("a b+c%20/\u00fc&=;")
                        .jobPolls(0)
                        .start();
                Client other = new Client(odd)) {
            odd.table(SOURCE).columns("id").row("1");

            assertTrue(other.export(SOURCE, "{}").entries().getFirst().contains("a b+c%20/\u00fc&=;"));
        }
    }

    private Map<String, Object> table(String id) throws Exception {
        return Client.object(client.get("/tables/" + id));
    }
}
