// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.core.Secret;
import io.agnes.core.sync.SyncConfig;
import io.agnes.server.access.AccessToken;
import io.agnes.server.access.Scope;
import io.agnes.server.route.DeclaredRoutes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The status of every route for every identity, in one table. A route without a row fails the test. */
class AuthMatrixTest {
    /**
     * {@code bad} stands for every invalid credential: absent, malformed, unknown, expired, revoked. {@code reader} has
     * the scope read and no grant, {@code granted} has a grant, {@code admin-ro} is an administrator's token with the
     * scope read only. The body {} is refused for users who may use the route, so the requests change nothing.
     */
    private static final String TABLE = """
            route                                   bad  reader granted admin-ro operator scheduler admin
            GET    /api/data/{id}/check-access      401  403    204     403      403      403       204
            HEAD   /api/data/{id}/check-access      401  403    204     403      403      403       204
            GET    /api/data/{id}/download          401  403    200     403      403      403       200
            HEAD   /api/data/{id}/download          401  403    200     403      403      403       200
            GET    /api/sync/manifest               401  200    200     200      403      403       200
            GET    /api/v2/catalog                  401  200    200     200      403      403       200
            GET    /api/v2/tables/{id}/schema       401  403    200     403      403      403       200
            POST   /api/sync/trigger                401  403    403     403      200      200       200
            GET    /api/sync/status                 200  200    200     200      200      200       200
            GET    /api/sync/runs                   401  403    403     403      200      200       200
            GET    /api/sync/runs/{run}             401  403    403     403      404      404       404
            GET    /api/sync/runs/{run}/events      401  403    403     403      404      404       404
            DELETE /api/sync/runs/{run}             401  403    403     403      404      404       404
            GET    /api/admin/registry              401  403    403     403      403      403       200
            GET    /api/admin/registry/{id}         401  403    403     403      403      403       200
            PUT    /api/admin/registry/{id}         401  403    403     403      403      403       422
            DELETE /api/admin/registry/{id}         401  403    403     403      403      403       412
            POST   /api/admin/discover-and-register 401  403    403     403      403      403       200
            POST   /api/admin/register-table        401  403    403     403      403      403       422
            GET    /api/admin/users                 401  403    403     403      403      403       200
            POST   /api/admin/users                 401  403    403     403      403      403       422
            DELETE /api/admin/users/{user}          401  403    403     403      403      403       404
            GET    /api/admin/groups                401  403    403     403      403      403       200
            PUT    /api/admin/groups/{group}/members/{user} 401  403 403 403     403      403       404
            DELETE /api/admin/groups/{group}/members/{user} 401  403 403 403     403      403       204
            GET    /api/admin/grants                401  403    403     403      403      403       200
            POST   /api/admin/grants                401  403    403     403      403      403       422
            DELETE /api/admin/grants                401  403    403     403      403      403       422
            GET    /api/admin/tokens                401  403    403     403      403      403       200
            POST   /api/admin/tokens                401  403    403     403      403      403       422
            DELETE /api/admin/tokens/{token}        401  403    403     403      403      403       404
            GET    /api/health                      200  200    200     200      200      200       200
            GET    /health/live                     200  200    200     200      200      200       200
            GET    /health/ready                    200  200    200     200      200      200       200
            GET    /docs/problems                   200  200    200     200      200      200       200
            OPTIONS /                               204  204    204     204      204      204       204
            """;

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");

    private record Row(String method, String path, Map<String, Integer> expected) {}

    @TempDir
    private static Path dir;

    private static Served served;

    /** The headers that each identity sends, in every permitted form. */
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

    private static List<Row> rows() {
        List<String> lines = TABLE.lines().toList();
        List<String> identities =
                Arrays.stream(lines.getFirst().split("\\s+")).skip(1).toList();
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split("\\s+");
            Map<String, Integer> expected = new LinkedHashMap<>();
            for (int i = 0; i < identities.size(); i++) {
                expected.put(identities.get(i), Integer.valueOf(words[i + 2]));
            }
            rows.add(new Row(words[0], words[1], expected));
        }
        return rows;
    }

    @Test
    void everyDeclaredRouteHasARowAndEveryRowARoute() {
        SortedSet<String> rows = new TreeSet<>();
        rows().forEach(row -> rows.add(row.method() + " " + row.path()));
        assertEquals(DeclaredRoutes.all(), rows);
    }

    @TestFactory
    Stream<DynamicTest> everyRouteAnswersEveryIdentityAsTheTableSays() {
        return rows().stream().map(row -> DynamicTest.dynamicTest(row.method() + " " + row.path(), () -> check(row)));
    }

    private static void check(Row row) {
        List<Executable> checks = new ArrayList<>();
        row.expected().forEach((identity, status) -> {
            for (List<String> headers : CREDENTIALS.get(identity)) {
                checks.add(() -> {
                    Reply reply = send(row.method(), row.path(), headers);
                    assertEquals(status, reply.status(), () -> identity + " with " + headers + ": " + reply.text());
                    assertEquals(status == 401 ? "Bearer" : "", reply.header("www-authenticate"), identity);
                });
            }
        });
        assertAll(checks);
    }

    @TestFactory
    Stream<DynamicTest> aMethodThatIsNotDeclaredIsNotFoundForAnybody() {
        SortedSet<String> declared = DeclaredRoutes.all();
        return rows().stream()
                .map(Row::path)
                .distinct()
                .flatMap(path -> METHODS.stream()
                        .filter(method -> !declared.contains(method + " " + path))
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
        // A removal has a condition that is never true.
        boolean removal = method.equals("DELETE") && path.startsWith("/api/admin/registry/");
        List<String> sent = new ArrayList<>(headers);
        sent.addAll(removal ? List.of("If-Match: \"0\"") : List.of());
        String body = path.endsWith("/trigger") ? "[]" : "{}";
        boolean withBody = method.equals("POST") || path.equals("/api/admin/grants");
        return served.wire.sendBody(method, target, withBody ? body : null, sent.toArray(String[]::new));
    }
}
