// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.server.Reply;
import io.agnes.server.ScratchFiles;
import io.agnes.server.Wire;
import io.agnes.testkit.FakeKeboola;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A data directory on a disk of 96 MB, in the server's own mount namespace. The test fills and empties the disk. */
@EnabledOnOs(OS.LINUX)
@Tag("process")
@Timeout(180)
class DiskFullTest {
    private static final String BIG = "in.c-demo.big";
    private static final int CHANGES = 50;

    @TempDir
    private Path directory;

    private FakeKeboola keboola;
    private AgnesProcess server;
    private ServerClient client;
    private Wire wire;
    private String token;

    /**
     * The data directory in the server's mount namespace; outside of it the directory is on another file system or
     * absent.
     */
    private Path data;

    @BeforeEach
    void start() throws Exception {
        keboola = FakeKeboola.builder().jobPolls(0).start();
        seed(BIG, 1_000_000);
        seed("in.c-demo.small", 10);
        Path mount = Files.createDirectories(directory.resolve("disk"));
        Path scratch = Files.createDirectories(directory.resolve("scratch"));
        server = AgnesProcess.startUnder(
                List.of(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=96m tmpfs '" + mount + "' && exec \"$@\"",
                        "sh"),
                scratch,
                Map.of(
                        "KEBOOLA_STACK_URL", keboola.stackUrl().toString(),
                        "KEBOOLA_STORAGE_TOKEN", keboola.token(),
                        "AGNES_KEBOOLA_STORAGE_ENDPOINT", keboola.stackUrl().toString(),
                        "AGNES_KEBOOLA_POLL_INTERVAL_SEC", "1"),
                "serve",
                "--data-dir",
                mount.resolve("data").toString(),
                "--port",
                "0");
        URI address = URI.create(server.line("agnes ").replaceFirst(".* serves on ", ""));
        token = Files.readString(Path.of("/proc/" + server.pid() + "/root" + server.firstTokenFile()))
                .strip();
        client = new ServerClient(address, Secret.of(token));
        wire = new Wire(address);
        data = Path.of("/proc/" + server.pid() + "/root" + mount.resolve("data"));
        for (String table : List.of("big", "small")) {
            client.post("/api/admin/register-table", registration(table, table, "{}"));
        }
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
        keboola.close();
    }

    /** Rows of 32 bytes that do not compress. */
    private void seed(String table, int rows) throws Exception {
        Path file = Files.createTempFile(directory, "seed", ".parquet");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute("COPY (SELECT " + column(1) + " AS a, " + column(3) + " AS b, " + column(7) + " AS c, "
                    + column(13) + " AS d FROM range(" + rows + ") r(i)) TO '" + file + "' (FORMAT parquet)");
        }
        keboola.table(table).fromParquet(file).touch();
    }

    private JsonObject sync(String table) throws InterruptedException {
        return new RemoteRun(client, Time.system())
                .complete(List.of(table))
                .getJsonObject("tables")
                .getJsonObject(table);
    }

    private static String column(int factor) {
        return "CAST(hash(i * " + factor + ") >> 1 AS BIGINT)";
    }

    private void assertPublished(String table) throws InterruptedException {
        JsonObject outcome = sync(table);
        assertEquals("published", outcome.getString("outcome"), outcome + server.errors());
    }

    /** Fills the disk; removing the returned file frees it. */
    private Path fill() throws IOException {
        Path filler = data.resolve("filler");
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] page = new byte[4096];
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            return filler;
        }
    }

    private String served(String table) throws IOException {
        Reply access = wire.send("GET", "/api/data/" + table + "/check-access", "Authorization: Bearer " + token);
        Path file = data.resolve(access.header("x-agnes-file"));
        Reply reply = wire.send("GET", "/api/data/" + table + "/download", "Authorization: Bearer " + token);
        assertEquals(200, reply.status());
        assertArrayEquals(Files.readAllBytes(file), reply.body());
        return reply.header("etag");
    }

    private void leavesNoScratch() throws IOException {
        assertEquals(
                List.of(),
                ScratchFiles.of(data).stream().filter(Files::isRegularFile).toList());
    }

    @Test
    void aBackupIsRefusedAndTheRegistryGoesOn() throws Exception {
        Path filler = fill();
        String key = "X-API-Key: " + token;
        Reply refused = wire.send("GET", "/api/backup", key);
        assertEquals(507, refused.status(), refused.text());
        assertEquals("disk_full", refused.json().getString("code"));
        leavesNoScratch();
        Files.delete(filler);
        Reply reply = wire.send("GET", "/api/backup", key);
        assertEquals(200, reply.status(), reply.text());
        leavesNoScratch();
    }

    @Test
    void tablesThatDoNotFitAreRefusedAndTheLastVersionStays() throws Exception {
        assertPublished("big");
        String before = served("big");
        client.post("/api/admin/register-table", registration("text", "big", "{\"fileType\":\"csv\"}"));
        JsonObject text = sync("text");
        assertEquals("failed", text.getString("outcome"), text.toString());
        assertEquals("limit", text.getString("kind"), text.toString());
        leavesNoScratch();
        seed(BIG, 2_200_000);
        JsonObject larger = sync("big");
        assertEquals("disk_full", larger.getString("code"), larger.toString());
        leavesNoScratch();
        assertEquals(before, served("big"));
        assertEquals(200, wire.send("GET", "/health/ready").status());
        seed(BIG, 1_000_001);
        assertPublished("big");
    }

    @Test
    void aFullDiskIsToldAndLivedThrough() throws Exception {
        assertPublished("big");
        String before = served("big");
        Path filler = fill();
        Reply ready = wire.send("GET", "/health/ready");
        assertEquals(503, ready.status());
        assertEquals("[\"disk_full\"]", ready.json().getJsonArray("reasons").toString());
        assertEquals(200, wire.send("GET", "/api/health").status());
        assertEquals(before, served("big"));
        List<String> acknowledged = new ArrayList<>();
        for (int i = 0; i < CHANGES; i++) {
            try {
                client.post("/api/admin/users", user("user" + i));
                acknowledged.add("user" + i);
            } catch (AgnesException refused) {
                assertEquals("registry_unavailable", refused.code(), refused.getMessage());
            }
        }
        assertTrue(acknowledged.size() < CHANGES, "a disk without a page takes no change");
        assertThrows(AgnesException.class, () -> sync("small"));
        Files.delete(filler);
        assertPublished("small");
        assertEquals(200, wire.send("GET", "/health/ready").status());
        assertEquals(before, served("big"));
        for (String user : acknowledged) {
            client.post(
                    "/api/admin/tokens",
                    Json.createObjectBuilder().add("user", user).build());
        }
        client.post("/api/admin/users", user("afterwards"));
        leavesNoScratch();
    }

    private static JsonObject user(String name) {
        return Json.createObjectBuilder().add("id", name).build();
    }

    private static JsonObject registration(String id, String sourceTable, String query) {
        return Json.createObjectBuilder()
                .add("id", id)
                .add("source_type", "keboola")
                .add("bucket", "in.c-demo")
                .add("source_table", sourceTable)
                .add("source_query", query)
                .build();
    }
}
