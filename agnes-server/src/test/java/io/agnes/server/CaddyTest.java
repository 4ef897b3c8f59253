// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static io.agnes.server.Served.download;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.agnes.server.backup.Backups;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped Caddyfile, run by Debian's Caddy in front of a server. */
@Tag("process")
class CaddyTest {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();

    @TempDir
    private static Path dir;

    private static Served served;
    private static Process caddy;
    private static Wire wire;
    private static Path data;
    private static byte[] file;

    @BeforeAll
    static void start() throws IOException {
        data = dir.resolve("data");
        served = Served.over(data);
        served.register("orders", "secret", "late", "moved")
                .grant("orders")
                .grant("late")
                .grant("moved");
        served.publish("orders", "SELECT range AS n, 'x' AS t FROM range(100000)");
        served.publish("secret", "SELECT 42 AS n");
        served.publish("moved", "SELECT 1 AS n");
        file = Files.readAllBytes(data.resolve(fileOf("orders")));
        int port = freePort();
        caddy = caddy(port);
        wire = new Wire(URI.create("http://127.0.0.1:" + port));
        awaitListening(port);
    }

    private static Process caddy(int port) throws IOException {
        Path config = Path.of(System.getProperty("agnes.project.dir")).resolve("Caddyfile");
        ProcessBuilder process = new ProcessBuilder(
                        "caddy", "run", "--config", config.toString(), "--adapter", "caddyfile")
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("caddy.log").toFile());
        process.environment().put("AGNES_ADDRESS", "http://127.0.0.1:" + port);
        process.environment().put("AGNES_UPSTREAM", served.server.address().getAuthority());
        process.environment().put("DATA_DIR", data.toString());
        process.environment().put("XDG_DATA_HOME", dir.toString());
        process.environment().put("XDG_CONFIG_HOME", dir.toString());
        try {
            return process.start();
        } catch (IOException e) {
            return fail("no caddy on the path; ./agnes test installs what the tests need", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitListening(int port) throws IOException {
        long began = System.nanoTime();
        while (System.nanoTime() - began < PATIENCE_NANOS && caddy.isAlive()) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                assertTrue(socket.isConnected());
                return;
            } catch (IOException notYet) {
                Thread.onSpinWait();
            }
        }
        fail("caddy does not listen: " + Files.readString(dir.resolve("caddy.log")));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (caddy != null) {
            caddy.destroy();
            caddy.waitFor();
        }
        served.close();
    }

    private static String fileOf(String table) throws IOException {
        return served.get(served.admin, Served.check(table)).header("x-agnes-file");
    }

    private static Reply through(String method, String target, String... headers) throws IOException {
        return as(served.analyst, method, target, headers);
    }

    private static Reply as(String token, String method, String target, String... headers) throws IOException {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Authorization: Bearer " + token;
        return wire.send(method, target, all);
    }

    /**
     * Whether Caddy sent the file from the disk. These answers have Caddy's headers, proxied answers have the
     * application's.
     */
    private static boolean fromDisk(Reply reply) {
        return !reply.has("x-request-id");
    }

    @Test
    void aDownloadComesFromTheDiskAsTheApplicationWouldSendIt() throws IOException {
        Reply reply = through("GET", download("orders"));
        Reply direct = served.get(served.analyst, download("orders"));
        assertEquals(200, reply.status());
        assertTrue(fromDisk(reply), "from the disk");
        assertArrayEquals(file, reply.body());
        for (String header : List.of(
                "content-type",
                "content-length",
                "content-disposition",
                "etag",
                "last-modified",
                "accept-ranges",
                "cache-control",
                "x-content-type-options",
                "content-security-policy",
                "referrer-policy")) {
            assertEquals(direct.header(header), reply.header(header), header);
        }
        assertFalse(reply.has("server"));
        assertFalse(reply.has("x-agnes-file"));
        assertFalse(reply.has("content-encoding"));
    }

    @Test
    void headIsTheSameWithoutTheBody() throws IOException {
        Reply reply = through("HEAD", download("orders"));
        assertEquals(200, reply.status());
        assertTrue(fromDisk(reply));
        assertEquals(String.valueOf(file.length), reply.header("content-length"));
        assertEquals(served.head(served.analyst, download("orders")).header("etag"), reply.header("etag"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bytes=0-9", "bytes=1000-1999", "bytes=-8", "bytes=-99999999", "bytes=5-", "bytes=10-99999999"})
    void rangesAreThoseOfTheApplication(String range) throws IOException {
        Reply reply = through("GET", download("orders"), "Range: " + range);
        Reply direct = served.get(served.analyst, download("orders"), "Range: " + range);
        assertTrue(fromDisk(reply));
        assertAll(
                () -> assertEquals(206, reply.status()),
                () -> assertEquals(direct.header("content-range"), reply.header("content-range")),
                () -> assertEquals(direct.header("etag"), reply.header("etag")),
                () -> assertArrayEquals(direct.body(), reply.body()));
        Reply head = through("HEAD", download("orders"), "Range: " + range);
        assertEquals(206, head.status());
        assertEquals(direct.header("content-length"), head.header("content-length"));
    }

    @Test
    void aRangePastTheEndIsRefusedWithTheLength() throws IOException {
        Reply reply = through("GET", download("orders"), "Range: bytes=" + file.length + "-");
        assertEquals(416, reply.status());
        assertEquals("bytes */" + file.length, reply.header("content-range"));
    }

    @Test
    void conditionsAreJudgedByTheApplicationsTags() throws IOException {
        String etag = through("HEAD", download("orders")).header("etag");
        assertEquals(
                304,
                through("GET", download("orders"), "If-None-Match: " + etag).status());
        assertEquals(
                304,
                through("GET", download("orders"), "If-None-Match: W/" + etag).status());
        assertEquals(
                200, through("GET", download("orders"), "If-None-Match: \"x\"").status());
        assertEquals(412, through("GET", download("orders"), "If-Match: \"x\"").status());
        assertEquals(
                206,
                through("GET", download("orders"), "Range: bytes=0-9", "If-Range: " + etag)
                        .status());
        assertEquals(
                200,
                through("GET", download("orders"), "Range: bytes=0-9", "If-Range: \"x\"")
                        .status());
        assertEquals(
                304,
                through("GET", download("orders"), "If-Modified-Since: Wed, 04 Mar 2026 05:06:07 GMT")
                        .status());
    }

    @ParameterizedTest
    @CsvSource({
        "orders, 200",
        "secret, 403",
        "nothing, 403",
        "late, 404",
        "-x, 404",
        "a%20b, 404",
        "%2e%2e, 404",
        "..%2f..%2fregistry.duckdb, 404"
    })
    void theDecisionIsTheApplications(String table, int status) throws IOException {
        for (String method : List.of("GET", "HEAD")) {
            assertEquals(
                    status,
                    served.as(served.analyst, method, download(table), null).status());
            Reply reply = through(method, download(table));
            assertEquals(status, reply.status(), method);
            assertTrue(status == 200 || reply.header("content-type").equals("application/problem+json"), "a problem");
        }
    }

    @Test
    void aMissingAndAWrongTokenAreRefused() throws IOException {
        Reply nobody = wire.send("GET", download("orders"));
        Problems.check(nobody, 401, "unauthenticated");
        Problems.check(as("agn_wrong", "GET", download("orders")), 401, "unauthenticated");
        assertEquals(
                200,
                wire.send("GET", download("orders"), "X-API-Key: " + served.analyst)
                        .status());
    }

    @Test
    void aBackupComesThroughForAKeyInAHeader() throws IOException {
        served.time.advance(Backups.BETWEEN);
        Reply reply = wire.send("GET", "/api/backup", "X-API-Key: " + served.admin);
        assertEquals(200, reply.status(), reply.text());
        assertEquals(String.valueOf(reply.body().length), reply.header("content-length"));
        assertTrue(reply.header("repr-digest").startsWith("sha-256=:"));
        assertTrue(reply.header("content-disposition").startsWith("attachment; filename=\"agnes-backup-"));
        assertEquals("nosniff", reply.header("x-content-type-options"));
        Problems.check(wire.send("GET", "/api/backup", "X-API-Key: " + served.analyst), 403, "forbidden");
    }

    @Test
    void aForgedFileIsNotSent() throws IOException {
        String forged = "X-Agnes-File: " + fileOf("secret");
        assertEquals(401, wire.send("GET", download("orders"), forged).status());
        assertEquals(403, through("GET", download("secret"), forged).status());
        assertEquals(404, through("GET", download("late"), forged).status());
        assertArrayEquals(file, through("GET", download("orders"), forged).body());
        assertArrayEquals(
                file,
                through("GET", download("orders"), "X-Agnes-File: ../registry.duckdb", "X-Agnes-Etag: \"x\"")
                        .body());
        assertNotEquals(
                "\"x\"",
                through("HEAD", download("orders"), "X-Agnes-Etag: \"x\"").header("etag"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
    void otherMethodsAreNotAnsweredWithTheFile(String method) throws IOException {
        Problems.check(through(method, download("orders")), 404, "route_not_found");
    }

    @Test
    void aQueryIsTheApplicationsToRead() throws IOException {
        Reply reply = through("GET", download("orders") + "?x=1");
        assertEquals(200, reply.status());
        assertFalse(fromDisk(reply));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/registry.duckdb",
                "/lock",
                "/extracts/keboola/data/secret.parquet",
                "//extracts/keboola/data/secret.parquet",
                "/api/data/../../registry.duckdb",
                "/api/data/orders/download/../../secret/download",
                "/api/data/orders/..%2fsecret/download",
                "/api/data/orders%2f..%2fsecret/download",
                "/api/data/orders;/../secret/download",
                "/api/data/secret/download/",
                "/api//data//secret//download",
                "/api/data/secret%2fdownload",
                "/%61pi/data/secret/download",
                "/api/data/./secret/download",
                "/api/data/orders/download/..;/registry.duckdb",
                "/api/data/..\\..\\registry.duckdb/download"
            })
    void noSpellingOfAPathGetsMoreThanItsOwnDecision(String target) throws IOException {
        for (String method : List.of("GET", "HEAD", "POST")) {
            Reply reply = through(method, target);
            assertTrue(reply.status() >= 400 && reply.status() < 500, method + " got " + reply.status());
            assertFalse(reply.text().startsWith("PAR1"), "the bytes of a table");
        }
    }

    @Test
    void otherRoutesComeFromTheApplication() throws IOException {
        assertEquals(
                "{\"locked\":false}\n", wire.send("GET", "/api/sync/status").text());
        assertEquals(200, wire.send("GET", "/api/health").status());
        assertEquals(
                1,
                through("GET", "/api/sync/manifest")
                        .headers()
                        .get("x-request-id")
                        .size());
        Problems.check(through("GET", "/nope"), 404, "route_not_found");
        Reply trigger = wire.sendBody("POST", "/api/sync/trigger", "[]", "Authorization: Bearer " + served.operator);
        assertEquals(200, trigger.status());
    }

    @ParameterizedTest
    @EnumSource(DamagedVersionTest.Damage.class)
    void aDamagedFileIsNotSentAndTheNextRunHealsIt(DamagedVersionTest.Damage damage) throws IOException {
        Path version = data.resolve(fileOf("moved"));
        damage.to(version);
        Problems.check(through("GET", download("moved")), 503, "version_quarantined");
        served.publish("moved", "SELECT 1 AS n");
        Reply healed = through("GET", download("moved"));
        assertTrue(fromDisk(healed));
        assertArrayEquals(Files.readAllBytes(data.resolve(fileOf("moved"))), healed.body());
        Files.deleteIfExists(version.resolveSibling("moved"));
    }

    /**
     * With a planted link, a user who can write to the data directory could make Caddy send the registry or another
     * table.
     */
    @Test
    void noLinkThatWasPlantedIsFollowed() throws IOException {
        served.register("linked").grant("linked");
        served.publish("linked", "SELECT 1 AS n");
        Path folder = data.resolve(fileOf("linked")).getParent();
        Path secrets = Files.createDirectories(dir.resolve("secrets"));
        Files.writeString(secrets.resolve(folder.relativize(data.resolve(fileOf("linked")))), "a secret");
        Files.move(folder, dir.resolve("away"));
        Files.createSymbolicLink(folder, secrets);
        Reply reply = through("GET", download("linked"));
        Problems.check(reply, 503, "version_quarantined");
        assertFalse(reply.text().contains("a secret"));
        Files.delete(folder);
    }

    @Test
    void aNewVersionIsServedFromTheNextRequestOn() throws IOException {
        served.register("changing").grant("changing");
        served.publish("changing", "SELECT 1 AS n");
        Reply first = through("GET", download("changing"));
        // The new version has the same length, and the clock has not moved.
        served.publish("changing", "SELECT 2 AS n");
        Reply second = through("GET", download("changing"));
        assertTrue(fromDisk(first) && fromDisk(second));
        assertEquals(first.body().length, second.body().length);
        assertFalse(Arrays.equals(first.body(), second.body()));
        assertNotEquals(first.header("etag"), second.header("etag"));
        assertNotEquals(first.header("last-modified"), second.header("last-modified"));
        assertArrayEquals(Files.readAllBytes(data.resolve(fileOf("changing"))), second.body());
    }
}
