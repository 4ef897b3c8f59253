// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException.Kind;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees in the log and on the open routes. */
@Tag("slow")
@Timeout(60)
class OperatorTest {
    @TempDir
    private Path data;

    private final LogLines log = LogLines.listen();
    private Served served;

    @BeforeEach
    void start() throws IOException {
        served = Served.over(data);
    }

    @AfterEach
    void stop() {
        served.close();
        log.close();
    }

    private JsonObject open(String target) throws IOException {
        return served.wire.send("GET", target).json();
    }

    @Nested
    class Runs {
        @Test
        void eachTableAndTheRunHaveOneLine() throws IOException {
            served.register("orders", "clients");
            served.source.holds("orders", "SELECT range AS n FROM range(7)");
            served.source.does("clients", (table, marker, draft) -> {
                throw new Refusal(Kind.SOURCE_FINAL, "no_such_table", "table clients has gone");
            });
            JsonObject run = served.sync();
            assertEquals("partial", run.getString("status"));
            String id = run.getString("run_id");
            List<String> orders = log.beginning("INFO table orders: ");
            assertEquals(1, orders.size(), orders.toString());
            assertTrue(
                    orders.getFirst()
                            .matches("INFO table orders: outcome=published rows=7 bytes=[0-9]+ version=1"
                                    + " seconds=[0-9]+\\.[0-9]{3} run=" + id),
                    orders.toString());
            List<String> clients = log.beginning("WARNING table clients: ");
            assertEquals(1, clients.size(), clients.toString());
            assertTrue(
                    clients.getFirst()
                            .matches("WARNING table clients: outcome=failed code=no_such_table seconds=[0-9.]+ run="
                                    + id + " message: table clients has gone"),
                    clients.toString());
            String whole = log.await("WARNING run " + id);
            assertTrue(
                    whole.matches("WARNING run " + id
                            + ": status=partial published=1 failed=1 rows=7 bytes=[0-9]+ seconds=[0-9.]+"),
                    whole);
        }

        @Test
        void aRunInWhichAllTablesFailedIsFailed() throws IOException {
            served.register("orders");
            served.source.does("orders", (table, marker, draft) -> {
                throw new Refusal(Kind.SOURCE_FINAL, "no_such_table", "gone");
            });
            assertEquals("failed", served.sync().getString("status"));
        }
    }

    @Nested
    class SignIns {
        @Test
        void aRefusedOneIsToldWithAddressAndReasonAndNeverTheToken() throws IOException {
            served.get("agn_guessed", "/api/sync/manifest", "X-Forwarded-For: 10.0.0.1, 203.0.113.9\tx");
            String line = log.await("WARNING sign-in refused: ");
            assertEquals(
                    "WARNING sign-in refused: address=127.0.0.1 forwarded_for=203.0.113.9?x reason=unknown_token",
                    line);
        }

        @Test
        void oneThatExpiredIsNamedByItsId() throws IOException {
            served.time.advance(Duration.ofDays(1));
            String token = served.token("late", Set.of(), Set.of(), Served.START);
            served.get(token, "/api/sync/manifest");
            String line = log.await("WARNING sign-in refused: ");
            assertTrue(line.matches(".* reason=expired token_id=[0-9a-f]{16} user=late"), line);
            assertFalse(line.contains(token));
        }

        @Test
        void guessingCannotFloodTheLog() throws IOException {
            for (int i = 0; i < 100; i++) {
                served.get("agn_" + i, "/api/sync/manifest", "X-Forwarded-For: 10.0.0." + i);
            }
            assertEquals(20, log.beginning("WARNING sign-in refused: ").size());
            served.time.advance(Duration.ofMinutes(1));
            served.get("agn_later", "/api/sync/manifest");
            assertEquals(
                    List.of("WARNING sign-in refused: 80 more times, not logged one by one"),
                    log.beginning("WARNING sign-in refused: 80"));
            assertEquals(22, log.beginning("WARNING sign-in refused: ").size());
        }
    }

    @Nested
    class Health {
        @Test
        void aSourceThatIsAwayIsToldAndTakesNoDownloadDown() throws IOException {
            served.close();
            served = Served.over(
                    data, source -> source.isAway(new Refusal(Kind.SOURCE_PASSING, "unreachable", "no route to it")));
            log.await("WARNING source keboola: status=unreachable code=unreachable message: no route to it");
            JsonObject health = open("/api/health");
            assertEquals("degraded", health.getString("status"));
            JsonObject source = health.getJsonObject("sources").getJsonObject("keboola");
            assertEquals("unreachable", source.getString("status"));
            assertEquals("unreachable", source.getString("code"));
            assertEquals(Served.START.toString(), source.getString("checked_at"));
            Reply ready = served.wire.send("GET", "/health/ready");
            assertEquals(200, ready.status());
            assertEquals(JsonValue.EMPTY_JSON_ARRAY, ready.json().getJsonArray("reasons"));
            assertEquals(health.get("sources"), ready.json().get("sources"));
        }

        @Test
        void aTokenThatTheSourceRefusesIsToldOnceInTheLogAndInHealth() throws IOException {
            served.close();
            served = Served.over(
                    data,
                    source -> source.isAway(new Refusal(Kind.REQUEST, "token_invalid", "the token is not valid")));
            log.await("WARNING source keboola: status=refused code=token_invalid");
            JsonObject source = open("/api/health").getJsonObject("sources").getJsonObject("keboola");
            assertEquals("refused", source.getString("status"));
            assertEquals("token_invalid", source.getString("code"));
        }

        @Test
        void theAgeOfTheLastGoodSyncIsTold() throws IOException {
            assertEquals(JsonValue.NULL, open("/api/health").get("last_good_sync_age_seconds"));
            served.register("orders");
            served.sync();
            served.time.advance(Duration.ofSeconds(90));
            served.source.does("orders", (table, marker, draft) -> {
                throw new IOException("No space left on device");
            });
            served.sync();
            JsonObject health = open("/api/health");
            assertEquals(90, health.getInt("last_good_sync_age_seconds"));
            assertEquals(Served.START.toString(), health.getString("last_good_sync_at"));
            assertEquals(90, open("/health/ready").getInt("last_good_sync_age_seconds"));
        }
    }

    @Test
    void everyBodyOfJsonEndsWithALineBreak() throws IOException {
        served.register("orders").grant("orders");
        List<Reply> replies = List.of(
                served.wire.send("GET", "/api/health"),
                served.get(served.analyst, "/api/sync/manifest"),
                served.get(served.analyst, "/api/v2/catalog"),
                served.get(served.admin, "/api/admin/registry"),
                served.get(served.admin, "/api/nothing"),
                served.wire.send("GET", "/api/sync/manifest"),
                served.wire.send("GET", "/api/health", "X-Large: " + "a".repeat(20_000)));
        for (Reply reply : replies) {
            assertTrue(reply.text().endsWith("}\n"), reply.text());
        }
    }
}
