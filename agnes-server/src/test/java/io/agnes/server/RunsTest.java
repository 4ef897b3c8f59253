// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of runs and the events of a run. */
@Tag("slow")
class RunsTest {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    @TempDir
    private Path data;

    private Served served;

    @BeforeEach
    void start() throws IOException {
        served = Served.over(data).register("orders", "clients");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @Nested
    class Listing {
        private JsonObject page(String query) throws IOException {
            Reply reply = served.get(served.operator, "/api/sync/runs" + query);
            assertEquals(200, reply.status(), reply.text());
            return reply.json();
        }

        private static List<String> ids(JsonObject page) {
            return page.getJsonArray("runs").getValuesAs(JsonObject.class).stream()
                    .map(run -> run.getString("run_id"))
                    .toList();
        }

        @Test
        void pagesFollowEachOtherFromTheNewestOnAndEndThoughTimeStoodStill() throws IOException {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                all.add(served.sync("orders").getString("run_id"));
            }
            assertEquals(5, page("").getJsonArray("runs").size());
            assertTrue(page("").isNull("next_cursor"));
            List<String> paged = new ArrayList<>();
            String query = "?limit=2";
            for (int pages = 1; pages <= 3; pages++) {
                JsonObject page = page(query);
                paged.addAll(ids(page));
                assertEquals(pages == 3, page.isNull("next_cursor"));
                query = "?limit=2&cursor=" + page.getString("next_cursor", "");
            }
            assertEquals(ids(page("")), paged);
            assertTrue(paged.containsAll(all));
        }

        @Test
        void whatIsNoLimitOrCursorIsRefused() throws IOException {
            for (String query : List.of("?limit=0", "?limit=201", "?limit=x", "?limit=99999999999", "?cursor=../x")) {
                Problems.check(served.get(served.operator, "/api/sync/runs" + query), 422, "validation_failed");
            }
            assertEquals(List.of(), ids(page("?cursor=" + "0".repeat(16))), "of a run that is not known, nothing");
        }
    }

    @Nested
    class Events {
        private final CountDownLatch goOn = new CountDownLatch(1);

        /** A run in which the table clients ends at once, and the table orders when the test releases it. */
        private String halfway() throws IOException {
            served.source.does("orders", (table, marker, draft) -> {
                goOn.await();
                return ScriptedSource.copy("SELECT 1 AS n", draft.path(), null);
            });
            return served.started("null");
        }

        @Test
        void tablesAreToldAsTheyEndAndThenTheEnd() throws Exception {
            String run = halfway();
            try (Listener listener = new Listener(run)) {
                assertEquals("text/event-stream", listener.contentType);
                Map<String, String> first = listener.next("table");
                assertEquals("1", first.get("id"));
                assertEquals("clients", json(first).getString("table_id"));
                assertEquals("published", json(first).getString("outcome"));
                goOn.countDown();
                Map<String, String> second = listener.next("table");
                assertEquals("2", second.get("id"));
                assertEquals("orders", json(second).getString("table_id"));
                JsonObject end = json(listener.next("end"));
                assertEquals("succeeded", end.getString("status"));
                assertEquals(2, end.getJsonObject("tables").size());
                assertEquals("", listener.chunk(), "then the answer ends");
            }
        }

        @Test
        void progressIsToldWithItsPhase() throws Exception {
            String run = halfway();
            try (Listener listener = new Listener(run)) {
                JsonObject now = json(listener.next("progress"));
                while (now.containsKey("clients") || !now.containsKey("orders")) {
                    now = json(listener.next("progress"));
                }
                assertEquals("starting", now.getJsonObject("orders").getString("phase"));
                goOn.countDown();
            }
        }

        @Test
        void whoComesAgainIsToldTheRest() throws Exception {
            goOn.countDown();
            String run = halfway();
            served.ended(run);
            try (Listener listener = new Listener(run, "Last-Event-ID: 1")) {
                assertEquals("2", listener.next("table").get("id"));
                listener.next("end");
            }
            served.close();
            served = Served.over(data);
            try (Listener listener = new Listener(run, "Last-Event-ID: 2")) {
                assertEquals("end", listener.next().get("event"), "nothing is told twice, by no process");
            }
        }

        @Test
        void thereAreNoMoreListenersThanAllowedAndOneThatLeavesMakesRoom() throws Exception {
            String run = halfway();
            List<Listener> listeners = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                listeners.add(new Listener(run));
            }
            String events = "/api/sync/runs/" + run + "/events";
            Problems.check(served.get(served.operator, events), 429, "too_many_listeners");
            for (Listener listener : listeners) {
                assertEquals(200, listener.status);
                listener.close();
            }
            int status = 429;
            long began = System.nanoTime();
            while (status == 429 && System.nanoTime() - began < PATIENCE_NANOS) {
                try (Listener another = new Listener(run)) {
                    status = another.status;
                }
            }
            assertEquals(200, status);
            goOn.countDown();
        }

        @Test
        void closingTheServerLetsListenersGo() throws Exception {
            String run = halfway();
            try (Listener listener = new Listener(run)) {
                listener.next("table");
                served.close();
                String last = listener.chunk();
                while (!last.isEmpty()) {
                    last = listener.chunk();
                }
            }
        }
    }

    private static JsonObject json(Map<String, String> event) {
        try (JsonReader reader = Json.createReader(new StringReader(event.get("data")))) {
            return reader.readObject();
        }
    }

    private final class Listener implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;
        private final Deque<String> chunks = new ArrayDeque<>();
        final int status;
        final String contentType;

        Listener(String run, String... headers) throws IOException {
            socket = served.wire.connect();
            StringBuilder request = new StringBuilder("GET /api/sync/runs/" + run + "/events HTTP/1.1\r\nHost: x\r\n"
                    + "Authorization: Bearer " + served.operator + "\r\n");
            for (String header : headers) {
                request.append(header).append("\r\n");
            }
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
            in = new BufferedInputStream(socket.getInputStream());
            status = Wire.status(Wire.line(in));
            contentType =
                    Wire.headers(in).getOrDefault("content-type", List.of("")).getFirst();
        }

        /** Reads one chunk of the answer; the last is empty. */
        String chunk() throws IOException {
            int length = Integer.parseInt(Wire.line(in), 16);
            String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            Wire.line(in);
            return text;
        }

        Map<String, String> next(String event) throws IOException {
            while (true) {
                Map<String, String> next = next();
                if (event.equals(next.get("event"))) {
                    return next;
                }
            }
        }

        Map<String, String> next() throws IOException {
            while (chunks.isEmpty()) {
                String chunk = chunk();
                assertTrue(chunk.endsWith("\n\n"), "an event comes whole: " + chunk);
                chunks.addAll(List.of(chunk.split("\n\n")));
            }
            Map<String, String> fields = new HashMap<>();
            for (String line : chunks.remove().split("\n")) {
                int colon = line.indexOf(": ");
                if (colon > 0) {
                    fields.put(line.substring(0, colon), line.substring(colon + 2));
                }
            }
            return fields;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
