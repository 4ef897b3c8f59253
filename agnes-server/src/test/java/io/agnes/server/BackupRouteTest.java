// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.TableId;
import io.agnes.server.access.Name;
import io.agnes.server.backup.Backups;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backups over HTTP. */
@Tag("slow")
@Timeout(300)
class BackupRouteTest {
    private static final String PATH = "/api/backup";
    private static final int BACKUPS = 50;
    private static final int LEAVERS = 100;
    private static final int SMALL_BUFFER = 4096;
    private static final int MAGIC_AT = 8;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    @TempDir
    private Path dir;

    private Served served;

    @BeforeEach
    void start() throws IOException {
        served = Served.over(dir.resolve("data"));
        served.register("orders").grant("orders");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private Reply backup(String... headers) throws IOException {
        served.time.advance(Backups.BETWEEN);
        return served.get(served.admin, PATH, headers);
    }

    private Path saved(Reply reply) throws IOException {
        Path file = Files.createTempFile(dir, "backup", ".duckdb");
        Files.write(file, reply.body());
        return file;
    }

    private static long ask(Path file, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            assertTrue(result.next());
            return result.getLong(1);
        }
    }

    /** Everything but what a connection to the registry has spilled. */
    private void assertNothingStaged() throws IOException {
        assertEquals(List.of(), ScratchFiles.of(served.data));
    }

    @Test
    void aBackupIsOneFileWithItsLengthAndDigest() throws Exception {
        served.publish("orders", "SELECT 1 AS n");
        Reply reply = backup();
        assertEquals(200, reply.status(), reply.text());
        assertEquals("application/octet-stream", reply.header("content-type"));
        assertEquals("nosniff", reply.header("x-content-type-options"));
        assertEquals("no-store", reply.header("cache-control"));
        assertEquals(String.valueOf(reply.body().length), reply.header("content-length"));
        assertEquals(
                "attachment; filename=\"agnes-backup-" + served.time.now().getEpochSecond() + ".duckdb\"",
                reply.header("content-disposition"));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(reply.body());
        assertEquals("sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":", reply.header("repr-digest"));
        assertEquals("DUCK", new String(reply.body(), MAGIC_AT, 4, StandardCharsets.US_ASCII));
        Path file = saved(reply);
        assertEquals(1, ask(file, "SELECT count(*) FROM table_version WHERE table_id = 'orders'"));
        assertEquals(1, ask(file, "SELECT row_count FROM backup_manifest WHERE table_name = 'table_version'"));
        assertNothingStaged();
    }

    @Test
    void anyDuckDbFrom10OnOpensABackup() throws Exception {
        byte[] body = backup().body();
        assertEquals(64, body[MAGIC_AT + 4], "the storage version of DuckDB 1.0");
    }

    @Test
    void aMinuteLiesBetweenTwoBackups() throws IOException {
        assertEquals(200, backup().status());
        served.time.advance(Duration.ofMillis(100));
        Reply soon = served.get(served.admin, PATH);
        assertEquals(429, soon.status());
        assertEquals("too_many_backups", soon.json().getString("code"));
        assertEquals("60", soon.header("retry-after"));
        served.time.advance(Duration.ofMillis(59_900));
        assertEquals(200, served.get(served.admin, PATH).status());
    }

    @Test
    void oneBackupIsSentAtATime() throws IOException {
        fillRegistry();
        // The headers are there, and the rest waits for its reader.
        try (Socket slow = begun()) {
            assertTrue(slow.isConnected());
            Reply second = backup();
            assertEquals(409, second.status());
            assertEquals("backup_running", second.json().getString("code"));
            assertTrue(Integer.parseInt(second.header("retry-after")) > 0);
            assertNothingStaged();
        }
        awaitNextBackup();
    }

    @Test
    void readersThatLeaveAtAnyByteLeaveNothing() throws IOException {
        fillRegistry();
        Random random = new Random(13);
        int length = backup().body().length;
        for (int reader = 0; reader < LEAVERS; reader++) {
            try (Socket socket = begun()) {
                socket.getInputStream().readNBytes(random.nextInt(length));
            }
            assertNothingStaged();
        }
        awaitNextBackup();
        assertNothingStaged();
    }

    @Test
    void aServerThatStopsLeavesNothing() throws IOException {
        fillRegistry();
        try (Socket slow = begun()) {
            served.close();
            assertTrue(slow.isConnected());
            assertNothingStaged();
        }
    }

    @Test
    void backupsUnderWritesShowOneMoment() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> work = new ArrayList<>();
            for (int writer = 0; writer < 2; writer++) {
                String name = "w" + writer;
                work.add(writers.submit(() -> write(name, enough)));
            }
            try {
                long before = 0;
                for (int taken = 0; taken < BACKUPS; taken++) {
                    Reply reply = backup();
                    assertEquals(200, reply.status(), reply.text());
                    long users = assertOneMoment(saved(reply));
                    assertTrue(users >= before, users + " users after " + before);
                    before = users;
                }
            } finally {
                enough.set(true);
            }
            for (Future<Integer> writer : work) {
                assertNotEquals(0, writer.get());
            }
        }
        assertNothingStaged();
    }

    /** Each user is added with a group and a membership in one transaction. */
    private int write(String name, AtomicBoolean enough) {
        int written = 0;
        for (; !enough.get(); written++) {
            Name user = new Name(name + "-" + written);
            served.server.access().putUser(user, Set.of(user), user, served.time.now());
        }
        return written;
    }

    private static long assertOneMoment(Path file) throws Exception {
        String mine = " LIKE 'w%-%'";
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (SELECT count(*) FROM app_user WHERE id" + mine
                        + "), (SELECT count(*) FROM user_group WHERE id" + mine
                        + "), (SELECT count(*) FROM group_member WHERE user_id" + mine
                        + "), (SELECT count(*) FROM app_user),"
                        + " (SELECT row_count FROM backup_manifest WHERE table_name = 'app_user')")) {
            assertTrue(row.next());
            assertEquals(row.getLong(1), row.getLong(2));
            assertEquals(row.getLong(1), row.getLong(3));
            assertEquals(row.getLong(4), row.getLong(5));
            return row.getLong(1);
        } finally {
            Files.delete(file);
        }
    }

    /** Makes a backup larger than what the buffers of two sockets take. */
    private void fillRegistry() {
        Random random = new Random(7);
        for (int user = 0; user < 40; user++) {
            Name name = new Name("u" + user);
            List<Name> groups = new ArrayList<>();
            for (int group = 0; group < 400; group++) {
                groups.add(new Name(Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong())));
            }
            served.server.access().putUser(name, Set.copyOf(groups), name, served.time.now());
        }
        served.server.access().grant(new Name("readers"), new TableId("orders"), new Name("ada"), served.time.now());
    }

    private Socket ask() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.connect(new InetSocketAddress(
                served.server.address().getHost(), served.server.address().getPort()));
        socket.getOutputStream()
                .write(("GET " + PATH + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + served.admin + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** A backup whose first line has come, as soon as the one before has ended. */
    private Socket begun() throws IOException {
        long began = System.nanoTime();
        while (System.nanoTime() - began < PATIENCE_NANOS) {
            served.time.advance(Backups.BETWEEN);
            Socket socket = ask();
            if (Wire.status(Wire.line(socket.getInputStream())) == 200) {
                return socket;
            }
            socket.close();
        }
        throw new AssertionError("no backup begins");
    }

    private void awaitNextBackup() throws IOException {
        long began = System.nanoTime();
        int status = 0;
        while (status != 200 && System.nanoTime() - began < PATIENCE_NANOS) {
            status = backup().status();
        }
        assertEquals(200, status);
    }
}
