// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The control API over HTTP. */
@Timeout(60)
class ControlApiTest {
    private FakeKeboola keboola;
    private Client client;

    @BeforeEach
    void start() {
        keboola = FakeKeboola.builder().control().sliceRows(1_000).start();
        keboola.seed(Samples.AIRPORTS);
        client = new Client(keboola);
    }

    @AfterEach
    void end() {
        client.close();
        keboola.close();
    }

    private HttpResponse<byte[]> send(String method, String path, String body) throws Exception {
        return client.send(HttpRequest.newBuilder(keboola.stackUrl().resolve("/__agnes" + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private Map<?, ?> json(int status, String method, String path, String body) throws Exception {
        HttpResponse<byte[]> answer = send(method, path, body);
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertEquals(status, answer.statusCode(), text);
        return (Map<?, ?>) Json.read(text);
    }

    @Test
    void aFaultOfASliceHappensOnceAndIsThenConsumed() throws Exception {
        Client.Export export = client.export("in.c-demo.airports", "{}");
        Map<?, ?> waiting = json(
                201,
                "POST",
                "/faults",
                "{\"on\": \"slice\", \"slice\": 2, \"fault\": \"cut_after\", \"bytes\": 100, \"times\": 1}");
        assertTrue(
                waiting.get("unconsumed").toString().contains("scripted at a request to /__agnes"), waiting::toString);
        assertEquals(200, client.send(client.slice(export, 1)).statusCode());
        assertThrows(IOException.class, () -> client.send(client.slice(export, 2)));
        assertEquals(200, client.send(client.slice(export, 2)).statusCode());
        assertEquals(List.of(), json(200, "GET", "/faults", "").get("unconsumed"));
    }

    @Test
    void anyAnswerCanBeScriptedForAnyPath() throws Exception {
        json(
                201,
                "POST",
                "/faults",
                "{\"on\": \"request\", \"method\": \"GET\", \"path\": \"/v2/storage/work.*\", \"fault\": \"answer\","
                        + " \"status\": 418, \"headers\": {\"X-Tea\": \"green\"}, \"body\": \"{}\", \"times\": \"always\"}");
        for (int i = 0; i < 2; i++) {
            HttpResponse<byte[]> answer = client.get("/workspaces");
            assertEquals(418, answer.statusCode());
            assertEquals("green", answer.headers().firstValue("x-tea").orElseThrow());
        }
        assertEquals(204, send("DELETE", "/faults", "").statusCode());
        assertEquals(501, client.get("/workspaces").statusCode());
    }

    @Test
    void jobsGoAsScripted() throws Exception {
        json(201, "POST", "/jobs", "{\"behaviour\": \"fails\", \"code\": \"storage.x\", \"message\": \"No\"}");
        assertEquals("error", client.job("in.c-demo.airports", "{}").get("status"));
    }

    @Test
    void theClockMoves() throws Exception {
        Instant before = Instant.parse((String) json(200, "GET", "/clock", "").get("now"));
        Instant after = Instant.parse((String)
                json(200, "POST", "/clock", "{\"advance_seconds\": 7200}").get("now"));
        assertTrue(after.isAfter(before.plusSeconds(7_199)), after.toString());
    }

    @Test
    void theJournalDoesNotContainControlRequests() throws Exception {
        client.get("/buckets");
        List<?> requests = (List<?>)
                json(200, "GET", "/requests?method=GET&path=/v2/.*", "").get("requests");
        assertEquals(1, requests.size());
        assertEquals("/v2/storage/buckets", ((Map<?, ?>) requests.get(0)).get("path"));
        assertEquals(1, ((List<?>) json(200, "GET", "/requests", "").get("requests")).size());
    }

    @Test
    void tablesAreCreated() throws Exception {
        json(200, "PUT", "/tables/in.c-crm.orders", "{\"columns\": [\"id\", \"name\"], \"rows\": [[\"1\", null]]}");
        assertEquals(200, client.get("/tables/in.c-crm.orders").statusCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/faults | {\"on\": \"slice\", \"fault\": \"cut_after\", \"byte\": 1} | \"bytes\": expected a whole number",
                "/faults | {\"on\": \"slice\", \"fault\": \"stall\", \"tmes\": 1} | there is no field \"tmes\" here",
                "/faults | {\"on\": \"slices\", \"fault\": \"stall\"} | expected one of request, slice, export",
                "/faults | {\"on\": \"slice\", \"fault\": \"slow\"} | expected one of answer, chunked",
                "/faults | {\"on\": \"slice\", \"fault\": \"stall\", \"times\": 0} | expected \"always\" or a number",
                "/jobs | {\"behaviour\": \"wins\"} | expected one of succeeds",
                "/jobs | [] | expected a JSON object",
                "/clock | {\"advance_seconds\": \"1\"} | expected a whole number, got \"1\"",
            })
    void anInvalidScriptIsAnErrorAndScriptsNothing(String path, String body, String error) throws Exception {
        String said = (String) json(400, "POST", path, body).get("error");
        assertTrue(said.contains(error), said);
        assertEquals(List.of(), json(200, "GET", "/faults", "").get("unconsumed"));
    }

    @Test
    void unknownPathsAndMethodsAreNamed() throws Exception {
        assertEquals(404, send("GET", "/fault", "").statusCode());
        assertEquals(
                "GET, POST",
                send("DELETE", "/clock", "").headers().firstValue("allow").orElseThrow());
    }

    @Test
    void withoutControlTheApiIsNotServed() throws Exception {
        try (FakeKeboola other = FakeKeboola.start();
                Client stranger = new Client(other)) {
            int status = stranger.send(HttpRequest.newBuilder(other.stackUrl().resolve("/__agnes/faults")))
                    .statusCode();
            assertTrue(status >= 400, () -> "status " + status);
        }
    }
}
