// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FakeKeboolaTest {
    private final FakeKeboola keboola = FakeKeboola.builder().sliceRows(1000).start();
    private final Client client = new Client(keboola);

    @BeforeEach
    void seed() {
        keboola.seed(Samples.AIRPORTS);
    }

    @AfterEach
    void close() {
        client.close();
        keboola.close();
    }

    @Test
    void aTableComesOutAsHeaderlessSlices() throws Exception {
        Client.Export export = client.export("in.c-demo.airports", "{}");

        assertEquals(4, export.entries().size());
        assertEquals(3376, client.text(export).lines().count());
        assertTrue(client.text(export)
                .startsWith("\"00M\",\"Thigpen\",\"Bay Springs\",\"MS\",\"USA\",31.95376472,-89.23450472\n"));
        keboola.verifyTokenNeverSentToStorage();
    }

    @Test
    void theJobWaitsThenProcessesThenSucceeds() throws Exception {
        Map<String, Object> job = Client.object(client.post("in.c-demo.airports", "{}"));
        assertEquals("waiting", job.get("status"));
        String path = "/jobs/" + job.get("id");

        assertEquals("waiting", Client.object(client.get(path)).get("status"));
        assertEquals("processing", Client.object(client.get(path)).get("status"));
        assertEquals("success", Client.object(client.get(path)).get("status"));
        assertEquals("success", Client.object(client.get(path)).get("status"));
        keboola.verifyCount("GET", "/v2/storage/jobs/\\d+", 4);
    }

    @Test
    void manifestsEscapeSlashesAndNeverSign() throws Exception {
        Client.Export export = client.export("in.c-demo.airports", "{\"gzip\":true}");
        String manifest = Client.string(client.send(
                HttpRequest.newBuilder(URI.create((String) export.file().get("url")))));

        assertTrue(
                manifest.startsWith(
                        "{\"entries\":[{\"url\":\"gs:\\/\\/kbc-files-g\\/exp-2\\/578\\/table-exports\\/in\\/c-demo\\/airports\\/"));
        String key = (String) Client.at(export.file(), "gcsPath", "key");
        assertEquals(
                "gs://kbc-files-g/" + key + "_0_3_0.csv.gz", export.entries().get(3));
    }

    @Test
    void theSameExportOfUnchangedDataIsTheSameFile() throws Exception {
        Map<String, Object> first = client.job("in.c-demo.airports", "{\"limit\":5}");
        Map<String, Object> second = client.job("in.c-demo.airports", "{\"limit\":5}");
        keboola.table("in.c-demo.airports").touch();
        Map<String, Object> third = client.job("in.c-demo.airports", "{\"limit\":5}");

        assertEquals(false, Client.at(first, "results", "cacheHit"));
        assertEquals(true, Client.at(second, "results", "cacheHit"));
        assertEquals(Client.at(first, "results", "file"), Client.at(second, "results", "file"));
        assertEquals(false, Client.at(third, "results", "cacheHit"));
    }

    @Test
    void credentialsComeOnlyWithAFederationToken() throws Exception {
        Object id = Client.at(client.job("in.c-demo.airports", "{}"), "results", "file", "id");

        assertFalse(Client.object(client.get("/files/" + id)).containsKey("gcsCredentials"));
        assertTrue(Client.object(client.get("/files/" + id + "?federationToken=true"))
                .containsKey("gcsCredentials"));
    }

    @Test
    void noRowsMakeAnEmptyManifest() throws Exception {
        Client.Export export = client.export("in.c-demo.airports", "{\"limit\":0}");

        assertEquals(List.of(), export.entries());
    }

    @Test
    void aWrongTokenIsInvalidAndNoTokenIsMissing() throws Exception {
        URI verify = keboola.stackUrl().resolve("/v2/storage/tokens/verify");
        var missing = client.send(HttpRequest.newBuilder(verify));
        var wrong = client.send(HttpRequest.newBuilder(verify).header("X-StorageApi-Token", "1-2-x"));

        assertEquals(401, missing.statusCode());
        assertEquals("Access token must be set", Client.object(missing).get("error"));
        assertEquals("", Client.object(missing).get("code"));
        assertEquals(401, wrong.statusCode());
        assertEquals("storage.tokenInvalid", Client.object(wrong).get("code"));
    }

    @Test
    void anUnknownTableIsNotFound() throws Exception {
        var response = client.post("in.c-demo.nothing", "{}");

        assertEquals(404, response.statusCode());
        assertEquals("storage.tables.notFound", Client.object(response).get("code"));
        assertEquals(
                "The table \"nothing\" was not found in the bucket \"in.c-demo\" in the project \"578\"",
                Client.object(response).get("error"));
    }

    @Test
    void allRoutesExceptJobsMayHaveABranch() throws Exception {
        assertEquals(
                200, client.get("/branch/default/tables/in.c-demo.airports").statusCode());
        assertEquals(200, client.get("/branch/123/buckets/in.c-demo/tables").statusCode());
        assertEquals(404, client.get("/branch/999/tables/in.c-demo.airports").statusCode());
        Object job = Client.object(client.post("in.c-demo.airports", "{}")).get("id");
        assertEquals(404, client.get("/branch/default/jobs/" + job).statusCode());
    }

    @Test
    void theTypeOfJsonHasNoCharset() throws Exception {
        var response = client.get("");

        assertEquals(
                "application/json",
                response.headers().firstValue("Content-Type").orElse(""));
        assertEquals("storage", Client.object(response).get("api"));
        assertNull(Client.object(client.get("/tokens/verify")).get("expires"));
    }

    @Test
    void aTypedTableHasADefinitionAndAnUntypedOneHasNone() throws Exception {
        keboola.table("in.c-demo.plain").columns("id", "name").primaryKey("id").row("1", "x");
        keboola.seed(Samples.BIRDSTRIKES).primaryKey("Flight_Date");
        Map<String, Object> plain = Client.object(client.get("/tables/in.c-demo.plain"));
        Map<String, Object> typed = Client.object(client.get("/tables/in.c-demo.birdstrikes"));

        assertEquals(false, plain.get("isTyped"));
        assertFalse(plain.containsKey("definition"));
        assertEquals(List.of("id"), plain.get("primaryKey"));
        assertEquals(List.of(), plain.get("columnMetadata"));
        assertEquals(
                "{name=Cost_Total, definition={type=NUMBER, nullable=true, length=38,0}, basetype=NUMERIC,"
                        + " canBeFiltered=true}",
                ((List<?>) Client.at(typed, "definition", "columns")).get(12).toString());
        assertEquals(
                "{name=Flight_Date, definition={type=DATE, nullable=false}, basetype=DATE, canBeFiltered=true}",
                ((List<?>) Client.at(typed, "definition", "columns")).get(3).toString());
        assertEquals(10000L, typed.get("rowsCount"));
        assertEquals("in.c-demo", Client.at(typed, "bucket", "id"));
    }

    @Test
    void listsContainOnlyIncludedFields() throws Exception {
        String usual = Client.string(client.get("/tables"));
        String columns = Client.string(client.get("/buckets/in.c-demo/tables?include=columns"));

        assertTrue(usual.contains("\"bucket\":{") && !usual.contains("\"columns\":"), usual);
        assertTrue(columns.contains("\"columns\":[\"iata\"") && !columns.contains("\"bucket\":{"), columns);
        assertEquals(404, client.get("/buckets/in.c-none/tables").statusCode());
    }

    @Test
    void aDroppedTableIsGoneUntilItIsSeededAgain() throws Exception {
        keboola.table("in.c-demo.airports").drop();
        assertEquals(404, client.get("/tables/in.c-demo.airports").statusCode());
        assertEquals("[]", Client.string(client.get("/buckets")));

        keboola.seed(Samples.AIRPORTS);
        assertEquals(200, client.get("/tables/in.c-demo.airports").statusCode());
    }

    @Test
    void aFailedLoadLeavesTheTableUnchanged() throws Exception {
        FakeTable table = keboola.table("in.c-demo.airports");

        assertThrows(IllegalArgumentException.class, () -> table.fromParquet(Path.of("/nonexistent.parquet")));
        assertThrows(IllegalArgumentException.class, () -> table.row("too", "few"));
        assertThrows(IllegalArgumentException.class, () -> keboola.table("airports"));
        assertEquals(
                3376L, Client.object(client.get("/tables/in.c-demo.airports")).get("rowsCount"));
    }

    @Test
    void theDateOfTheLastImportMoves() throws Exception {
        Object before = Client.object(client.get("/tables/in.c-demo.airports")).get("lastImportDate");
        keboola.clock().advance(Duration.ofHours(2));
        keboola.table("in.c-demo.airports").touch();
        Object after = Client.object(client.get("/tables/in.c-demo.airports")).get("lastImportDate");

        assertNotEquals(before, after);
        assertTrue(after.toString().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+0[12]00"), after.toString());
    }

    @Test
    void twoFakesShareNeitherTablesNorCredentials() throws Exception {
        Client.Export export = client.export("in.c-demo.airports", "{}");
        try (FakeKeboola other = FakeKeboola.builder().token("1-2-other").start();
                Client stranger = new Client(other)) {
            assertEquals(404, stranger.get("/tables/in.c-demo.airports").statusCode());
            assertEquals(401, stranger.send(stranger.slice(export, 0)).statusCode());
        }
    }

    @Test
    void aTakenPortIsAnError() {
        assertThrows(
                UncheckedIOException.class,
                () -> FakeKeboola.builder().port(keboola.stackUrl().getPort()).start());
    }
}
