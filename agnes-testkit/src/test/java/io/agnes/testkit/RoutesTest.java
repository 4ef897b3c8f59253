// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routes that are not part of an export, and routes that are not served. */
class RoutesTest {
    private static final String ID = "in.c-crm.orders";

    private final ManualClock clock = ManualClock.standingAt(Instant.parse("2026-08-20T10:00:00Z"));
    private final FakeKeboola keboola =
            FakeKeboola.builder().clock(clock).jobTakes(Duration.ofSeconds(3)).start();
    private final Client client = new Client(keboola);

    @BeforeEach
    void seed() {
        keboola.table(ID).columns("id", "note").row("1", "x").row("2", null).row("10", "say \"hi\"");
    }

    @AfterEach
    void close() {
        client.close();
        keboola.close();
    }

    @Test
    void aRouteThatIsNotServedAnswers501WithItsName() throws Exception {
        HttpResponse<byte[]> response = client.get("/workspaces?limit=1");

        assertEquals(501, response.statusCode());
        assertEquals(
                "This fake of Keboola does not serve GET /v2/storage/workspaces",
                Client.object(response).get("error"));
        assertEquals(501, client.get("/branch/default/components").statusCode());
        assertEquals(501, client.send(client.api("/tables/" + ID).DELETE()).statusCode());
        assertEquals(404, client.get("/branch/999/components").statusCode());
        assertEquals(404, client.get("/files/none").statusCode());
        assertEquals(404, client.get("/jobs/none").statusCode());
    }

    @Test
    void theIndexListsServicesThatAnswer501() throws Exception {
        Map<?, ?> queue = ((List<?>) Client.object(client.get("")).get("services"))
                .stream()
                        .map(service -> (Map<?, ?>) service)
                        .filter(service -> "queue".equals(service.get("id")))
                        .findFirst()
                        .orElseThrow();

        assertEquals(keboola.stackUrl() + "/services/queue", queue.get("url"));
        HttpResponse<byte[]> answer = client.send(HttpRequest.newBuilder(URI.create(queue.get("url") + "/search/jobs"))
                .header("X-StorageApi-Token", keboola.token()));
        assertEquals(501, answer.statusCode());
        keboola.verifyTokenNeverSentToStorage();
    }

    @Test
    void theTokenBelongsToAnAdmin() throws Exception {
        assertEquals("admin", Client.at(Client.object(client.get("/tokens/verify")), "admin", "role"));
    }

    @Test
    void aBranchHasADetail() throws Exception {
        assertEquals(123L, Client.object(client.get("/dev-branches/default")).get("id"));
        assertEquals(true, Client.object(client.get("/dev-branches/123")).get("isDefault"));
        assertEquals(404, client.get("/dev-branches/7").statusCode());
    }

    @Test
    void aPreviewIsTextWithAHeaderOrCells() throws Exception {
        assertEquals(
                "\"id\",\"note\"\n\"1\",\"x\"\n\"2\",\n\"10\",\"say \"\"hi\"\"\"\n",
                Client.string(client.get("/tables/" + ID + "/data-preview")));
        assertEquals(
                "\"note\"\n\"x\"\n",
                Client.string(client.get("/tables/" + ID + "/data-preview?limit=1&columns=note"
                        + "&whereFilters%5B0%5D%5Bcolumn%5D=id&whereFilters%5B0%5D%5Bvalues%5D%5B%5D=1")));
        assertEquals(
                "{\"columns\":[\"id\",\"note\"],\"rows\":[[{\"columnName\":\"id\",\"value\":\"2\",\"isTruncated\":false},"
                        + "{\"columnName\":\"note\",\"value\":null,\"isTruncated\":false}]]}",
                Client.string(client.get("/tables/" + ID + "/data-preview?format=json&limit=1"
                        + "&whereFilters[0][column]=id&whereFilters[0][values][]=2"
                                .replace("[", "%5B")
                                .replace("]", "%5D"))));
        assertEquals(
                400, client.get("/tables/" + ID + "/data-preview?limit=1001").statusCode());
        assertEquals(404, client.get("/tables/in.c-crm.none/data-preview").statusCode());
    }

    @Test
    void aJobTakesItsTimeIndependentOfPolls() throws Exception {
        Map<String, Object> job = Client.object(client.post(ID, "{}"));
        assertEquals("waiting", job.get("status"));
        String path = "/jobs/" + job.get("id");
        for (int i = 0; i < 5; i++) {
            assertFalse("success".equals(Client.object(client.get(path)).get("status")));
        }
        clock.advance(Duration.ofMillis(2_999));
        assertEquals("processing", Client.object(client.get(path)).get("status"));
        clock.advance(Duration.ofMillis(1));
        assertEquals("success", Client.object(client.get(path)).get("status"));

        keboola.nextJob(new JobBehaviour.Takes(Duration.ZERO));
        assertEquals("success", client.job(ID, "{\"limit\":1}").get("status"));
        assertThrows(IllegalArgumentException.class, () -> new JobBehaviour.Takes(Duration.ofNanos(-1)));
    }

    @Test
    void jobsAndFilesAreListedNewestFirst() throws Exception {
        keboola.nextJobs(3, new JobBehaviour.Succeeds(0));
        for (int limit = 1; limit <= 3; limit++) {
            client.job(ID, "{\"limit\":" + limit + "}");
        }
        client.post(ID, "{\"limit\":3}");
        List<?> jobs = (List<?>) Json.read(Client.string(client.get("/jobs?limit=3")));
        List<?> files = (List<?>) Json.read(Client.string(client.get("/files?limit=2&tags%5B%5D=table-export")));

        assertEquals(3, jobs.size());
        assertEquals("waiting", ((Map<?, ?>) jobs.get(0)).get("status"));
        assertEquals("success", ((Map<?, ?>) jobs.get(1)).get("status"));
        assertEquals(2, files.size());
        Map<?, ?> newest = (Map<?, ?>) files.get(0);
        assertNotNull(newest.get("url"));
        assertFalse(newest.containsKey("gcsCredentials"));
        assertTrue((Long) newest.get("id") > (Long) ((Map<?, ?>) files.get(1)).get("id"));
        assertEquals("[]", Client.string(client.get("/files?tags%5B%5D=other")));
        assertEquals(
                1,
                ((List<?>) Json.read(Client.string(client.get("/files?maxId=" + newest.get("id") + "&offset=1"))))
                        .size());
    }

    @Test
    void aListOfJobsIsNotAPoll() throws Exception {
        keboola.nextJob(new JobBehaviour.Succeeds(1));
        Object id = Client.object(client.post(ID, "{}")).get("id");
        for (int i = 0; i < 3; i++) {
            assertTrue(Client.string(client.get("/jobs")).contains("\"status\":\"waiting\""));
        }
        assertEquals("processing", Client.object(client.get("/jobs/" + id)).get("status"));
        assertEquals("success", Client.object(client.get("/jobs/" + id)).get("status"));
        assertTrue(Client.string(client.get("/jobs")).contains("\"status\":\"success\""));
    }

    @Test
    void anyAnswerCanBeScriptedForAnyRoute() throws Exception {
        keboola.on("GET", "/v2/storage/workspaces/\\d+")
                .answer(203, Map.of("Content-Type", "application/json", "X-More", "1"), "{\"id\":7}")
                .times(2);
        keboola.on("get", "/elsewhere").answer(418, Map.of(), new byte[] {1, 2}).always();

        HttpResponse<byte[]> answer = client.get("/workspaces/7");
        assertEquals(203, answer.statusCode());
        assertEquals("1", answer.headers().firstValue("X-More").orElse(""));
        assertEquals(7L, Client.object(answer).get("id"));
        assertEquals(203, client.get("/workspaces/8").statusCode());
        assertEquals(501, client.get("/workspaces/9").statusCode());
        keboola.verifyCount("GET", "/v2/storage/workspaces/\\d+", 3);
        HttpResponse<byte[]> elsewhere =
                client.send(HttpRequest.newBuilder(keboola.stackUrl().resolve("/elsewhere")));
        assertEquals(418, elsewhere.statusCode());
        assertEquals(2, elsewhere.body().length);
        keboola.verifyFaultsConsumed();
    }

    @Test
    void aLargeTableHasSeveralSlices() throws Exception {
        keboola.nextJob(new JobBehaviour.Succeeds(0));
        String cell = "x".repeat(1_000_000);
        FakeTable table = keboola.table("in.c-crm.large").columns("text");
        for (int i = 0; i < 27; i++) {
            table.row(cell);
        }

        assertEquals(4, client.export("in.c-crm.large", "{}").entries().size());
    }

    @Test
    void anUnconsumedFaultIsReportedWithItsNameAndLine() {
        FakeKeboola other = FakeKeboola.start();
        other.onSlice(2).cutAfter(10).times(2);
        other.on("GET", "/v2/storage/x").status(500);
        other.nextJob(new JobBehaviour.NeverEnds());

        String message =
                assertThrows(AssertionError.class, other::verifyFaultsConsumed).getMessage();
        assertTrue(message.contains("onSlice(2).cutAfter, scripted at RoutesTest.java:"), message);
        assertTrue(message.contains(", still 2 times"), message);
        assertTrue(message.contains("on(\"GET\", \"/v2/storage/x\").status, scripted at RoutesTest.java:"), message);
        assertTrue(message.contains("without once(), times(n) or always()"), message);
        assertTrue(message.contains("NeverEnds[], scripted at RoutesTest.java:"), message);
        assertThrows(AssertionError.class, other::close);
    }
}
