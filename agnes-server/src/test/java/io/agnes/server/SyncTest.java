// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static io.agnes.server.Served.check;
import static io.agnes.server.Served.download;
import static io.agnes.server.Served.outcome;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.file.FileDigests;
import io.agnes.core.sync.SyncConfig;
import io.agnes.core.sync.TableSource;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine and the publisher as the server connects them, with a scripted source. */
@Tag("slow")
class SyncTest {
    private static final int CALLERS = 200;
    private static final int ROUNDS = 50;

    @TempDir
    private Path data;

    private Served served;

    @BeforeEach
    void start() throws IOException {
        served = Served.over(data);
        served.register("orders").grant("orders");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private Path current() throws IOException {
        return data.resolve(served.get(served.analyst, check("orders")).header("x-agnes-file"));
    }

    private Path plain() {
        return data.resolve("extracts/keboola/data/orders.parquet");
    }

    /** The plain name is a separate file, so writing to it changes no version. */
    private void assertPlain(Path version) throws IOException {
        assertArrayEquals(Files.readAllBytes(version), Files.readAllBytes(plain()));
        assertFalse(Files.isSameFile(plain(), version));
    }

    private JsonObject failure(JsonObject run) {
        assertEquals("failed", run.getString("status"), run.toString());
        return run.getJsonObject("tables").getJsonObject("orders");
    }

    private void leavesNothing() throws IOException {
        assertEquals(List.of(), ScratchFiles.of(data));
    }

    @Test
    void ofManyTriggersAtOnceExactlyOneStarts() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                sockets.add(served.wire.connect());
            }
            for (int round = 1; round <= ROUNDS; round++) {
                oneOfManyStarts(callers, sockets);
                assertEquals(round, served.source.fetches());
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        assertEquals(
                ROUNDS,
                served.get(served.operator, "/api/sync/runs?limit=200")
                        .json()
                        .getJsonArray("runs")
                        .size());
    }

    private void oneOfManyStarts(ExecutorService callers, List<Socket> sockets) throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        served.source.does("orders", (table, marker, draft) -> {
            goOn.await();
            return ScriptedSource.copy("SELECT 1 AS n", draft.path(), null);
        });
        CountDownLatch together = new CountDownLatch(1);
        Set<String> runs = new HashSet<>();
        int started = 0;
        try {
            List<Future<Reply>> replies = new ArrayList<>();
            for (Socket socket : sockets) {
                Callable<Reply> trigger = () -> {
                    together.await();
                    return trigger(socket);
                };
                replies.add(callers.submit(trigger));
            }
            together.countDown();
            for (Future<Reply> reply : replies) {
                if (reply.get().status() == 200) {
                    started++;
                } else {
                    Problems.check(reply.get(), 409, "sync_already_in_progress");
                }
                runs.add(reply.get().json().getString("run_id"));
            }
        } finally {
            goOn.countDown();
        }
        assertEquals(1, started);
        assertEquals(1, runs.size(), "all name the one that started");
        assertEquals("succeeded", served.ended(runs.iterator().next()).getString("status"));
    }

    private Reply trigger(Socket socket) throws IOException {
        String request = "POST /api/sync/trigger HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nAuthorization: Bearer "
                + served.operator + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        return Wire.read(socket.getInputStream(), false);
    }

    @Nested
    class Outcomes {
        @Test
        void aFetchedTableIsPublishedAsTheFileOfTheCurrentVersion() throws IOException {
            served.source.holds("orders", "SELECT range AS n FROM range(7)");
            JsonObject run = served.sync("orders");
            assertEquals("succeeded", run.getString("status"));
            assertEquals(7, run.getJsonObject("tables").getJsonObject("orders").getInt("rows"));
            assertPlain(current());
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(current())));
            assertArrayEquals(
                    Files.readAllBytes(current()),
                    served.get(served.analyst, download("orders")).body());
            leavesNothing();
        }

        @Test
        void theSameContentAgainIsUnchangedAndNoNewVersion() throws IOException {
            served.publish("orders", "SELECT 1 AS n");
            Path first = current();
            assertEquals("unchanged", outcome(served.sync("orders"), "orders"));
            assertEquals(first, current());
        }

        @Test
        void aSourceThatStillShowsTheMarkerIsUnchangedAndNotRead() throws IOException {
            served.source.holds("orders", "SELECT 1 AS n", "import-1");
            assertEquals("published", outcome(served.sync("orders"), "orders"));
            assertEquals("unchanged", outcome(served.sync("orders"), "orders"));
            served.source.holds("orders", "SELECT 2 AS n", "import-2");
            assertEquals("published", outcome(served.sync("orders"), "orders"));
        }

        @Test
        void anEmptyTableDoesNotReplaceOneWithRows() throws IOException {
            served.publish("orders", "SELECT 1 AS n");
            Path first = current();
            served.source.holds("orders", "SELECT 1 AS n WHERE false");
            JsonObject run = served.sync("orders");
            assertEquals("succeeded", run.getString("status"));
            assertEquals("refused_empty", outcome(run, "orders"));
            assertEquals(1, run.getJsonObject("tables").getJsonObject("orders").getInt("previous_rows"));
            assertEquals(first, current());
            leavesNothing();
        }

        @Test
        void anEmptyTableMayBeTheFirstVersion() throws IOException {
            served.source.holds("orders", "SELECT 1 AS n WHERE false");
            assertEquals("published", outcome(served.sync("orders"), "orders"));
            JsonObject table = served.get(served.analyst, "/api/sync/manifest")
                    .json()
                    .getJsonObject("tables")
                    .getJsonObject("orders");
            assertEquals(0, table.getInt("rows"));
            assertEquals(1, table.getJsonArray("columns").size());
        }

        @Test
        void oneTableThatFailsStopsNoOtherAndIsNotToldWithPaths() throws IOException {
            served.register("good");
            served.source.does("orders", (table, marker, draft) -> {
                throw new java.nio.file.FileSystemException(draft.path().toString(), null, "No space left on device");
            });
            JsonObject run = served.sync();
            assertEquals("partial", run.getString("status"), run.toString());
            JsonObject failed = run.getJsonObject("tables").getJsonObject("orders");
            assertEquals("disk_error", failed.getString("code"));
            assertEquals("table orders: No space left on device", failed.getString("message"));
            assertEquals("published", outcome(run, "good"));
        }

        @Test
        void aBugOfASourceIsAnInternalErrorWithoutItsText() throws IOException {
            served.source.does("orders", (table, marker, draft) -> {
                throw new IllegalStateException("secret token");
            });
            JsonObject failed = failure(served.sync("orders"));
            assertEquals("internal_error", failed.getString("code"));
            assertFalse(failed.toString().contains("secret"));
        }

        @Test
        void aFailureOfTheSourceKeepsItsKindAndCode() throws IOException {
            served.source.does("orders", (table, marker, draft) -> {
                throw new Refused();
            });
            JsonObject run = served.sync("orders");
            assertEquals("failed", run.getString("status"));
            JsonObject failed = run.getJsonObject("tables").getJsonObject("orders");
            assertEquals("failed", failed.getString("outcome"));
            assertEquals("source_final", failed.getString("kind"));
            assertEquals("refused", failed.getString("code"));
        }
    }

    private static final class Refused extends AgnesException {
        private static final long serialVersionUID = 1L;

        Refused() {
            super(Kind.SOURCE_FINAL, "refused", "the source refuses", null);
        }
    }

    /** If a source delivers a bad draft, the version before it is still served. */
    @Nested
    class BadDrafts {
        private byte[] before;

        @BeforeEach
        void publish() throws IOException {
            served.publish("orders", "SELECT 'before' AS t");
            before = Files.readAllBytes(current());
        }

        private void rejected(ScriptedSource.Script script) throws IOException {
            served.source.does("orders", script);
            assertEquals("draft_rejected", failure(served.sync("orders")).getString("code"));
            assertArrayEquals(
                    before, served.get(served.analyst, download("orders")).body());
            leavesNothing();
        }

        @Test
        void whatIsNotParquetIsRejected() throws IOException {
            rejected((table, marker, draft) -> {
                Files.writeString(draft.path(), "id,name\n1,x\n");
                return new TableSource.Fetched.Table(1, FileDigests.of(draft.path()), null);
            });
        }

        @Test
        void anEmptyFileIsRejected() throws IOException {
            rejected((table, marker, draft) -> {
                Files.createFile(draft.path());
                return new TableSource.Fetched.Table(0, FileDigests.of(draft.path()), null);
            });
        }

        @Test
        void aFileThatWasCutIsRejected() throws IOException {
            rejected((table, marker, draft) -> {
                ScriptedSource.copy("SELECT range AS n FROM range(1000)", draft.path(), null);
                byte[] whole = Files.readAllBytes(draft.path());
                Files.write(draft.path(), java.util.Arrays.copyOf(whole, whole.length - 1));
                return new TableSource.Fetched.Table(1000, FileDigests.of(draft.path()), null);
            });
        }

        @Test
        void anotherCountOfRowsIsRejected() throws IOException {
            rejected((table, marker, draft) -> {
                TableSource.Fetched.Table copied =
                        ScriptedSource.copy("SELECT range AS n FROM range(10)", draft.path(), null);
                return new TableSource.Fetched.Table(11, copied.digests(), null);
            });
        }

        @Test
        void aFileThatGrewAfterItsDigestIsRejected() throws IOException {
            rejected((table, marker, draft) -> {
                TableSource.Fetched.Table copied = ScriptedSource.copy("SELECT 1 AS n", draft.path(), null);
                Files.write(draft.path(), new byte[] {0}, java.nio.file.StandardOpenOption.APPEND);
                return copied;
            });
        }
    }

    @Nested
    class Versions {
        @Test
        void theTimeOfTheFileRisesByASecondAtLeastThoughTheClockStandsStill() throws IOException {
            List<Instant> times = new ArrayList<>();
            for (int version = 1; version <= 3; version++) {
                served.publish("orders", "SELECT " + version + " AS n");
                times.add(Files.getLastModifiedTime(current()).toInstant());
                assertTrue(current().getFileName().toString().startsWith(version + "-"));
                assertPlain(current());
            }
            Instant first = Instant.parse("2026-03-04T05:06:07Z");
            assertEquals(List.of(first, first.plusSeconds(1), first.plusSeconds(2)), times);
        }

        @Test
        void theTimeRisesThoughTheClockGoesBack() throws IOException {
            served.publish("orders", "SELECT 1 AS n");
            Instant first = Files.getLastModifiedTime(current()).toInstant();
            served.time.advance(Duration.ofDays(-1));
            served.publish("orders", "SELECT 2 AS n");
            assertEquals(
                    first.plusSeconds(1), Files.getLastModifiedTime(current()).toInstant());
        }

        @Test
        void aPlainNameThatWasLostComesBackWithTheNextRun() throws IOException {
            served.publish("orders", "SELECT 1 AS n");
            Files.delete(plain());
            assertEquals("unchanged", outcome(served.sync("orders"), "orders"));
            assertPlain(current());
        }
    }

    @Nested
    class Ending {
        @Test
        void aRunThatIsCancelledEndsItsWorkAndKeepsTheVersion() throws Exception {
            served.publish("orders", "SELECT 1 AS n");
            Path first = current();
            CountDownLatch working = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            served.source.does("orders", (table, marker, draft) -> {
                Files.write(draft.path(), new byte[1000]);
                working.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
                return new TableSource.Fetched.Unchanged();
            });
            String run = served.started("[\"orders\"]");
            working.await();
            assertEquals(
                    204,
                    served.as(served.operator, "DELETE", "/api/sync/runs/" + run, null)
                            .status());
            interrupted.await();
            assertEquals("cancelled", served.ended(run).getString("status"));
            assertEquals(
                    "{\"locked\":false}\n",
                    served.get(served.operator, "/api/sync/status").text());
            assertEquals(first, current());
            leavesNothing();
            assertEquals(
                    204,
                    served.as(served.operator, "DELETE", "/api/sync/runs/" + run, null)
                            .status());
        }

        @Test
        void closingTheServerEndsTheRunAndStoresThat() throws Exception {
            CountDownLatch working = new CountDownLatch(1);
            served.source.does("orders", (table, marker, draft) -> {
                working.countDown();
                new CountDownLatch(1).await();
                return new TableSource.Fetched.Unchanged();
            });
            String run = served.started("[\"orders\"]");
            working.await();
            served.close();
            served = Served.over(data);
            assertEquals("cancelled", served.ended(run).getString("status"));
        }
    }

    @Test
    void aTableThatTakesTooLongIsEndedAndTheRunGoesOn(@TempDir Path other) throws IOException {
        try (Served hurried = Served.over(other, new SyncConfig(1, Duration.ofSeconds(2), Duration.ofDays(1)))) {
            hurried.register("endless", "quick");
            hurried.source.does("endless", (table, marker, draft) -> {
                Files.write(draft.path(), new byte[10]);
                new CountDownLatch(1).await();
                return new TableSource.Fetched.Unchanged();
            });
            JsonObject run = hurried.sync();
            assertEquals("failed", outcome(run, "endless"));
            assertEquals(
                    "table_deadline",
                    run.getJsonObject("tables").getJsonObject("endless").getString("code"));
            assertEquals("published", outcome(run, "quick"));
            assertEquals(List.of(), ScratchFiles.of(other));
        }
    }

    @Nested
    class AfterACrash {
        @Test
        void whatNothingRefersToIsSweptAndWhatIsServedStays() throws Exception {
            served.publish("orders", "SELECT 1 AS n");
            served.publish("orders", "SELECT 2 AS n");
            Path second = current();
            byte[] bytes = Files.readAllBytes(second);
            served.close();
            Path folder = second.getParent();
            Path lost = Files.write(folder.resolve("3-0123456789ab.parquet"), bytes);
            Files.setLastModifiedTime(lost, FileTime.from(Served.START.plusSeconds(2)));
            Path newer = Files.write(folder.resolve("4-0123456789ab.parquet"), bytes);
            Path link = Files.write(plain().resolveSibling(".orders.parquet.copy"), bytes);
            runsAreAtWork();
            Path draft = Files.createDirectories(ScratchFiles.folder(data).resolve("draft-9"));
            Files.write(draft.resolve("orders.parquet"), bytes);
            served = Served.over(data);
            assertFalse(Files.exists(lost));
            assertTrue(Files.exists(newer), "two ahead of the registry, it is not of a run that was cut off");
            assertFalse(Files.exists(link));
            assertPlain(second);
            leavesNothing();
            assertArrayEquals(
                    bytes, served.get(served.analyst, download("orders")).body());
            served.publish("orders", "SELECT 3 AS n");
            assertTrue(current().getFileName().toString().startsWith("3-"));
        }

        private void runsAreAtWork() throws Exception {
            try (Connection registry = DriverManager.getConnection("jdbc:duckdb:" + data.resolve("registry.duckdb"));
                    Statement statement = registry.createStatement()) {
                statement.execute("UPDATE sync_run SET status = 'running', finished_at = NULL");
            }
        }

        @Test
        void aRunThatWasAtWorkIsMarkedInterruptedAndAnotherMayStart() throws Exception {
            String run = served.started("[\"orders\"]");
            served.ended(run);
            served.close();
            runsAreAtWork();
            served = Served.over(data);
            JsonObject found = served.ended(run);
            assertEquals("interrupted", found.getString("status"));
            assertEquals(Served.START.toString(), found.getString("finished_at"));
            assertNotEquals(run, served.started("[\"orders\"]"));
        }
    }

    @Test
    void aSecondServerOverTheDirectoryIsRefused() {
        AgnesException held = assertThrows(AgnesException.class, () -> Served.over(data));
        assertEquals("directory_held", held.code());
        assertTrue(
                held.getMessage().contains("process " + ProcessHandle.current().pid()), held.getMessage());
    }

    @Test
    void everythingIsStillThereAfterARestart() throws IOException {
        served.publish("orders", "SELECT range AS n FROM range(5)");
        String token = served.analyst;
        String manifest = served.get(token, "/api/sync/manifest").header("etag");
        JsonObject runs = served.get(served.operator, "/api/sync/runs").json();
        served.close();
        served = Served.over(data);
        assertEquals(manifest, served.get(token, "/api/sync/manifest").header("etag"));
        assertEquals(200, served.get(token, download("orders")).status());
        assertEquals(runs, served.get(served.operator, "/api/sync/runs").json());
    }
}
