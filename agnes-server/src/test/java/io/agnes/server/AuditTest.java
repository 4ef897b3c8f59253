// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.server.access.AccessToken;
import io.agnes.server.access.Scope;
import io.agnes.server.api.Endpoint;
import io.agnes.server.route.HttpApi;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each change and each refusal leaves one record, whatever the route. */
@Tag("slow")
class AuditTest {
    /** A change by each route that makes one, and the record that it leaves; in this order. */
    private static final String CHANGES = """
            POST /api/admin/register-table|{"id":"items","source_type":"keboola","bucket":"in.c-crm","source_table":"items"}|table_registered items
            PUT /api/admin/registry/{id}|{"description":"what was bought"}|table_updated items
            POST /api/admin/discover-and-register|{}|tables_discovered 0 tables
            POST /api/admin/users|{"id":"bob","groups":["team"]}|user_put bob team
            PUT /api/admin/groups/{group}/members/{user}||member_added others bob
            DELETE /api/admin/groups/{group}/members/{user}||member_removed others bob
            POST /api/admin/grants|{"group":"team","table_id":"items"}|granted team items
            DELETE /api/admin/grants|{"group":"team","table_id":"items"}|revoked team items
            POST /api/admin/tokens|{"user":"bob"}|token_minted bob TOKEN
            DELETE /api/admin/tokens/{token}||token_revoked TOKEN
            POST /api/sync/trigger|null|sync_triggered RUN
            DELETE /api/admin/users/{user}||user_removed bob
            DELETE /api/admin/registry/{id}||table_removed items
            """;

    /** Those that change nothing that can be waited for here. */
    private static final Set<String> ELSEWHERE = Set.of(
            "DELETE /api/sync/runs/{run}",
            // Recorded in BigQueryMetadataTest, as this server knows no BigQuery.
            "POST /api/admin/run-bq-metadata-refresh",
            "POST /api/v2/metadata-cache/refresh");

    @TempDir
    private Path data;

    private Served served;

    @BeforeEach
    void start() throws IOException {
        served = Served.over(data);
        served.register("orders");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private static Set<String> routes() {
        Set<String> routes = new TreeSet<>();
        HttpApi.ENDPOINTS.stream().map(Endpoint::names).forEach(routes::addAll);
        return routes;
    }

    private List<JsonObject> records() throws IOException {
        List<JsonObject> records = new ArrayList<>();
        JsonValue after = jakarta.json.Json.createValue(0);
        while (after != JsonValue.NULL) {
            JsonObject page = served.get(served.admin, "/api/admin/audit?limit=7&after=" + after)
                    .json();
            page.getJsonArray("records").forEach(record -> records.add(record.asJsonObject()));
            after = page.get("next_after");
        }
        return records;
    }

    private List<JsonObject> behind(int known) throws IOException {
        List<JsonObject> all = records();
        return all.subList(known, all.size());
    }

    private static String words(JsonObject record) {
        return record.getString("action") + " " + record.getString("object");
    }

    @Test
    void everyRouteThatRefusesLeavesOneRecordForEachRefusal() throws IOException {
        String reader = served.token("rob", Set.of("others"), EnumSet.of(Scope.READ));
        for (String route : routes()) {
            // A minute for each, or the client would have too many different ones of one.
            served.time.advance(Duration.ofMinutes(1));
            String method = route.substring(0, route.indexOf(' '));
            String path = route.substring(route.indexOf('/'));
            int known = records().size();
            for (String header : List.of("X-Nothing: 1", "Authorization: Bearer " + reader)) {
                Reply reply = send(method, path, method.equals("POST") ? "{}" : null, "items", header);
                List<JsonObject> found = behind(known);
                boolean refused = reply.status() == 401 || reply.status() == 403;
                assertEquals(refused ? 1 : 0, found.size(), route + " " + reply.status() + " " + found);
                if (refused) {
                    JsonObject record = found.getFirst();
                    boolean anonymous = reply.status() == 401;
                    assertEquals(anonymous ? "" : "rob", record.getString("actor"));
                    assertEquals(anonymous ? "" : AccessToken.id(Secret.of(reader)), record.getString("token_id"));
                    assertEquals("refused", record.getString("result"));
                    assertEquals(anonymous ? "unauthenticated" : "forbidden", record.getString("code"));
                    assertEquals("127.0.0.1", record.getString("address"));
                    assertEquals(reply.header("x-request-id"), record.getString("request_id"));
                }
                known += found.size();
            }
        }
    }

    @Test
    void everyRouteThatChangesLeavesOneRecordForEachChange() throws IOException {
        Set<String> covered = new TreeSet<>(ELSEWHERE);
        String token = "";
        for (String line : CHANGES.lines().toList()) {
            String[] parts = line.split("\\|");
            String method = parts[0].substring(0, parts[0].indexOf(' '));
            String path = parts[0].substring(parts[0].indexOf('/'));
            int known = records().size();
            Reply reply = send(
                    method, path, parts[1].isEmpty() ? null : parts[1], token, "Authorization: Bearer " + served.admin);
            assertTrue(reply.status() < 300, line + reply.text());
            token = path.equals("/api/admin/tokens") ? reply.json().getString("id") : token;
            String run = path.endsWith("/trigger") ? reply.json().getString("run_id") : "";
            List<JsonObject> found = behind(known);
            assertEquals(1, found.size(), line + found);
            assertEquals(parts[2].replace("TOKEN", token).replace("RUN", run), words(found.getFirst()));
            assertEquals("ok", found.getFirst().getString("result"));
            assertEquals("ada", found.getFirst().getString("actor"));
            assertEquals(
                    AccessToken.id(Secret.of(served.admin)), found.getFirst().getString("token_id"));
            assertEquals(reply.header("x-request-id"), found.getFirst().getString("request_id"));
            covered.add(parts[0]);
            if (!run.isEmpty()) {
                served.ended(run);
            }
        }
        Set<String> changing = routes();
        changing.removeIf(
                route -> route.startsWith("GET ") || route.startsWith("HEAD ") || route.startsWith("OPTIONS "));
        assertEquals(changing, covered);
    }

    @Test
    void aCancelledRunLeavesOneRecord() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        served.source.does("orders", (table, marker, draft) -> {
            never.await();
            throw new IOException("not reached");
        });
        String run = served.started("[\"orders\"]");
        int known = records().size();
        assertEquals(
                204,
                served.as(served.operator, "DELETE", "/api/sync/runs/" + run, null)
                        .status());
        served.ended(run);
        assertEquals(
                List.of("run_cancelled " + run),
                behind(known).stream().map(AuditTest::words).toList());
    }

    @Test
    void aChangeThatIsRefusedForItsContentLeavesOneRecordToo() throws IOException {
        int known = records().size();
        assertEquals(422, served.post(served.admin, "/api/admin/users", "{}").status());
        assertEquals(
                404,
                served.as(served.admin, "DELETE", "/api/admin/users/nobody", null)
                        .status());
        assertEquals(
                409,
                served.as(served.admin, "DELETE", "/api/admin/users/ada", null).status());
        assertEquals(
                List.of(
                        "user_put /api/admin/users validation_failed",
                        "user_removed nobody user_not_found",
                        "user_removed ada last_administrator"),
                behind(known).stream()
                        .map(record -> words(record) + " " + record.getString("code"))
                        .toList());
    }

    @Test
    void repeatedRefusalsAreCounted() throws IOException {
        int known = records().size();
        for (int i = 0; i < 20; i++) {
            assertEquals(401, served.wire.send("GET", "/api/admin/users").status());
        }
        assertEquals(1, behind(known).size());
        served.time.advance(Duration.ofMinutes(1));
        assertEquals(19, behind(known).getLast().getInt("count"));
    }

    @Test
    void aGrantedReadLeavesNone() throws IOException {
        served.grant("orders").publish("orders", "SELECT 1 AS n");
        int known = records().size();
        assertEquals(200, served.get(served.analyst, Served.download("orders")).status());
        assertEquals(204, served.get(served.analyst, Served.check("orders")).status());
        assertEquals(0, behind(known).size());
    }

    @Test
    void startsAndStopsAreInOneChain() throws IOException {
        served.close();
        served = Served.over(data);
        List<JsonObject> records = records();
        List<String> actions =
                records.stream().map(record -> record.getString("action")).toList();
        assertEquals("server_started", actions.getFirst());
        int stop = actions.indexOf("server_stopped");
        assertEquals("server_started", actions.get(stop + 1));
        assertFalse(records.get(stop)
                .getString("process")
                .equals(records.get(stop + 1).getString("process")));
        assertEquals(records.get(stop).getString("hash"), records.get(stop + 1).getString("previous"));
    }

    /** Wherever a client puts a secret, by mistake too. */
    @Test
    void noSecretIsInIt() throws IOException {
        String canary = AccessToken.random().reveal();
        Map<String, String> sent = new LinkedHashMap<>();
        sent.put("GET", "/api/data/" + canary + "/download");
        sent.put("HEAD", "/api/data/orders/download?X-Goog-Signature=canary-signature");
        sent.put("DELETE", "/api/admin/tokens/" + canary);
        sent.put("PUT", "/api/admin/groups/" + canary + "/members/" + canary);
        for (String token : List.of(canary, served.analyst, served.admin)) {
            for (Map.Entry<String, String> request : sent.entrySet()) {
                served.as(token, request.getKey(), request.getValue(), null, "Cookie: canary-cookie");
            }
            served.post(token, "/api/admin/tokens", "{\"user\": \"" + canary + "\"}");
            served.post(token, "/api/admin/users", "{\"id\": \"12-canary-storage-token\", \"x\": 1}");
        }
        String all = records().toString();
        for (String secret : List.of(
                canary, served.analyst, served.admin, "canary-signature", "canary-cookie", "canary-storage-token")) {
            assertFalse(all.contains(secret), secret);
        }
        assertTrue(all.contains("agn_***"), all);
    }

    @Test
    void onePageIsAsLongAsAskedFor() throws IOException {
        JsonObject page =
                served.get(served.admin, "/api/admin/audit?after=2&limit=3").json();
        assertEquals(3, page.getJsonArray("records").size());
        assertEquals(5, page.getInt("next_after"));
        for (String query : List.of("limit=0", "limit=1001", "after=-1", "after=x")) {
            assertEquals(
                    422, served.get(served.admin, "/api/admin/audit?" + query).status(), query);
        }
    }

    @Test
    void downloadsAreCountedByDayUserAndTable() throws IOException {
        served.grant("orders").publish("orders", "SELECT 1 AS n");
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    200, served.get(served.analyst, Served.download("orders")).status());
            assertEquals(
                    200, served.head(served.analyst, Served.download("orders")).status());
        }
        assertEquals(
                206,
                served.get(served.admin, Served.download("orders"), "Range: bytes=0-3")
                        .status());
        assertEquals(204, served.get(served.analyst, Served.check("orders")).status());
        assertEquals(403, served.get(served.operator, Served.download("orders")).status());
        assertEquals(3, counted("").getJsonArray("downloads").getJsonObject(1).getInt("downloads"));
        served.time.advance(Duration.ofDays(1));
        assertEquals(200, served.get(served.analyst, Served.download("orders")).status());
        assertEquals(200, served.get(served.analyst, Served.download("orders")).status());
        List<String> counts = new ArrayList<>();
        String after = "";
        do {
            JsonObject page = counted("&limit=2" + after);
            page.getJsonArray("downloads").forEach(count -> counts.add(count.toString()));
            after = page.isNull("next_after") ? "" : "&after=" + page.getString("next_after");
        } while (!after.isEmpty());
        assertEquals(
                List.of(
                        count("2026-03-04", "ada", 1, 0),
                        count("2026-03-04", "anna", 3, 1),
                        count("2026-03-05", "anna", 2, 0)),
                counts);
        assertEquals(
                422, served.get(served.admin, "/api/admin/downloads?after=x").status());
    }

    private JsonObject counted(String query) throws IOException {
        return served.get(served.admin, "/api/admin/downloads?" + query).json();
    }

    private static String count(String day, String user, int downloads, int checks) {
        return "{\"day\":\"%s\",\"user\":\"%s\",\"table_id\":\"orders\",\"downloads\":%d,\"checks\":%d}"
                .formatted(day, user, downloads, checks);
    }

    @Test
    void theListOfTokensHasTheDayAndTheAddressOfTheirLastUse() throws IOException {
        String unused = served.token("eve", Set.of(), EnumSet.of(Scope.READ));
        JsonObject never = token(unused);
        assertTrue(never.isNull("last_used_on") && never.isNull("last_used_from"), never.toString());
        served.get(unused, "/api/sync/manifest");
        assertEquals("2026-03-04", token(unused).getString("last_used_on"));
        assertEquals("127.0.0.1", token(unused).getString("last_used_from"));
        served.time.advance(Duration.ofDays(1));
        served.get(unused, "/api/sync/manifest");
        assertEquals("2026-03-05", token(unused).getString("last_used_on"));
    }

    private JsonObject token(String token) throws IOException {
        return served.get(served.admin, "/api/admin/tokens").json().getJsonArray("tokens").stream()
                .map(JsonValue::asJsonObject)
                .filter(known -> known.getString("id").equals(AccessToken.id(Secret.of(token))))
                .findFirst()
                .orElseThrow();
    }

    private Reply send(String method, String path, String body, String token, String header) throws IOException {
        String target = path.replace("{id}", "items")
                .replace("{run}", "0123456789abcdef")
                .replace("{group}", "others")
                .replace("{user}", "bob")
                .replace("{token}", token);
        return served.wire.sendBody(method, target, body, header);
    }
}
