// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.agnes.core.Secret;
import io.agnes.core.sync.SyncConfig;
import io.agnes.server.access.AccessToken;
import io.agnes.server.access.Scope;
import io.agnes.server.api.Endpoint;
import io.agnes.server.api.Who;
import io.agnes.server.backup.Backups;
import io.agnes.server.route.HttpApi;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who gets what from every route. The routes come from their description; one without a row here fails, and so does one whose
 * description lets others in than its row says.
 */
class AuthMatrixTest {
    /**
     * {@code bad} is every credential that is none: absent, malformed, unknown, expired, revoked. {@code reader} has the
     * scope read and no grant, {@code granted} has one, {@code admin-ro} is an administrator's token for reading alone.
     */
    private static final String IDENTITIES = """
            who         bad  reader granted admin-ro operator scheduler admin
            PUBLIC      ok   ok     ok      ok       ok       ok        ok
            READ        401  ok     ok      ok       403      403       ok
            READ_TABLE  401  403    ok      403      403      403       ok
            OPERATE     401  403    403     403      ok       ok        ok
            ADMIN       401  403    403     403      403      403       ok
            """;

    /** Who may use each route, and what they get for a request that changes nothing: a body of {} is refused by most. */
    private static final String ROUTES = """
            GET     /api/data/{id}/check-access                     READ_TABLE 204
            HEAD    /api/data/{id}/check-access                     READ_TABLE 204
            GET     /api/data/{id}/download                         READ_TABLE 200
            HEAD    /api/data/{id}/download                         READ_TABLE 200
            GET     /api/sync/manifest                              READ       200
            GET     /api/v2/catalog                                 READ       200
            GET     /api/v2/tables/{id}/schema                      READ_TABLE 200
            POST    /api/sync/trigger                               OPERATE    200
            GET     /api/sync/status                                PUBLIC     200
            GET     /api/sync/runs                                  OPERATE    200
            GET     /api/sync/runs/{run}                            OPERATE    404
            GET     /api/sync/runs/{run}/events                     OPERATE    404
            DELETE  /api/sync/runs/{run}                            OPERATE    404
            GET     /api/admin/registry                             ADMIN      200
            GET     /api/admin/registry/{id}                        ADMIN      200
            PUT     /api/admin/registry/{id}                        ADMIN      422
            DELETE  /api/admin/registry/{id}                        ADMIN      412
            POST    /api/admin/discover-and-register                ADMIN      200
            POST    /api/admin/register-table                       ADMIN      422
            POST    /api/admin/run-bq-metadata-refresh              OPERATE    503
            POST    /api/v2/metadata-cache/refresh                  OPERATE    422
            GET     /api/v2/metadata-cache/status                   READ       200
            GET     /api/admin/users                                ADMIN      200
            POST    /api/admin/users                                ADMIN      422
            DELETE  /api/admin/users/{user}                         ADMIN      404
            GET     /api/admin/groups                               ADMIN      200
            PUT     /api/admin/groups/{group}/members/{user}        ADMIN      404
            DELETE  /api/admin/groups/{group}/members/{user}        ADMIN      204
            GET     /api/admin/grants                               ADMIN      200
            POST    /api/admin/grants                               ADMIN      422
            DELETE  /api/admin/grants                               ADMIN      422
            GET     /api/admin/tokens                               ADMIN      200
            POST    /api/admin/tokens                               ADMIN      422
            DELETE  /api/admin/tokens/{token}                       ADMIN      404
            GET     /api/admin/audit                                ADMIN      200
            GET     /api/admin/downloads                            ADMIN      200
            GET     /api/backup                                     ADMIN      200
            GET     /api/health                                     PUBLIC     200
            GET     /health/live                                    PUBLIC     200
            GET     /health/ready                                   PUBLIC     200
            GET     /openapi.json                                   PUBLIC     200
            GET     /docs                                           PUBLIC     200
            GET     /docs/style.css                                 PUBLIC     200
            GET     /docs/problems                                  PUBLIC     200
            OPTIONS /                                               PUBLIC     204
            """;

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");

    private record Row(Who who, int allowed) {}

    @TempDir
    private static Path dir;

    private static Served served;

    /** What each identity sends, in every way that it may be sent. */
    private static final Map<String, List<List<String>>> CREDENTIALS = new LinkedHashMap<>();

    @BeforeAll
    static void start() throws Exception {
        String revoked;
        try (Served before = Served.over(dir)) {
            before.register("orders").grant("orders").publish("orders", "SELECT 1 AS n");
            revoked = before.token("rita", Set.of("Admin", "readers"), EnumSet.allOf(Scope.class));
            assertEquals(200, before.get(revoked, "/api/admin/registry").status());
            String id = AccessToken.id(Secret.of(revoked));
            assertEquals(
                    204,
                    before.as(before.admin, "DELETE", "/api/admin/tokens/" + id, null)
                            .status());
        }
        served = Served.over(dir, SyncConfig.of());
        String expired = served.token(
                "ed", Set.of("Admin", "readers"), EnumSet.allOf(Scope.class), Served.START.minusSeconds(1));
        String endingNow = served.token("ed", Set.of("Admin", "readers"), EnumSet.allOf(Scope.class), Served.START);
        List<List<String>> bad = new ArrayList<>();
        bad.add(List.of());
        for (String malformed : List.of(
                "Authorization:",
                "Authorization: Bearer",
                "Authorization: Bearer ",
                "Authorization: " + served.admin,
                "Authorization: Basic " + served.admin,
                "Authorization: Bearer " + served.admin + " x",
                "Authorization: Bearer " + "a".repeat(5000),
                "X-API-Key:",
                "X-API-Key: Bearer " + served.admin,
                "Cookie: access_token=" + served.admin)) {
            bad.add(List.of(malformed));
        }
        bad.add(List.of("Authorization: Bearer " + served.admin, "X-API-Key: " + served.admin));
        bad.add(List.of("Authorization: Bearer " + served.admin, "Authorization: Bearer " + served.admin));
        String unknown = served.admin.substring(0, served.admin.length() - 2) + "AA";
        for (String token : List.of(
                unknown,
                expired,
                endingNow,
                revoked,
                served.admin.toUpperCase(java.util.Locale.ROOT),
                Served.SCHEDULER_TOKEN + "0",
                Served.SCHEDULER_TOKEN.substring(1))) {
            bad.addAll(carried(token));
        }
        CREDENTIALS.put("bad", bad);
        CREDENTIALS.put("reader", carried(served.token("rob", Set.of("others"), EnumSet.of(Scope.READ))));
        CREDENTIALS.put("granted", carried(served.analyst));
        CREDENTIALS.put("admin-ro", carried(served.token("ada", Set.of("Admin"), EnumSet.of(Scope.READ))));
        CREDENTIALS.put("operator", carried(served.operator));
        CREDENTIALS.put("scheduler", carried(Served.SCHEDULER_TOKEN));
        CREDENTIALS.put("admin", carried(served.admin));
    }

    private static List<List<String>> carried(String token) {
        return List.of(
                List.of("Authorization: Bearer " + token),
                List.of("authorization: bearer " + token),
                List.of("X-API-Key: " + token));
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    /** The rows by route, as {@code GET /api/health}. */
    private static Map<String, Row> rows() {
        Map<String, Row> rows = new TreeMap<>();
        for (String line : ROUTES.lines().toList()) {
            String[] words = line.split("\\s+");
            rows.put(words[0] + " " + words[1], new Row(Who.valueOf(words[2]), Integer.parseInt(words[3])));
        }
        return rows;
    }

    /** The status that each identity gets; the status of those who are let in is given. */
    private static Map<String, Integer> expected(Who who, int allowed) {
        List<String> lines = IDENTITIES.lines().toList();
        String[] identities = lines.getFirst().split("\\s+");
        String[] row = lines.stream()
                .map(line -> line.split("\\s+"))
                .filter(words -> words[0].equals(who.name()))
                .findFirst()
                .orElseThrow();
        Map<String, Integer> expected = new LinkedHashMap<>();
        for (int i = 1; i < identities.length; i++) {
            expected.put(identities[i], row[i].equals("ok") ? allowed : Integer.parseInt(row[i]));
        }
        return expected;
    }

    private static Map<String, Endpoint> described() {
        Map<String, Endpoint> described = new TreeMap<>();
        HttpApi.ENDPOINTS.forEach(endpoint ->
                endpoint.names().forEach(name -> assertNull(described.put(name, endpoint), name)));
        return described;
    }

    @Test
    void everyRouteHasARowThatSaysTheSame() {
        Map<String, Who> rows = new TreeMap<>();
        rows().forEach((route, row) -> rows.put(route, row.who()));
        Map<String, Who> routes = new TreeMap<>();
        described().forEach((route, endpoint) -> routes.put(route, endpoint.who()));
        assertEquals(rows, routes);
    }

    @TestFactory
    Stream<DynamicTest> everyRouteAnswersEveryIdentityAsTheTableSays() {
        return described().entrySet().stream()
                .map(route -> DynamicTest.dynamicTest(route.getKey(), () -> check(route.getKey(), route.getValue())));
    }

    private static void check(String route, Endpoint endpoint) {
        List<Executable> checks = new ArrayList<>();
        int allowed = rows().get(route).allowed();
        expected(endpoint.who(), allowed).forEach((identity, status) -> {
            for (List<String> headers : CREDENTIALS.get(identity)) {
                checks.add(() -> {
                    Reply reply = send(route.split(" ")[0], endpoint.path(), headers);
                    assertEquals(status, reply.status(), () -> identity + " with " + headers + ": " + reply.text());
                    assertEquals(status == 401 ? "Bearer" : "", reply.header("www-authenticate"), identity);
                });
            }
        });
        assertAll(checks);
    }

    @TestFactory
    Stream<DynamicTest> aMethodThatIsNotDescribedIsNotFoundForAnybody() {
        Set<String> described = described().keySet();
        return HttpApi.ENDPOINTS.stream()
                .map(Endpoint::path)
                .distinct()
                .flatMap(path -> METHODS.stream()
                        .filter(method -> !described.contains(method + " " + path))
                        .map(method -> DynamicTest.dynamicTest(method + " " + path, () -> {
                            for (List<List<String>> credentials : CREDENTIALS.values()) {
                                assertEquals(
                                        404,
                                        send(method, path, credentials.getFirst())
                                                .status());
                            }
                        })));
    }

    private static Reply send(String method, String path, List<String> headers) throws IOException {
        String target = path.replace("{id}", "orders")
                .replace("{run}", "0123456789abcdef")
                .replace("{group}", "nobodys")
                .replace("{user}", "nobody")
                .replace("{token}", "0123456789abcdef");
        // A removal is asked for on a condition that never holds.
        boolean removal = method.equals("DELETE") && path.startsWith("/api/admin/registry/");
        List<String> sent = new ArrayList<>(headers);
        sent.addAll(removal ? List.of("If-Match: \"0\"") : List.of());
        String body = path.endsWith("/trigger") ? "[]" : "{}";
        if (path.equals("/api/backup")) {
            served.time.advance(Backups.BETWEEN);
        }
        boolean withBody = method.equals("POST") || path.equals("/api/admin/grants");
        return served.wire.sendBody(method, target, withBody ? body : null, sent.toArray(String[]::new));
    }
}
