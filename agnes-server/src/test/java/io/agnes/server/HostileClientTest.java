// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.sync.SyncConfig;
import io.agnes.server.access.Scope;
import io.agnes.server.connection.Limits;
import io.agnes.server.settings.Settings;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks of clients, over raw sockets. */
@Tag("slow")
@Timeout(120)
class HostileClientTest {
    private static final int TRIES = 100;
    private static final int CONNECTIONS = 64;
    private static final int CONNECTIONS_PER_ADDRESS = 40;
    private static final int DOWNLOADS_PER_USER = 4;
    private static final String LARGE = "SELECT range AS n, hash(range) AS h FROM range(2000000)";

    @TempDir
    private Path dir;

    private Served served;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        Settings usual = Served.settings(dir, SyncConfig.of());
        served = Served.over(usual.withLimits(
                new Limits(CONNECTIONS, CONNECTIONS_PER_ADDRESS, 8, DOWNLOADS_PER_USER, Duration.ZERO, 0)));
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        served.close();
    }

    /** Opens a connection from this address and sends the text. */
    private Socket sent(String from, String text) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setSoTimeout(20_000);
        socket.setReceiveBufferSize(4096);
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(
                new InetSocketAddress("127.0.0.1", served.server.address().getPort()));
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static boolean ended(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** The statuses of all answers until the connection closes. */
    private static List<Integer> statuses(Socket socket) throws IOException {
        List<Integer> statuses = new ArrayList<>();
        try {
            while (true) {
                statuses.add(Wire.read(socket.getInputStream(), false).status());
            }
        } catch (EOFException | SocketException ended) {
            return statuses;
        }
    }

    private interface Call {
        Reply reply() throws IOException;
    }

    /** Repeats the call until it has the status, because the bytes of the other connections arrive later. */
    private static Reply until(int status, Call call) throws IOException {
        Reply reply = call.reply();
        for (int look = 0; reply.status() != status && look < TRIES; look++) {
            reply = call.reply();
        }
        assertEquals(status, reply.status(), reply.text());
        return reply;
    }

    private static String authorized(String token) {
        return "Host: x\r\nAuthorization: Bearer " + token + "\r\n";
    }

    @Nested
    class Framing {
        @ParameterizedTest
        @ValueSource(strings = {"identity", "xchunked", "gzip", "chunked, chunked"})
        void aBodyOfUnknownFramingIsNeverTheNextRequest(String coding) throws IOException {
            String smuggled = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
            assertEquals(
                    List.of(400),
                    statuses(sent(
                            "127.0.0.1",
                            "POST /api/sync/trigger HTTP/1.1\r\n" + authorized(served.operator) + "Transfer-Encoding: "
                                    + coding + "\r\n\r\n" + smuggled)));
        }

        @Test
        void junkInPlaceOfTheEndOfAChunkIs400() throws IOException {
            assertEquals(
                    List.of(400),
                    statuses(sent(
                            "127.0.0.1",
                            "POST /api/sync/trigger HTTP/1.1\r\n" + authorized(served.operator)
                                    + "Transfer-Encoding: chunked\r\n\r\n2\r\n[]XX0\r\n\r\n"
                                    + "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")));
        }

        @Test
        void chunksWithExtensionsAndTrailersAreRead() throws IOException {
            Reply reply = served.wire.raw(
                    "POST /api/sync/trigger HTTP/1.1\r\n" + authorized(served.operator)
                            + "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\n[\r\n1\r\n]\r\n0\r\nTrailer: x\r\n\r\n",
                    false);
            assertEquals("nothing_to_do", reply.json().getString("status"));
        }

        @Test
        void anOlderClientIsServedAndItsConnectionClosed() throws IOException {
            for (String headers : List.of("", "Host: x\r\n", "Host: x\r\nConnection: keep-alive\r\n")) {
                Reply reply = served.wire.raw("GET /health/live HTTP/1.0\r\n" + headers + "\r\n", false);
                assertEquals(200, reply.status());
                assertEquals("close", reply.header("connection"));
                assertEquals("", reply.header("transfer-encoding"));
            }
        }

        @ParameterizedTest
        @CsvSource({
            "OPTIONS * HTTP/1.1, 204",
            "GET http://x/health/live HTTP/1.1, 200",
            "CONNECT x:80 HTTP/1.1, 501",
            "GET foo HTTP/1.1, 400",
            "GET /health/live HTTP/3.0, 400"
        })
        void everyFormOfARequestLineHasItsAnswer(String line, int status) throws IOException {
            assertEquals(
                    status, served.wire.raw(line + "\r\nHost: x\r\n\r\n", false).status());
        }

        /** Methods and targets are not logged, because a client could forge log lines with them. */
        @Test
        void nothingThatAStrangerSendsIsLogged() throws IOException {
            List<LogRecord> logged = new ArrayList<>();
            Handler handler = new Handler() {
                @Override
                public void publish(LogRecord entry) {
                    synchronized (logged) {
                        logged.add(entry);
                    }
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };
            Logger root = Logger.getLogger("");
            root.addHandler(handler);
            try {
                for (String request : List.of(
                        "GET / HTTP/1.0\r\n\r\n",
                        "GET / HTTP/1.1\r\n\r\n",
                        "\u0001\u0002\r\n\r\n",
                        "GET / HTTP/1.1\r\nHost: x\r\nnocolon\r\n\r\n",
                        "GET / HTTP/1.1\r\nHost: " + "a".repeat(20_000) + "\r\n\r\n",
                        "POST /api/sync/trigger HTTP/1.1\r\n" + authorized(served.operator)
                                + "Transfer-Encoding: chunked\r\n\r\nx\nforged line\r\n\r\n")) {
                    assertTrue(statuses(sent("127.0.0.1", request)).getFirst() < 500, request);
                }
            } finally {
                root.removeHandler(handler);
            }
            List<LogRecord> loud = logged.stream()
                    .filter(entry -> entry.getLevel().intValue() >= java.util.logging.Level.WARNING.intValue())
                    .toList();
            assertEquals(List.of(), loud.stream().map(LogRecord::getMessage).collect(Collectors.toList()));
        }
    }

    @Nested
    class Bodies {
        @Test
        void aRefusedRequestIsAnsweredBeforeItsBodyAndClosed() throws IOException {
            for (String head : List.of(
                    "POST /api/sync/trigger HTTP/1.1\r\nHost: x\r\n",
                    "POST /api/admin/users HTTP/1.1\r\n" + authorized(served.analyst),
                    "POST /nope HTTP/1.1\r\nHost: x\r\n")) {
                Socket socket = sent("127.0.0.1", head + "Content-Length: 1000\r\n\r\n");
                Reply reply = Wire.read(socket.getInputStream(), false);
                assertTrue(reply.status() >= 401 && reply.status() <= 404, reply.text());
                assertEquals("close", reply.header("connection"));
                assertTrue(ended(socket));
            }
        }

        @Test
        void aNameThatComesTwiceIs400() throws IOException {
            String body = "{\"id\": \"eve\", \"groups\": [], \"id\": \"mallory\"}";
            Problems.check(served.post(served.admin, "/api/admin/users", body), 400, "request_malformed");
            Problems.check(
                    served.post(served.admin, "/api/admin/users", "{\"a\": [{\"b\": 1, \"\\u0062\": 2}]}"),
                    400,
                    "request_malformed");
        }

        @Test
        void aListHasABoundThatTheAnswerNames() throws IOException {
            String names =
                    IntStream.range(0, 101).mapToObj(i -> "\"g" + i + "\"").collect(Collectors.joining(","));
            Reply reply =
                    served.post(served.admin, "/api/admin/users", "{\"id\": \"eve\", \"groups\": [" + names + "]}");
            Problems.check(reply, 422, "validation_failed");
            assertTrue(reply.text().contains("100"), reply.text());
            Reply most = served.post(
                    served.admin,
                    "/api/admin/users",
                    "{\"id\": \"eve\", \"groups\": [" + names.substring(0, names.lastIndexOf(',')) + "]}");
            assertEquals(201, most.status(), most.text());
            String values = Stream.generate(() -> "0").limit(30_000).collect(Collectors.joining(","));
            Reply many = served.post(served.operator, "/api/sync/trigger", "[" + values + "]");
            Problems.check(many, 422, "validation_failed");
            assertTrue(many.text().contains("20000"), many.text());
        }

        @Test
        void oneUserSendsNoMoreAtOnceThanTheirPart() throws IOException {
            String token = served.operator;
            String head = "POST /api/sync/trigger HTTP/1.1\r\n" + authorized(token) + "Content-Length: 1000000\r\n\r\n";
            Socket first = sent("127.0.0.1", head + " ".repeat(900_000));
            // The later one of the two is refused.
            Reply reply = until(429, () -> {
                Reply second = served.post(token, "/api/sync/trigger", " ".repeat(200_000) + "[]");
                return first.getInputStream().available() > 0 ? Wire.read(first.getInputStream(), false) : second;
            });
            Problems.check(reply, 429, "too_many_requests");
            assertEquals("5", reply.header("retry-after"));
            assertEquals(
                    200, served.post(served.admin, "/api/sync/trigger", "[]").status());
        }
    }

    @Nested
    class Deadlines {
        @ParameterizedTest
        @ValueSource(strings = {"", "GET /health/live HTTP/1.1\r\nHost: x\r\nA: "})
        void aHeadHasTenSeconds(String begun) throws IOException {
            Socket socket = sent("127.0.0.1", begun);
            // Moves the time until the server has received the bytes.
            endsAsTimePasses(socket);
        }

        private void endsAsTimePasses(Socket socket) throws IOException {
            for (int look = 0; look < TRIES; look++) {
                if (endedWithin(socket, 300)) {
                    return;
                }
                served.time.advance(Duration.ofSeconds(11));
            }
            throw new AssertionError("never closed");
        }

        @Test
        void aBodyHasTenSecondsAndWhatItsRateAllows() throws IOException {
            Socket socket = sent(
                    "127.0.0.1",
                    "POST /api/sync/trigger HTTP/1.1\r\n" + authorized(served.operator)
                            + "Content-Length: 100000\r\n\r\n[");
            endsAsTimePasses(socket);
            assertEquals(200, served.get(served.operator, "/api/sync/status").status(), "and its slot is free again");
        }

        private boolean endedWithin(Socket socket, int millis) throws IOException {
            socket.setSoTimeout(millis);
            try {
                return ended(socket);
            } catch (java.net.SocketTimeoutException notYet) {
                return false;
            }
        }
    }

    @Nested
    class PlacesAndSlots {
        private void halfHeads(String from, int count) throws IOException {
            for (int i = 0; i < count; i++) {
                sent(from, "GET /health/live HTTP/1.1\r\nHost: x\r\nA: ");
            }
        }

        @Test
        void connectionsWithoutARequestMakeRoomForNewOnes() throws IOException {
            for (String from : List.of("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5")) {
                halfHeads(from, CONNECTIONS_PER_ADDRESS);
            }
            for (int i = 0; i < 2 * CONNECTIONS; i++) {
                assertEquals(200, served.wire.send("GET", "/health/live").status());
            }
        }

        @Test
        void oneAddressTakesThePlacesOfItsOwnOnly() throws IOException {
            Socket other = sent("127.0.0.3", "GET /health/live HTTP/1.1\r\nHost: x\r\nA: ");
            halfHeads("127.0.0.2", 3 * CONNECTIONS_PER_ADDRESS);
            // The listener accepts connections in order, so all earlier ones have their places now.
            assertEquals(200, served.wire.send("GET", "/health/live").status());
            other.getOutputStream().write("b\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals(200, Wire.read(other.getInputStream(), false).status());
        }

        @Test
        void halfBodiesLeaveSlotsForHealthAndForChecks() throws IOException {
            served.register("orders").grant("orders").publish("orders", "SELECT 1 AS n");
            List<Socket> bodies = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                bodies.add(sent(
                        "127.0.0." + (2 + i % 4),
                        "POST /api/sync/trigger HTTP/1.1\r\n" + authorized(served.operator)
                                + "Content-Length: 100\r\n\r\n["));
            }
            Reply refused = until(503, () -> served.get(served.operator, "/api/sync/status"));
            Problems.check(refused, 503, "overloaded");
            assertEquals("5", refused.header("retry-after"));
            assertEquals(200, served.wire.send("GET", "/health/live").status());
            assertEquals(204, served.get(served.analyst, Served.check("orders")).status());
            assertEquals(
                    200, served.get(served.analyst, Served.download("orders")).status());
        }

        @Test
        void oneUserHasTheirPartOfTheDownloads() throws IOException {
            served.register("large").grant("large").publish("large", LARGE);
            String get = "GET " + Served.download("large") + " HTTP/1.1\r\n";
            for (int i = 0; i < DOWNLOADS_PER_USER; i++) {
                Socket slow = sent("127.0.0.2", get + authorized(served.analyst) + "\r\n");
                assertEquals(200, Wire.status(Wire.line(slow.getInputStream())));
            }
            Reply more = served.get(served.analyst, Served.download("large"));
            Problems.check(more, 429, "too_many_downloads");
            assertEquals("30", more.header("retry-after"));
            String other = served.token("otto", Set.of("readers"), EnumSet.of(Scope.READ));
            assertEquals(200, served.get(other, Served.download("large")).status());
        }

        @Test
        void unreadAnswersShareBoundedMemory() throws IOException {
            String description = "d".repeat(4000);
            for (int i = 0; i < 60; i++) {
                Reply made = served.post(served.admin, "/api/admin/register-table", """
                        {"id": "t%d", "source_type": "keboola", "bucket": "in.c-crm", "source_table": "t%d",
                         "description": "%s"}""".formatted(i, i, description));
                assertEquals(201, made.status(), made.text());
            }
            Reply large = served.get(served.admin, "/api/admin/registry");
            assertTrue(large.text().strip().endsWith("}") && !large.json().isEmpty(), "whole, and JSON");
            int length = large.body().length;
            assertTrue(length > 200_000, "an answer of " + length + " bytes");
            // A client that only sends holds the memory of one answer, not of one for each request.
            String many = ("GET /api/admin/registry HTTP/1.1\r\n" + authorized(served.admin) + "\r\n").repeat(50);
            for (int i = 0; i < 20; i++) {
                sent("127.0.0.2", many);
            }
            assertEquals(200, served.wire.send("GET", "/health/live").status());
        }
    }
}
