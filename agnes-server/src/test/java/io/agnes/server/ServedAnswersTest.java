// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static io.agnes.server.Served.check;
import static io.agnes.server.Served.download;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.core.AgnesException;
import io.agnes.core.Secret;
import io.agnes.server.access.AccessToken;
import io.agnes.server.access.Scope;
import io.agnes.server.api.Endpoint;
import io.agnes.server.api.Who;
import io.agnes.server.backup.BackupsTest;
import io.agnes.server.route.HttpApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every answer that is described is served: here, or where it takes a fault or load to get it. */
class ServedAnswersTest {
    /** Answers that need a fault or load, by pattern, and the test that gets them. */
    private static final Map<String, Class<?>> ELSEWHERE = Map.of(
            ".* 503", RegistryFailureTest.class,
            "POST /api/(admin/run-bq-metadata-refresh|v2/metadata-cache/refresh) (200|400|409)",
                    BigQueryMetadataTest.class,
            "(GET|HEAD) /api/data/\\{id}/download 429", HostileClientTest.class,
            "GET /api/sync/runs/\\{run}/events 429", RunsTest.class,
            "GET /api/backup 409", BackupRouteTest.class,
            "GET /api/backup 507", BackupsTest.class);

    private static final String NEW = """
            {"id": "%s", "source_type": "keboola", "bucket": "in.c-crm", "source_table": "%s"}""";

    private static final Refusal AWAY = new Refusal(AgnesException.Kind.SOURCE_PASSING, "unreachable", "It is away.");

    @TempDir
    private Path dir;

    private Served served;

    @BeforeEach
    void start() throws IOException {
        served = Served.over(dir);
        served.register("orders", "unpublished", "slow").grant("orders").grant("unpublished");
        served.publish("orders", "SELECT 1 AS n");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void everyDescribedAnswerIsServed() throws Exception {
        refusals();
        bodies();
        data();
        runs();
        registry();
        access();
        operations();
        Set<String> missing = new TreeSet<>(Conformity.describedAnswers());
        missing.removeAll(served.conformity.seen());
        missing.removeIf(answer -> ELSEWHERE.keySet().stream().anyMatch(answer::matches));
        assertEquals(Set.of(), missing);
    }

    @Test
    void anAnswerThatIsNotDescribedIsFound() {
        Conformity conformity = new Conformity();
        String request = "GET /api/sync/status HTTP/1.1\r\nHost: x\r\n\r\n";
        Map<String, List<String>> headers = Map.of("content-type", List.of("application/json"));
        conformity.check(request, reply(200, headers, "{\"locked\":true}"));
        assertEquals(Set.of("GET /api/sync/status 200"), conformity.seen());
        assertRefused(conformity, request, reply(200, headers, "{\"locked\":true,\"run\":\"1\"}"));
        assertRefused(conformity, request, reply(200, headers, "{\"locked\":\"yes\"}"));
        assertRefused(conformity, request, reply(200, headers, "{}"));
        assertRefused(conformity, request, reply(202, headers, "{\"locked\":true}"));
        assertRefused(conformity, request, reply(200, Map.of("content-type", List.of("text/plain")), "{}"));
        assertRefused(
                conformity,
                request,
                reply(
                        200,
                        Map.of("content-type", List.of("application/json"), "etag", List.of("x")),
                        "{\"locked\":true}"));
        assertRefused(conformity, "GET /api/unknown HTTP/1.1\r\nHost: x\r\n\r\n", reply(200, headers, "{}"));
    }

    private static Reply reply(int status, Map<String, List<String>> headers, String body) {
        return new Reply(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRefused(Conformity conformity, String request, Reply reply) {
        assertThrows(AssertionError.class, () -> conformity.check(request, reply), reply.text());
    }

    private void answers(int status, String token, String method, String target, String body, String... headers)
            throws IOException {
        Reply reply = served.as(token, method, target, body, headers);
        assertEquals(status, reply.status(), () -> method + " " + target + ": " + reply.text());
    }

    private void get(int status, String token, String target, String... headers) throws IOException {
        answers(status, token, "GET", target, null, headers);
    }

    private void admin(int status, String method, String target, String body, String... headers) throws IOException {
        answers(status, served.admin, method, target, body, headers);
    }

    /** Callers without a token, and with one that does not allow it. */
    private void refusals() throws IOException {
        for (Endpoint endpoint : HttpApi.ENDPOINTS) {
            for (String name : endpoint.names()) {
                String method = name.split(" ")[0];
                String target = target(endpoint);
                if (endpoint.who() != Who.PUBLIC) {
                    assertEquals(401, served.wire.send(method, target).status(), name);
                    boolean reads = endpoint.who() == Who.READ || endpoint.who() == Who.READ_TABLE;
                    answers(403, reads ? served.operator : served.analyst, method, target, null);
                }
            }
        }
    }

    private static String target(Endpoint endpoint) {
        return endpoint.path()
                .replace("{id}", "orders")
                .replace("{run}", "0123456789abcdef")
                .replaceAll("\\{[a-z]+}", "nobody");
    }

    /** Bodies that are no JSON, too large, or wrong. */
    private void bodies() throws IOException {
        for (Endpoint endpoint : HttpApi.ENDPOINTS) {
            if (endpoint.body() != null) {
                String method = endpoint.methods().getFirst();
                String target = target(endpoint);
                admin(400, method, target, "{");
                admin(422, method, target, "\"text\"");
                Reply large = served.wire.raw(
                        method + " " + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + served.admin
                                + "\r\nContent-Length: " + ((1 << 20) + 1) + "\r\n\r\n",
                        false);
                assertEquals(413, large.status());
            }
        }
    }

    private void data() throws IOException {
        for (String method : List.of("GET", "HEAD")) {
            answers(204, served.analyst, method, check("orders"), null);
            answers(404, served.analyst, method, check("-x"), null);
            answers(200, served.analyst, method, download("orders"), null);
            answers(206, served.analyst, method, download("orders"), null, "Range: bytes=0-0");
            answers(304, served.analyst, method, download("orders"), null, "If-None-Match: *");
            answers(404, served.analyst, method, download("unpublished"), null);
            answers(412, served.analyst, method, download("orders"), null, "If-Match: \"x\"");
            answers(416, served.analyst, method, download("orders"), null, "Range: bytes=999999-");
        }
        get(200, served.analyst, "/api/sync/manifest");
        get(304, served.analyst, "/api/sync/manifest", "If-None-Match: *");
        get(200, served.analyst, "/api/v2/catalog");
        get(200, served.analyst, "/api/v2/tables/orders/schema");
        get(404, served.analyst, "/api/v2/tables/unpublished/schema");
        get(200, served.analyst, "/api/v2/metadata-cache/status");
        answers(404, served.operator, "POST", "/api/v2/metadata-cache/refresh?table=nothing", null);
        answers(422, served.operator, "POST", "/api/v2/metadata-cache/refresh", null);
    }

    private void runs() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        served.source.does("slow", (table, marker, draft) -> {
            never.await();
            throw new IOException("not reached");
        });
        String run = served.started("[\"slow\"]");
        answers(409, served.operator, "POST", "/api/sync/trigger", null);
        get(200, served.operator, "/api/sync/runs/" + run);
        answers(204, served.operator, "DELETE", "/api/sync/runs/" + run, null);
        get(200, served.operator, "/api/sync/runs/" + run + "/events");
        get(200, served.operator, "/api/sync/runs?limit=1");
        get(422, served.operator, "/api/sync/runs?limit=0");
        for (String target : List.of("/api/sync/runs/0", "/api/sync/runs/0/events")) {
            get(404, served.operator, target);
        }
        answers(404, served.operator, "DELETE", "/api/sync/runs/0", null);
        get(200, served.analyst, "/api/sync/status");
    }

    private void registry() throws IOException {
        String table = "/api/admin/registry/slow";
        String register = "/api/admin/register-table";
        admin(200, "GET", "/api/admin/registry", null);
        admin(200, "GET", table, null);
        admin(404, "GET", "/api/admin/registry/nothing", null);
        admin(201, "POST", register, NEW.formatted("more", "more"));
        admin(200, "POST", register + "?dry_run=true", NEW.formatted("dry", "dry"));
        admin(409, "POST", register, NEW.formatted("more", "more"));
        served.source.refuses("away", AWAY);
        admin(502, "POST", register, NEW.formatted("away", "away"));
        admin(200, "PUT", table, "{\"description\": \"slow\"}");
        admin(404, "PUT", "/api/admin/registry/nothing", "{}");
        admin(409, "PUT", table, "{\"name\": \"orders\"}");
        admin(412, "PUT", table, "{}", "If-Match: \"0\"");
        served.source.refuses("slow", AWAY);
        admin(502, "PUT", table, "{\"bucket\": \"in.c-other\"}");
        admin(412, "DELETE", table, null, "If-Match: \"0\"");
        admin(204, "DELETE", table, null);
        admin(404, "DELETE", table, null);
        admin(200, "POST", "/api/admin/discover-and-register", null);
        admin(422, "POST", "/api/admin/discover-and-register?dry_run=perhaps", null);
    }

    private void access() throws IOException {
        String users = "/api/admin/users";
        String membership = "/api/admin/groups/readers/members/";
        admin(201, "POST", users, "{\"id\": \"newcomer\", \"groups\": [\"readers\"]}");
        admin(200, "GET", users, null);
        admin(200, "GET", "/api/admin/groups", null);
        admin(204, "PUT", membership + "newcomer", null);
        admin(404, "PUT", membership + "nobody", null);
        admin(422, "PUT", membership + "-x", null);
        admin(204, "DELETE", membership + "newcomer", null);
        admin(422, "DELETE", membership + "-x", null);
        String grant = "{\"group\": \"readers\", \"table_id\": \"orders\"}";
        admin(201, "POST", "/api/admin/grants", grant);
        admin(200, "GET", "/api/admin/grants", null);
        admin(204, "DELETE", "/api/admin/grants", grant);
        admin(201, "POST", "/api/admin/tokens", "{\"user\": \"newcomer\", \"scopes\": [\"read\"]}");
        admin(200, "GET", "/api/admin/tokens", null);
        String token = served.token("newcomer", Set.of(), EnumSet.of(Scope.READ));
        admin(204, "DELETE", "/api/admin/tokens/" + AccessToken.id(Secret.of(token)), null);
        admin(404, "DELETE", "/api/admin/tokens/0000", null);
        admin(409, "DELETE", "/api/admin/tokens/" + AccessToken.id(Secret.of(served.admin)), null);
        admin(409, "POST", users, "{\"id\": \"ada\", \"groups\": []}");
        admin(409, "DELETE", "/api/admin/groups/Admin/members/ada", null);
        admin(409, "DELETE", users + "/ada", null);
        admin(422, "DELETE", users + "/-x", null);
        admin(204, "DELETE", users + "/newcomer", null);
        admin(404, "DELETE", users + "/newcomer", null);
    }

    private void operations() throws IOException {
        for (String target : List.of("/api/admin/audit", "/api/admin/downloads")) {
            admin(200, "GET", target + "?limit=1", null);
            admin(422, "GET", target + "?limit=0", null);
        }
        admin(200, "GET", "/api/backup", null);
        admin(429, "GET", "/api/backup", null);
        for (String target : List.of("/api/health", "/health/live", "/health/ready", "/docs/problems")) {
            get(200, served.analyst, target);
        }
        for (String target : List.of("/openapi.json", "/docs", "/docs/style.css")) {
            get(200, served.analyst, target);
            get(304, served.analyst, target, "If-None-Match: *");
        }
        answers(204, served.analyst, "OPTIONS", "/", null);
    }
}
