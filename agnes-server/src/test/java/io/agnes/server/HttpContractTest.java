// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static io.agnes.server.Served.check;
import static io.agnes.server.Served.download;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.TableId;
import io.agnes.core.sync.TableSource;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpContractTest {
    private static final String ROWS = "SELECT range AS n, 'x' AS t FROM range(100000)";

    @TempDir
    private static Path dir;

    private static Served served;
    private static byte[] file;
    private static String etag;

    @BeforeAll
    static void start() throws IOException {
        served = Served.over(dir.resolve("data"));
        served.register("orders", "secret", "Rows.2024-x")
                .grant("orders")
                .grant("unpublished")
                .grant("Rows.2024-x");
        Reply local = served.post(served.admin, "/api/admin/register-table", """
                {"id":"unpublished","source_type":"keboola","bucket":"b","source_table":"u","query_mode":"local"}""");
        assertEquals(201, local.status(), local.text());
        Reply remote = served.post(served.admin, "/api/admin/register-table", """
                {"id": "far", "source_type": "keboola", "bucket": "b", "source_table": "t", "query_mode": "remote"}""");
        assertEquals(201, remote.status(), remote.text());
        served.grant("far");
        served.publish("orders", ROWS);
        served.publish("secret", "SELECT 42 AS n");
        served.publish("Rows.2024-x", "SELECT 43 AS n");
        Path version = dir.resolve("data")
                .resolve(served.get(served.analyst, check("orders")).header("x-agnes-file"));
        file = Files.readAllBytes(version);
        etag = '"' + HexFormat.of().formatHex(sha256(file)) + '"';
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Reply get(String target, String... headers) throws IOException {
        return served.get(served.analyst, target, headers);
    }

    private static Reply head(String target, String... headers) throws IOException {
        return served.head(served.analyst, target, headers);
    }

    @Nested
    class CheckAccess {
        @ParameterizedTest
        @ValueSource(strings = {"GET", "HEAD"})
        void whoMayReadIsToldTheFileOfTheCurrentVersion(String method) throws IOException {
            Reply reply = served.as(served.analyst, method, check("orders"), null);
            assertEquals(204, reply.status());
            assertEquals(etag, reply.header("etag"));
            String path = reply.header("x-agnes-file");
            assertEquals("extracts/keboola/data/orders/1-" + etag.substring(1, 13) + ".parquet", path);
        }

        @Test
        void aGrantedTableWithoutAVersionHasNoFile() throws IOException {
            Reply reply = get(check("unpublished"));
            assertEquals(204, reply.status());
            assertFalse(reply.has("x-agnes-file"));
            assertFalse(reply.has("etag"));
        }

        @Test
        void anAnonymousRequestIsToldThatATokenIsNeeded() throws IOException {
            Problems.check(served.wire.send("GET", check("orders")), 401, "unauthenticated");
            Problems.check(served.wire.send("GET", check("nothing")), 401, "unauthenticated");
        }

        @Test
        void noGrantAndNoTableAreTheSameAnswer() throws IOException {
            JsonObject noGrant = Problems.check(get(check("secret")), 403, "forbidden");
            JsonObject noTable = Problems.check(get(check("nothing")), 403, "forbidden");
            JsonObject remote = Problems.check(get(check("far")), 403, "forbidden");
            assertEquals(withoutInstance(noGrant), withoutInstance(noTable));
            assertEquals(withoutInstance(noGrant), withoutInstance(remote));
        }

        private static String withoutInstance(JsonObject problem) {
            return problem.toString().replace(problem.getString("instance"), "");
        }

        @ParameterizedTest
        @ValueSource(strings = {"-x", ".x", "a%20b", "a%0A", "%C3%A4", "%00"})
        void anIdOutsideTheGrammarIsNotFound(String id) throws IOException {
            Problems.check(get(check(id)), 404, "table_id_invalid");
            Problems.check(get(download(id)), 404, "table_id_invalid");
        }

        @Test
        void aTableThatIsNotDistributedIsForbiddenToAdministratorsToo() throws IOException {
            Problems.check(served.get(served.admin, check("far")), 403, "forbidden");
        }

        @Test
        void idsAreComparedWithTheirCase() throws IOException {
            Problems.check(get(check("ORDERS")), 403, "forbidden");
        }
    }

    @Nested
    class Download {
        private void describes(Reply reply) {
            assertAll(
                    () -> assertEquals("application/octet-stream", reply.header("content-type")),
                    () -> assertEquals("attachment; filename=\"orders.parquet\"", reply.header("content-disposition")),
                    () -> assertEquals(etag, reply.header("etag")),
                    () -> assertEquals("Wed, 04 Mar 2026 05:06:07 GMT", reply.header("last-modified")),
                    () -> assertEquals("bytes", reply.header("accept-ranges")),
                    () -> assertEquals("private", reply.header("cache-control")),
                    () -> assertEquals(
                            "sha-256=:" + Base64.getEncoder().encodeToString(sha256(file)) + ":",
                            reply.header("repr-digest")),
                    () -> assertEquals("nosniff", reply.header("x-content-type-options")),
                    () -> assertFalse(reply.has("content-encoding")),
                    () -> assertFalse(reply.has("transfer-encoding")));
        }

        @Test
        void theWholeFileComesWithEverythingAboutIt() throws IOException {
            Reply reply = get(download("orders"), "Accept-Encoding: gzip, br");
            assertEquals(200, reply.status());
            describes(reply);
            assertFalse(reply.has("content-range"));
            assertArrayEquals(file, reply.body());
        }

        @Test
        void theFileNameIsTheIdAsRegistered() throws IOException {
            assertEquals(
                    "attachment; filename=\"Rows.2024-x.parquet\"",
                    head(download("Rows.2024-x")).header("content-disposition"));
        }

        @Test
        void headIsTheSameWithoutTheBody() throws IOException {
            Reply reply = head(download("orders"));
            assertEquals(200, reply.status());
            describes(reply);
            assertEquals(String.valueOf(file.length), reply.header("content-length"));
        }

        @ParameterizedTest
        @CsvSource({
            "bytes=0-0, 0, 1",
            "bytes=0-9, 0, 10",
            "bytes=1000-1999, 1000, 1000",
            "bytes=-8, -8, 8",
            "bytes=5-, 5, -5",
            "bytes=10-99999999999999999999, 10, -10",
            "bytes=-99999999999999999999, 0, 0"
        })
        void aRangeIsExactlyThoseBytes(String range, int from, int count) throws IOException {
            int offset = from < 0 ? file.length + from : from;
            int length = count <= 0 ? file.length + count : count;
            Reply reply = get(download("orders"), "Range: " + range);
            assertEquals(206, reply.status());
            describes(reply);
            String expected = "bytes " + offset + "-" + (offset + length - 1) + "/" + file.length;
            assertEquals(expected, reply.header("content-range"));
            assertArrayEquals(Arrays.copyOfRange(file, offset, offset + length), reply.body());
            Reply head = head(download("orders"), "Range: " + range);
            assertEquals(206, head.status());
            assertEquals(expected, head.header("content-range"));
            assertEquals(String.valueOf(length), head.header("content-length"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"bytes=0-1,3-4", "items=0-1", "bytes=2-1", "bytes=a-b", "bytes", "bytes=--1"})
        void aRangeThatIsNotHonouredGivesTheWholeFile(String range) throws IOException {
            Reply reply = get(download("orders"), "Range: " + range);
            assertEquals(200, reply.status());
            assertFalse(reply.has("content-range"));
            assertEquals(file.length, reply.body().length);
        }

        @Test
        void aRangePastTheEndIsRefusedWithTheLength() throws IOException {
            String past = "Range: bytes=" + file.length + "-";
            Reply reply = get(download("orders"), past);
            Problems.check(reply, 416, "range_not_satisfiable");
            assertEquals("bytes */" + file.length, reply.header("content-range"));
            Reply head = head(download("orders"), past);
            assertEquals(416, head.status());
            assertEquals("bytes */" + file.length, head.header("content-range"));
        }

        @Test
        void ifRangeKeepsTheRangeForTheSameStrongTagAlone() throws IOException {
            assertEquals(206, ifRange(etag));
            assertEquals(206, ifRange("Wed, 04 Mar 2026 05:06:07 GMT"));
            assertEquals(200, ifRange("W/" + etag));
            assertEquals(200, ifRange("\"other\""));
            assertEquals(200, ifRange("Wed, 04 Mar 2026 05:06:06 GMT"));
        }

        private int ifRange(String condition) throws IOException {
            return get(download("orders"), "Range: bytes=0-9", "If-Range: " + condition)
                    .status();
        }

        @Test
        void whatTheClientHasIsNotSentAgain() throws IOException {
            for (String condition : List.of(etag, "W/" + etag, "*", "\"x\", " + etag)) {
                Reply reply = get(download("orders"), "If-None-Match: " + condition, "Range: bytes=0-9");
                assertEquals(304, reply.status(), condition);
                assertEquals(etag, reply.header("etag"));
                assertFalse(reply.has("content-type"));
            }
            assertEquals(304, head(download("orders"), "If-None-Match: " + etag).status());
            assertEquals(200, get(download("orders"), "If-None-Match: \"x\"").status());
        }

        @Test
        void aConditionOnAnotherVersionFails() throws IOException {
            Problems.check(get(download("orders"), "If-Match: \"x\""), 412, "precondition_failed");
            assertEquals(200, get(download("orders"), "If-Match: " + etag).status());
        }

        @Test
        void whatIsNotPublishedIsNotFound() throws IOException {
            Problems.check(get(download("unpublished")), 404, "not_published");
        }

        @Test
        void theDecisionIsThatOfCheckAccess() throws IOException {
            Problems.check(get(download("secret")), 403, "forbidden");
            Problems.check(get(download("far")), 403, "forbidden");
            Problems.check(served.wire.send("GET", download("orders")), 401, "unauthenticated");
        }

        /** If the server sent a body, the next answer on the connection could not be parsed. */
        @ParameterizedTest
        @CsvSource({"secret, 403", "nothing, 403", "unpublished, 404", "-x, 404"})
        void anErrorOnHeadHasTheLengthOfItsBodyAndNoBody(String table, int status) throws IOException {
            Reply head = head(download(table));
            assertEquals(status, head.status());
            assertEquals("application/problem+json", head.header("content-type"));
            assertEquals(get(download(table)).header("content-length"), head.header("content-length"));
        }

        @Test
        void aFileThatIsNotAsPublishedIsAnErrorAndNotSent(@TempDir Path other) throws IOException {
            try (Served damaged = Served.over(other)) {
                damaged.register("orders").grant("orders").publish("orders", "SELECT 1 AS n");
                Path version = other.resolve(
                        damaged.get(damaged.analyst, check("orders")).header("x-agnes-file"));
                Files.write(version, new byte[] {1}, java.nio.file.StandardOpenOption.APPEND);
                Problems.check(damaged.get(damaged.analyst, download("orders")), 503, "version_quarantined");
                assertFalse(Files.exists(version));
                Problems.check(damaged.get(damaged.analyst, download("orders")), 503, "version_quarantined");
            }
        }
    }

    @Nested
    class WhileBytesMove {
        private static final String LARGE =
                "SELECT range AS n, hash(range) AS h FROM range(2000000) WHERE range >= 0 + %d";

        @TempDir
        private Path own;

        private Served large() throws IOException {
            Served large = Served.over(own);
            large.register("large").grant("large").publish("large", LARGE.formatted(0));
            return large;
        }

        /** A download after its headers were read. */
        private Socket begun(Served large) throws IOException {
            Socket socket = large.wire.connect();
            socket.getOutputStream()
                    .write(("GET " + download("large") + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                                    + large.analyst + "\r\n\r\n")
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertEquals(200, Wire.status(Wire.line(socket.getInputStream())));
            return socket;
        }

        @Test
        void oneAnswerIsOneVersionWhateverIsPublishedMeanwhile() throws IOException {
            try (Served large = large();
                    Socket socket = begun(large)) {
                var headers = Wire.headers(socket.getInputStream());
                large.publish("large", LARGE.formatted(1));
                int length = Integer.parseInt(headers.get("content-length").getFirst());
                byte[] body = socket.getInputStream().readNBytes(length);
                String first = '"' + HexFormat.of().formatHex(sha256(body)) + '"';
                assertEquals(headers.get("etag").getFirst(), first);
                assertNotEquals(
                        first, large.head(large.analyst, download("large")).header("etag"));
            }
        }

        @Test
        void aReaderThatLeavesFreesTheFile() throws IOException {
            try (Served large = large()) {
                Path extracts = own.resolve("extracts");
                Socket socket = begun(large);
                OpenFiles.awaitBelow(extracts, 1);
                socket.setSoLinger(true, 0);
                socket.close();
                OpenFiles.awaitBelow(extracts, 0);
                assertEquals(200, large.head(large.analyst, download("large")).status());
            }
        }

        @Test
        void aReaderThatTakesNothingForAMinuteIsCutOff() throws IOException {
            try (Served large = large();
                    Socket socket = begun(large)) {
                Path extracts = own.resolve("extracts");
                OpenFiles.awaitBelow(extracts, 1);
                // Repeated, because the socket buffers take some bytes before the transfer stalls.
                OpenFiles.awaitBelow(extracts, 0, () -> large.time.advance(java.time.Duration.ofSeconds(61)));
                long length = Long.parseLong(Wire.headers(socket.getInputStream())
                        .get("content-length")
                        .getFirst());
                assertTrue(receivedBeforeTheBreak(socket) < length);
            }
        }

        @Test
        void aFileThatEndsEarlyBreaksTheConnection() throws IOException {
            try (Served large = large();
                    Socket socket = begun(large)) {
                Path version =
                        own.resolve(large.get(large.analyst, check("large")).header("x-agnes-file"));
                long length = Long.parseLong(Wire.headers(socket.getInputStream())
                        .get("content-length")
                        .getFirst());
                try (var channel =
                        java.nio.channels.FileChannel.open(version, java.nio.file.StandardOpenOption.WRITE)) {
                    channel.truncate(length - 1);
                }
                assertEquals(length - 1, receivedBeforeTheBreak(socket));
            }
        }

        private static long receivedBeforeTheBreak(Socket socket) throws IOException {
            byte[] buffer = new byte[1 << 16];
            long received = 0;
            try {
                for (int read = socket.getInputStream().read(buffer);
                        read >= 0;
                        read = socket.getInputStream().read(buffer)) {
                    received += read;
                }
            } catch (SocketException reset) {
                assertFalse(socket.isClosed(), "only the other side may end it");
            }
            return received;
        }
    }

    @Nested
    class Manifest {
        @Test
        void itListsGrantedTablesAndNothingElse() throws IOException {
            JsonObject tables = get("/api/sync/manifest").json().getJsonObject("tables");
            assertEquals(Set.of("orders", "unpublished", "Rows.2024-x", "far"), tables.keySet());
            JsonObject all =
                    served.get(served.admin, "/api/sync/manifest").json().getJsonObject("tables");
            assertTrue(all.containsKey("secret"));
        }

        @Test
        void aTableIsDescribedByItsFile() throws IOException {
            JsonObject json = get("/api/sync/manifest").json();
            JsonObject orders = json.getJsonObject("tables").getJsonObject("orders");
            assertAll(
                    () -> assertEquals(
                            HexFormat.of()
                                    .formatHex(MessageDigest.getInstance("MD5").digest(file)),
                            orders.getString("hash")),
                    () -> assertEquals(etag, orders.getString("etag")),
                    () -> assertEquals(etag, '"' + orders.getString("sha256") + '"'),
                    () -> assertEquals("2026-03-04T05:06:07Z", orders.getString("updated")),
                    () -> assertEquals(file.length, orders.getInt("size_bytes")),
                    () -> assertEquals(100_000, orders.getInt("rows")),
                    () -> assertEquals("materialized", orders.getString("query_mode")),
                    () -> assertEquals("keboola", orders.getString("source_type")),
                    () -> assertEquals(
                            "[{\"name\":\"n\",\"type\":\"BIGINT\"},{\"name\":\"t\",\"type\":\"VARCHAR\"}]",
                            orders.getJsonArray("columns").toString()),
                    () -> assertTrue(orders.containsKey("freshness")),
                    () -> assertEquals(Served.START.toString(), json.getString("server_time")));
        }

        @Test
        void aTableWithoutAVersionIsListedWithNulls() throws IOException {
            JsonObject table =
                    get("/api/sync/manifest").json().getJsonObject("tables").getJsonObject("unpublished");
            for (String field : List.of("hash", "sha256", "etag", "updated", "size_bytes", "rows")) {
                assertEquals(JsonValue.NULL, table.get(field), field);
            }
        }

        @Test
        void aClientThatHasItGets304() throws IOException {
            Reply first = get("/api/sync/manifest");
            Reply again = get("/api/sync/manifest", "If-None-Match: " + first.header("etag"));
            assertEquals(304, again.status());
            assertEquals(first.header("etag"), again.header("etag"));
            String others = served.get(served.admin, "/api/sync/manifest").header("etag");
            assertNotEquals(first.header("etag"), others);
        }

        @Test
        void aGrantThatIsTakenBackIsGoneFromTheNextOne() throws IOException {
            served.register("passing").grant("passing");
            assertTrue(get("/api/sync/manifest").json().getJsonObject("tables").containsKey("passing"));
            served.server
                    .access()
                    .revoke(new Name("readers"), new TableId("passing"), new Name("ada"), served.time.now());
            assertFalse(get("/api/sync/manifest").json().getJsonObject("tables").containsKey("passing"));
            assertEquals(403, get(check("passing")).status());
        }
    }

    @Nested
    class Trigger {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "null",
                    "  null ",
                    "{}",
                    "{\"tables\":null}",
                    "{\"tables\":null,\"else\":[1]}",
                    "{\"else\":1}"
                })
        void withoutNamesItIsForAllTables(String body) throws IOException {
            Reply reply = served.post(served.operator, "/api/sync/trigger", body);
            assertEquals(200, reply.status(), reply.text());
            assertEquals("triggered", reply.json().getString("status"));
            assertEquals("all", reply.json().getString("tables"));
            JsonObject run = served.ended(reply.json().getString("run_id"));
            assertEquals(
                    Set.of("orders", "secret", "Rows.2024-x", "unpublished"),
                    without(run.getJsonObject("tables").keySet(), "passing", "Named", "label-only"));
        }

        private static Set<String> without(Set<String> all, String... others) {
            Set<String> rest = new TreeSet<>(all);
            List.of(others).forEach(rest::remove);
            return rest;
        }

        @Test
        void aRequestWithoutABodyIsForAllTablesToo() throws IOException {
            Reply reply = served.as(served.operator, "POST", "/api/sync/trigger", null);
            assertEquals("all", reply.json().getString("tables"));
            served.ended(reply.json().getString("run_id"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "[\"orders\"]",
                    "{\"tables\":[\"orders\"]}",
                    "{\"tables\":[\"orders\",\"orders\"],\"force\":true}"
                })
        void targetsAreEchoedAndNothingElseIsFetched(String body) throws IOException {
            Reply reply = served.post(served.operator, "/api/sync/trigger", body);
            assertEquals("[\"orders\"]", reply.json().getJsonArray("tables").toString());
            JsonObject run = served.ended(reply.json().getString("run_id"));
            assertEquals(Set.of("orders"), run.getJsonObject("tables").keySet());
            assertEquals("olga", run.getString("started_by"));
        }

        @Test
        void aTableCanBeTargetedByItsName() throws IOException {
            Reply made = served.post(served.admin, "/api/admin/register-table", """
                    {"id":"Named","name":"Orders of the year","source_type":"keboola","bucket":"b","source_table":"t"}""");
            assertEquals(201, made.status());
            JsonObject run = served.sync("Orders of the year");
            assertEquals("[\"Named\"]", run.getJsonArray("targets").toString());
            assertEquals("published", Served.outcome(run, "Named"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"[]", "{\"tables\":[]}"})
        void anEmptyListIsNothingToDo(String body) throws IOException {
            int before = served.get(served.operator, "/api/sync/runs")
                    .json()
                    .getJsonArray("runs")
                    .size();
            Reply reply = served.post(served.operator, "/api/sync/trigger", body);
            assertEquals(200, reply.status());
            assertTrue(reply.json().isNull("run_id"));
            assertEquals(
                    before,
                    served.get(served.operator, "/api/sync/runs")
                            .json()
                            .getJsonArray("runs")
                            .size());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "1",
                    "\"orders\"",
                    "true",
                    "[1]",
                    "[null]",
                    "[[\"orders\"]]",
                    "{\"tables\":1}",
                    "{\"tables\":{}}"
                })
        void anotherShapeIsRefusedAndTheShapesAreNamed(String body) throws IOException {
            int fetches = served.source.fetches();
            JsonObject problem =
                    Problems.check(served.post(served.operator, "/api/sync/trigger", body), 422, "validation_failed");
            assertTrue(problem.getString("detail").contains("\"tables\""));
            assertEquals(fetches, served.source.fetches());
            assertEquals("{\"locked\":false}\n", get("/api/sync/status").text());
        }

        @Test
        void unknownTablesAreListedAndNothingIsStarted() throws IOException {
            Reply reply = served.post(served.operator, "/api/sync/trigger", "[\"nope\",\"orders\",\"-\"]");
            JsonObject problem = Problems.check(reply, 422, "validation_failed");
            assertEquals("[\"nope\",\"-\"]", problem.getJsonArray("unknown").toString());
            assertEquals("{\"locked\":false}\n", get("/api/sync/status").text());
        }

        @ParameterizedTest
        @ValueSource(strings = {"{", "[\"orders\"", "nul", "null x", "[\"orders\"] x", "{} {}", "\u0000"})
        void whatIsNotJsonIsMalformed(String body) throws IOException {
            Problems.check(served.post(served.operator, "/api/sync/trigger", body), 400, "request_malformed");
        }

        @Test
        void nestingWithoutEndIsMalformed() throws IOException {
            Problems.check(
                    served.post(served.operator, "/api/sync/trigger", "[".repeat(100_000)), 400, "request_malformed");
        }

        @Test
        void theSecondTriggerIsToldOfTheFirst() throws Exception {
            CountDownLatch goOn = new CountDownLatch(1);
            served.register("label-only");
            served.source.does("label-only", (table, marker, draft) -> {
                goOn.await();
                return ScriptedSource.copy("SELECT 1 AS n", draft.path(), null);
            });
            String run = served.started("[\"label-only\"]");
            assertEquals(
                    "{\"locked\":true}\n",
                    served.wire.send("GET", "/api/sync/status").text());
            JsonObject problem = Problems.check(
                    served.post(served.operator, "/api/sync/trigger", "null"), 409, "sync_already_in_progress");
            assertEquals(run, problem.getString("run_id"));
            assertEquals(Served.START.toString(), problem.getString("started_at"));
            goOn.countDown();
            assertEquals("succeeded", served.ended(run).getString("status"));
            assertEquals(
                    "{\"locked\":false}\n",
                    served.wire.send("GET", "/api/sync/status").text());
            served.source.holds("label-only", "SELECT 1 AS n");
        }

        @Test
        void aRunThatIsNotKnownIsNotFound() throws IOException {
            Problems.check(served.get(served.operator, "/api/sync/runs/0123456789abcdef"), 404, "run_not_found");
            Problems.check(served.get(served.operator, "/api/sync/runs/x"), 404, "run_not_found");
            Problems.check(
                    served.as(served.operator, "DELETE", "/api/sync/runs/0123456789abcdef", null),
                    404,
                    "run_not_found");
        }
    }

    @Nested
    class RegisterTable {
        private static Reply register(String body) throws IOException {
            return served.post(served.admin, "/api/admin/register-table", body);
        }

        @Test
        void whatIsRegisteredIsToldAndListed() throws IOException {
            Reply reply = register("""
                    {"source_type":"keboola","bucket":"in.c-shop","source_table":"customers","description":"All of them",
                     "query_mode":"remote","allow_empty":true}""");
            assertEquals(201, reply.status(), reply.text());
            JsonObject json = reply.json();
            assertAll(
                    () -> assertEquals("in.c-shop.customers", json.getString("id")),
                    () -> assertEquals("in.c-shop.customers", json.getString("name")),
                    () -> assertEquals("All of them", json.getString("description")),
                    () -> assertEquals("remote", json.getString("query_mode")),
                    () -> assertTrue(json.getBoolean("allow_empty")),
                    () -> assertEquals("ada", json.getString("registered_by")));
            assertTrue(served.get(served.admin, "/api/admin/registry")
                    .json()
                    .getJsonArray("tables")
                    .contains(json));
        }

        @Test
        void aDryRunTellsTheSameAndWritesNothing() throws IOException {
            String dry = "/api/admin/register-table?dry_run=true";
            String table = "{\"id\":\"%s\",\"name\":\"%s\",\"source_type\":\"keboola\",\"bucket\":\"b\","
                    + "\"source_table\":\"t\"}";
            String before = served.get(served.admin, "/api/admin/registry").text();
            Reply good = served.post(served.admin, dry, table.formatted("trial", "Trial"));
            assertEquals(200, good.status(), good.text());
            assertEquals("trial", good.json().getString("id"));
            Problems.check(served.post(served.admin, dry, table.formatted("ORDERS", "x")), 409, "table_exists");
            Problems.check(served.post(served.admin, dry, table.formatted("trial", "orders")), 409, "table_exists");
            Problems.check(served.post(served.admin, dry, table.formatted("-", "x")), 422, "validation_failed");
            Problems.check(
                    served.post(served.admin, dry.replace("true", "yes"), table.formatted("trial", "x")),
                    422,
                    "validation_failed");
            assertEquals(before, served.get(served.admin, "/api/admin/registry").text());
        }

        @Test
        void aDryRunAsksTheSource() throws IOException {
            String table = "{\"id\":\"%s\",\"source_type\":\"keboola\",\"bucket\":\"b\",\"source_table\":\"t\"}";
            served.source.refuses("gone", new Refused(AgnesException.Kind.SOURCE_FINAL, "no_such_table"));
            served.source.refuses("later", new Refused(AgnesException.Kind.SOURCE_PASSING, "maintenance"));
            String dry = "/api/admin/register-table?dry_run=true";
            JsonObject gone =
                    Problems.check(served.post(served.admin, dry, table.formatted("gone")), 422, "validation_failed");
            assertEquals("no_such_table", gone.getString("source_code"));
            JsonObject later =
                    Problems.check(served.post(served.admin, dry, table.formatted("later")), 502, "source_failed");
            assertEquals("maintenance", later.getString("source_code"));
            assertEquals("asked for maintenance", later.getString("detail"));
        }

        private static final class Refused extends AgnesException {
            private static final long serialVersionUID = 1L;

            Refused(Kind kind, String code) {
                super(kind, code, "asked for " + code, null);
            }
        }

        @Test
        void anIdThatIsTakenInWhateverCaseIsAConflict() throws IOException {
            JsonObject problem = Problems.check(
                    register("{\"id\":\"OrDers\",\"source_type\":\"keboola\",\"bucket\":\"b\",\"source_table\":\"t\"}"),
                    409,
                    "table_exists");
            assertEquals("id", problem.getString("field"));
            assertEquals("orders", problem.getString("table_id"));
        }

        @Test
        void aNameThatIsTakenIsAConflict() throws IOException {
            JsonObject problem = Problems.check(
                    register(
                            "{\"id\":\"other\",\"name\":\"orders\",\"source_type\":\"keboola\",\"bucket\":\"b\",\"source_table\":\"t\"}"),
                    409,
                    "table_exists");
            assertEquals("name", problem.getString("field"));
        }

        @Test
        void everyBadFieldIsNamedAtOnce() throws IOException {
            assertEquals(
                    List.of("allow_empty", "bucket", "colour", "id", "name", "query_mode", "source_table"),
                    badFields("keboola"));
        }

        @Test
        void anUnknownSourceNeedsNoFieldThatIsMissing() throws IOException {
            assertEquals(
                    List.of("allow_empty", "bucket", "colour", "id", "name", "query_mode", "source_type"),
                    badFields("ftp"));
        }

        private List<String> badFields(String sourceType) throws IOException {
            String body = "{\"id\":\"-\",\"name\":\"\\u0007\",\"source_type\":\"" + sourceType
                    + "\",\"bucket\":7,\"query_mode\":\"x\",\"allow_empty\":\"yes\",\"colour\":\"red\"}";
            JsonObject problem = Problems.check(register(body), 422, "validation_failed");
            return problem.getJsonArray("errors").getValuesAs(JsonObject.class).stream()
                    .map(error -> error.getString("field"))
                    .toList();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "null", "[]", "1"})
        void aBodyThatIsNoObjectIsRefused(String body) throws IOException {
            Problems.check(register(body), 422, "validation_failed");
        }
    }

    @Nested
    class UsersGrantsTokens {
        @Test
        void aTokenThatIsMintedWorksAndIsNotCached() throws IOException {
            Reply made =
                    served.post(served.admin, "/api/admin/users", "{\"id\":\"new@x.io\",\"groups\":[\"readers\"]}");
            assertEquals(201, made.status(), made.text());
            Reply minted = served.post(served.admin, "/api/admin/tokens", "{\"user\":\"new@x.io\",\"expires_days\":1}");
            assertEquals(201, minted.status(), minted.text());
            assertEquals("no-store", minted.header("cache-control"));
            assertEquals("2026-03-05T05:06:07.890Z", minted.json().getString("expires_at"));
            String token = minted.json().getString("token");
            assertTrue(token.startsWith("agn_"), "prefix");
            assertEquals(204, served.get(token, check("orders")).status());
        }

        @ParameterizedTest
        @ValueSource(strings = {"0", "3661", "1.5", "-1", "\"1\"", "18446744073709551617", "1e400", "true"})
        void anExpiryOutOfBoundsIsRefused(String days) throws IOException {
            Problems.check(
                    served.post(served.admin, "/api/admin/tokens", "{\"user\":\"ada\",\"expires_days\":" + days + "}"),
                    422,
                    "validation_failed");
        }

        @Test
        void aTokenIsListedWithoutItselfAndWorthlessOnceRevoked() throws IOException {
            Reply minted = served.post(served.admin, "/api/admin/tokens", "{\"user\":\"anna\",\"expires_days\":1}");
            String token = minted.json().getString("token");
            String id = minted.json().getString("id");
            assertEquals(204, served.get(token, check("orders")).status());
            Reply listed = served.get(served.admin, "/api/admin/tokens");
            assertFalse(listed.text().contains(token));
            assertFalse(listed.text().contains("agn_"));
            JsonObject known = find(listed.json().getJsonArray("tokens"), id);
            assertEquals("anna", known.getString("user"));
            assertEquals("[\"read\"]", known.getJsonArray("scopes").toString());
            assertTrue(known.isNull("revoked_at"));
            String path = "/api/admin/tokens/" + id;
            assertEquals(204, served.as(served.admin, "DELETE", path, null).status());
            Problems.check(served.get(token, check("orders")), 401, "unauthenticated");
            assertEquals(204, served.as(served.admin, "DELETE", path, null).status());
            JsonObject revoked =
                    find(served.get(served.admin, "/api/admin/tokens").json().getJsonArray("tokens"), id);
            assertEquals("2026-03-04T05:06:07.890Z", revoked.getString("revoked_at"));
            Problems.check(served.as(served.admin, "DELETE", "/api/admin/tokens/0000", null), 404, "token_not_found");
        }

        private static JsonObject find(JsonArray all, String id) {
            return all.getValuesAs(JsonObject.class).stream()
                    .filter(one -> one.getString("id").equals(id))
                    .findFirst()
                    .orElseThrow();
        }

        @Test
        void membersJoinLeaveAndAreRemovedAtOnce() throws IOException {
            String token = served.token("newcomer", Set.of(), EnumSet.of(Scope.READ));
            Problems.check(served.get(token, check("orders")), 403, "forbidden");
            String membership = "/api/admin/groups/readers/members/newcomer";
            assertEquals(204, served.as(served.admin, "PUT", membership, null).status());
            assertEquals(204, served.as(served.admin, "PUT", membership, null).status());
            assertEquals(204, served.get(token, check("orders")).status());
            JsonArray users =
                    served.get(served.admin, "/api/admin/users").json().getJsonArray("users");
            assertEquals(
                    "[\"readers\"]",
                    find(users, "newcomer").getJsonArray("groups").toString());
            JsonArray groups =
                    served.get(served.admin, "/api/admin/groups").json().getJsonArray("groups");
            assertTrue(
                    find(groups, "readers").getJsonArray("members").toString().contains("\"newcomer\""));
            assertTrue(find(groups, "readers").getJsonArray("tables").toString().contains("\"orders\""));
            assertTrue(served.get(served.admin, "/api/admin/grants")
                    .text()
                    .contains("{\"group\":\"readers\",\"table_id\":\"orders\"}"));
            assertEquals(
                    204, served.as(served.admin, "DELETE", membership, null).status());
            Problems.check(served.get(token, check("orders")), 403, "forbidden");
            assertEquals(204, served.as(served.admin, "PUT", membership, null).status());
            String user = "/api/admin/users/newcomer";
            assertEquals(204, served.as(served.admin, "DELETE", user, null).status());
            Problems.check(served.get(token, check("orders")), 401, "unauthenticated");
            Problems.check(served.as(served.admin, "DELETE", user, null), 404, "user_not_found");
            Problems.check(served.as(served.admin, "PUT", membership, null), 404, "user_not_found");
            Problems.check(served.as(served.admin, "DELETE", "/api/admin/users/-x", null), 422, "validation_failed");
        }

        @Test
        void aTokenOfAnUnknownUserOrScopeIsRefused() throws IOException {
            Problems.check(
                    served.post(served.admin, "/api/admin/tokens", "{\"user\":\"nobody\"}"), 422, "validation_failed");
            Problems.check(
                    served.post(served.admin, "/api/admin/tokens", "{\"user\":\"ada\",\"scopes\":[\"root\"]}"),
                    422,
                    "validation_failed");
        }

        @Test
        void aGrantNeedsARegisteredTableAndActsAtOnce() throws IOException {
            Problems.check(
                    served.post(served.admin, "/api/admin/grants", "{\"group\":\"readers\",\"table_id\":\"nothing\"}"),
                    422,
                    "validation_failed");
            String grant = "{\"group\":\"readers\",\"table_id\":\"secret\"}";
            assertEquals(
                    201, served.post(served.admin, "/api/admin/grants", grant).status());
            assertEquals(204, get(check("secret")).status());
            assertEquals(
                    204,
                    served.as(served.admin, "DELETE", "/api/admin/grants", grant)
                            .status());
            assertEquals(403, get(check("secret")).status());
            assertEquals(
                    204,
                    served.as(served.admin, "DELETE", "/api/admin/grants", grant)
                            .status());
        }

        @Test
        void theSchedulerOperatesAndMintsNothing() throws IOException {
            assertEquals(
                    200, served.get(Served.SCHEDULER_TOKEN, "/api/sync/runs").status());
            Problems.check(
                    served.post(Served.SCHEDULER_TOKEN, "/api/admin/tokens", "{\"user\":\"ada\"}"), 403, "forbidden");
            Problems.check(served.get(Served.SCHEDULER_TOKEN, check("orders")), 403, "forbidden");
        }
    }

    @Nested
    class OpenToEverybody {
        @ParameterizedTest
        @ValueSource(strings = {"/api/health", "/health/live", "/health/ready", "/api/sync/status", "/docs/problems"})
        void itNeedsNoTokenAndABadOneDoesNotHurt(String target) throws IOException {
            assertEquals(200, served.wire.send("GET", target).status());
            assertEquals(200, served.get("agn_wrong", target).status());
        }

        @Test
        void healthTellsStatusSchemaAndVersion() throws IOException {
            JsonObject health = served.wire.send("GET", "/api/health").json();
            assertEquals("ok", health.getString("status"));
            assertTrue(health.getInt("db_schema") >= 1);
            assertFalse(health.getString("version").isBlank());
        }

        @Test
        void everyProblemTypePointsToALineOfThePage() throws IOException {
            String page = served.wire.send("GET", "/docs/problems").text();
            assertTrue(page.contains("id=\"range_not_satisfiable\""));
            assertTrue(page.contains("id=\"address_too_long\""));
        }
    }

    @Nested
    class WhatNoRouteSees {
        @ParameterizedTest
        @CsvSource({
            "GET, /nope",
            "DELETE, /api/data/orders/download",
            "POST, /api/data/orders/check-access",
            "PUT, /api/sync/trigger",
            "GET, /api/data/..%2f..%2fregistry.duckdb/download",
            "OPTIONS, /api/sync/status",
            "BREW, /",
            "TRACE, /"
        })
        void anUnknownRouteOrMethodIsAProblem(String method, String target) throws IOException {
            Problems.check(served.as(served.admin, method, target, null), 404, "route_not_found");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "GARBAGE\r\n\r\n",
                    "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
                    "GET / HTTP/1.1\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
                    "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                    "POST /api/sync/trigger HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
                    "POST /api/sync/trigger HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                    "POST /api/sync/trigger HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello",
                    "POST /api/sync/trigger HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\nhello",
                    "POST /api/sync/trigger HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                })
        void whatCannotBeReadInOneWayIsRefusedAndClosed(String request) throws IOException {
            Reply reply = served.wire.raw(request, false);
            Problems.check(reply, 400, "request_malformed");
            assertEquals("close", reply.header("connection"));
        }

        @Test
        void headersThatAreTooLargeAreRefused() throws IOException {
            Problems.check(get("/api/health", "X-Large: " + "a".repeat(20_000)), 400, "request_malformed");
        }

        @Test
        void anAddressThatIsTooLongIsRefused() throws IOException {
            Problems.check(get("/" + "a".repeat(9_000)), 414, "address_too_long");
        }

        @Test
        void aBodyOfAMebibyteIsReadAndOneByteMoreIsRefused() throws IOException {
            String spaces = " ".repeat((1 << 20) - 2);
            assertEquals(
                    200,
                    served.post(served.operator, "/api/sync/trigger", spaces + "[]")
                            .status());
            // The length alone is enough to refuse the request: the connection closes before the body is read.
            Reply more = served.wire.raw(
                    "POST /api/sync/trigger HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + served.operator
                            + "\r\nContent-Length: " + ((1 << 20) + 1) + "\r\n\r\n",
                    false);
            Problems.check(more, 413, "body_too_large");
            assertEquals("close", more.header("connection"));
        }

        @Test
        void aBodyInChunksHasTheSameBound() throws IOException {
            String chunk = "10000\r\n" + " ".repeat(1 << 16) + "\r\n";
            Reply reply = served.wire.raw(
                    "POST /api/sync/trigger HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + served.operator
                            + "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk.repeat(16) + "1\r\n \r\n0\r\n\r\n",
                    false);
            Problems.check(reply, 413, "body_too_large");
        }

        @ParameterizedTest
        @ValueSource(strings = {"GET /health/live", "GET /nope", "HEAD /nope", "POST /nope"})
        void aConnectionIsClosedWhenTheClientSaysSo(String line) throws IOException {
            String body = line.startsWith("POST") ? "Content-Length: 3\r\n\r\nabc" : "\r\n";
            Reply reply = served.wire.raw(
                    line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + body, line.startsWith("HEAD"));
            assertEquals("close", reply.header("connection"));
        }

        @Test
        void aClientThatLeavesWithinItsBodyDoesNoHarm() throws IOException {
            try (Socket socket = served.wire.connect()) {
                socket.getOutputStream()
                        .write(("POST /api/sync/trigger HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + served.operator
                                        + "\r\nContent-Length: 100\r\n\r\n[\"orders\"]")
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                assertEquals(-1, endOf(socket));
            }
            assertEquals("{\"locked\":false}\n", get("/api/sync/status").text());
        }

        private static int endOf(Socket socket) throws IOException {
            try {
                return socket.getInputStream().read();
            } catch (SocketException | EOFException reset) {
                return -1;
            }
        }
    }

    @Test
    void aTableThatASourceDoesNotBringIsStillServedFromTheLastVersion() throws IOException {
        served.source.does("Rows.2024-x", (table, marker, draft) -> {
            throw new IOException("no space left");
        });
        JsonObject run = served.sync("Rows.2024-x");
        assertEquals("failed", run.getString("status"));
        assertEquals(
                "disk_error",
                run.getJsonObject("tables").getJsonObject("Rows.2024-x").getString("code"));
        assertEquals(200, get(download("Rows.2024-x")).status());
        served.source.does("Rows.2024-x", (table, marker, draft) -> new TableSource.Fetched.Unchanged());
    }
}
