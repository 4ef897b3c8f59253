// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.server.access.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No request removes the last administrator. */
@Tag("slow")
class LastAdministratorTest {
    private static final int ROUNDS = 10;

    @TempDir
    private Path data;

    private Served served;

    @BeforeEach
    void start() throws IOException {
        served = Served.over(data);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private String onlyTokenOf(String user) throws IOException {
        return served.get(served.admin, "/api/admin/tokens").json().getJsonArray("tokens").stream()
                .map(token -> token.asJsonObject())
                .filter(token -> token.getString("user").equals(user))
                .map(token -> token.getString("id"))
                .findFirst()
                .orElseThrow();
    }

    private void assertAdministers(String token) throws IOException {
        assertEquals(200, served.get(token, "/api/admin/users").status());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELETE | /api/admin/groups/Admin/members/ada |",
                "DELETE | /api/admin/users/ada |",
                "POST | /api/admin/users | {\"id\": \"ada\", \"groups\": []}",
                "POST | /api/admin/users | {\"id\": \"ada\", \"groups\": [\"readers\"]}"
            })
    void theLastOneDoesNotGo(String method, String target, String body) throws IOException {
        Problems.check(served.as(served.admin, method, target, body), 409, "last_administrator");
        assertAdministers(served.admin);
    }

    @Test
    void theLastTokenOfTheLastOneIsNotRevoked() throws IOException {
        String token = "/api/admin/tokens/" + onlyTokenOf("ada");
        Problems.check(served.as(served.admin, "DELETE", token, null), 409, "last_administrator");
        assertAdministers(served.admin);
        String second = served.token("ada", Set.of("Admin"), EnumSet.of(Scope.ADMIN));
        assertEquals(204, served.as(served.admin, "DELETE", token, null).status());
        assertAdministers(second);
    }

    @Test
    void whoCannotAdministerAnyMoreIsNoSuccessor() throws IOException {
        served.token("reader", Set.of("Admin"), EnumSet.of(Scope.READ));
        served.token("late", Set.of("Admin"), EnumSet.of(Scope.ADMIN), Served.START.plusSeconds(1));
        served.time.advance(Duration.ofSeconds(2));
        Problems.check(served.as(served.admin, "DELETE", "/api/admin/users/ada", null), 409, "last_administrator");
    }

    @Test
    void twoWhoRemoveEachOtherAtOnceLeaveOne() throws Exception {
        String bob = served.token("bob", Set.of("Admin"), EnumSet.of(Scope.ADMIN));
        try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < ROUNDS; round++) {
                List<Callable<Reply>> removals = List.of(
                        () -> served.as(served.admin, "DELETE", "/api/admin/groups/Admin/members/bob", null),
                        () -> served.as(bob, "DELETE", "/api/admin/groups/Admin/members/ada", null));
                for (Future<Reply> removal : both.invokeAll(removals)) {
                    assertTrue(Set.of(204, 403, 409).contains(removal.get().status()));
                }
                assertEquals(
                        1,
                        Stream.of(served.admin, bob).filter(this::administers).count());
                for (String user : List.of("ada", "bob")) {
                    served.as(
                            administers(bob) ? bob : served.admin,
                            "PUT",
                            "/api/admin/groups/Admin/members/" + user,
                            null);
                }
            }
        }
    }

    private boolean administers(String token) {
        try {
            return served.get(token, "/api/admin/users").status() == 200;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void noUserCanHaveTheNameOfTheSchedulersToken() throws IOException {
        Problems.check(
                served.post(served.admin, "/api/admin/users", "{\"id\": \"scheduler\", \"groups\": [\"Admin\"]}"),
                422,
                "validation_failed");
    }
}
