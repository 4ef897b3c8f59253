package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpRequest;
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
    void aWrongTokenIsNamedInvalidAndNoneIsNamedMissing() throws Exception {
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
    void jobsHaveNoBranchAndEverythingElseMay() throws Exception {
        assertEquals(
                200, client.get("/branch/default/tables/in.c-demo.airports").statusCode());
        assertEquals(200, client.get("/branch/123/buckets/in.c-demo/tables").statusCode());
        assertEquals(404, client.get("/branch/999/tables/in.c-demo.airports").statusCode());
        Object job = Client.object(client.post("in.c-demo.airports", "{}")).get("id");
        assertEquals(404, client.get("/branch/default/jobs/" + job).statusCode());
    }

    @Test
    void jsonIsAnnouncedWithoutACharset() throws Exception {
        var response = client.get("");

        assertEquals(
                "application/json",
                response.headers().firstValue("Content-Type").orElse(""));
        assertEquals("storage", Client.object(response).get("api"));
        assertNull(Client.object(client.get("/tokens/verify")).get("expires"));
    }
}
