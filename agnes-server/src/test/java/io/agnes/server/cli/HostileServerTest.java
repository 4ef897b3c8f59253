// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.core.Sha256;
import io.agnes.core.Time;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A pull from a hostile server ends with one sentence and does no other harm. */
@Tag("slow")
@Timeout(180)
class HostileServerTest {
    private static final String MANIFEST = "/api/sync/manifest";
    private static final String GOOD = "good content of a table";
    private static final String SHA = Sha256.hex(GOOD);

    /** Limits of about a second instead of a minute. */
    private static final ExchangeLimits SHORT =
            new ExchangeLimits(Duration.ofSeconds(2), Duration.ofMillis(900), 1_000, Duration.ofSeconds(3));

    @TempDir
    private Path directory;

    private Path into;
    private HostileServer server;

    @BeforeEach
    void start() throws IOException {
        into = directory.resolve("tables");
        server = new HostileServer();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** A clock that does not wait between attempts. */
    private static final class Hurried implements Time {
        @Override
        public Instant now() {
            return Time.system().now();
        }

        @Override
        public long nanos() {
            return Time.system().nanos();
        }

        @Override
        public void sleep(Duration duration) {}
    }

    private static String table(String id, String sha256, String bytes) {
        return "\"%s\":{\"sha256\":\"%s\",\"etag\":\"\\\"%s\\\"\",\"size_bytes\":%s,\"rows\":1}"
                .formatted(id, sha256, sha256, bytes);
    }

    private static String good(String id) {
        return table(id, SHA, Integer.toString(GOOD.length()));
    }

    private void manifest(String... tables) {
        server.on(MANIFEST, HostileServer.json("{\"tables\":{" + String.join(",", tables) + "}}"));
    }

    private void serveGood(String id) {
        server.on(download(id), HostileServer.body(200, "application/octet-stream", bytes(GOOD)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String download(String id) {
        return "/api/data/" + id + "/download";
    }

    private Puller.Result pull() throws Exception {
        return pull(SHORT);
    }

    private Puller.Result pull(ExchangeLimits limits) throws Exception {
        try (ServerClient client = new ServerClient(server.address(), Secret.of("agn_secret"), limits)) {
            return new Puller(client, into, new Hurried())
                    .pull(Puller.Request.ALL, ProgressMeter.silent(), pulled -> {});
        }
    }

    private CommandException refused() {
        CommandException e = assertThrows(CommandException.class, this::pull);
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        assertFalse(Files.exists(into));
        return e;
    }

    /** Pulls two tables; {@code bad} fails and {@code good} succeeds. */
    private String badTableFailsAlone() throws Exception {
        serveGood("good");
        Puller.Result result = pull();
        assertFalse(result.good());
        Puller.Pulled.Failed failed =
                assertInstanceOf(Puller.Pulled.Failed.class, result.tables().get(0));
        assertInstanceOf(Puller.Pulled.Downloaded.class, result.tables().get(1));
        assertEquals(GOOD, Files.readString(into.resolve("good.parquet")));
        assertFalse(Files.exists(into.resolve("bad.parquet")));
        String sentence = failed.why().getMessage();
        assertTrue(sentence.contains("bad"), sentence);
        assertFalse(sentence.contains("\n"), sentence);
        return sentence;
    }

    private long partBytes() throws IOException {
        try (Stream<Path> files = Files.list(into)) {
            return files.filter(file -> file.toString().endsWith(".part"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: a/b", "Transfer-Encoding: chunked", "Content-Length: 9000000000000000000"})
    void aBodyWithoutEndIsEndedAtTheLengthOfTheManifest(String headers) throws Exception {
        manifest(table("bad", SHA, "1000"), good("good"));
        server.on(download("bad"), HostileServer.endless(headers, "10\r\n0123456789abcdef\r\n"));
        assertEquals("table bad: expected 1000 bytes, " + server.address() + " sends more", badTableFailsAlone());
        assertTrue(partBytes() <= 1000);
    }

    static Stream<HostileServer.Answer> slow() {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n";
        return Stream.of(
                HostileServer.stalling(""),
                HostileServer.stalling("HTTP/1.1 200 "),
                HostileServer.dripping("HTTP/1.1 200 OK\r\n", "X: y\r\n"),
                HostileServer.stalling(head + "\r\n"),
                HostileServer.stalling(head + "\r\nabc"),
                HostileServer.dripping(head + "\r\n", " "));
    }

    @ParameterizedTest
    @MethodSource("slow")
    void aBodyThatDripsOrStallsFailsItsTableWithTheHost(HostileServer.Answer answer) throws Exception {
        manifest(table("bad", SHA, "1000000"), good("good"));
        server.on(download("bad"), answer);
        String sentence = badTableFailsAlone();
        assertTrue(sentence.contains(server.address().toString()), sentence);
        assertTrue(sentence.contains("within 900 ms") || sentence.contains("HTTP"), sentence);
    }

    @ParameterizedTest
    @MethodSource("slow")
    void aManifestThatDripsOrStallsIsGivenUpWithTheHost(HostileServer.Answer answer) {
        server.on(MANIFEST, answer);
        CommandException e = refused();
        assertEquals(ExitCode.UNAVAILABLE, ExitCode.of(e), e.getMessage());
        assertTrue(e.getMessage().startsWith("no answer came from " + server.address() + ": "), e.getMessage());
    }

    @Test
    void aManifestThatComesFastEnoughAndNeverEndsIsGivenUpToo() {
        server.on(MANIFEST, HostileServer.dripping("HTTP/1.1 200 OK\r\n\r\n{\"a\":[1", ",1".repeat(500)));
        assertEquals(ExitCode.UNAVAILABLE, ExitCode.of(refused()));
    }

    static Stream<String> malformed() {
        String sha = SHA;
        return Stream.of(
                "",
                "{",
                "null",
                "7",
                "[]",
                "\"tables\"",
                "<html></html>",
                "{}",
                "{\"tables\":null}",
                "{\"tables\":[]}",
                "{\"tables\":7}",
                "{\"tables\":{}",
                "{\"tables\":{}}}",
                "{\"tables\":{}} more",
                "{\"tables\":{},\"tables\":{}}",
                "{\"tables\":{\"a\":null}}",
                "{\"tables\":{\"a\":[]}}",
                "{\"tables\":{\"a\":{}}}",
                "{\"tables\":{\"a\":{\"sha256\":7}}}",
                "{\"tables\":{\"a\":{\"sha256\":null,\"sha256\":null}}}",
                "{\"tables\":{" + table("", sha, "1") + "}}",
                "{\"tables\":{" + table("../a", sha, "1") + "}}",
                "{\"tables\":{" + table("/etc/a", sha, "1") + "}}",
                "{\"tables\":{" + table(".a", sha, "1") + "}}",
                "{\"tables\":{" + table("a\\u0000", sha, "1") + "}}",
                "{\"tables\":{" + table("a\\n", sha, "1") + "}}",
                "{\"tables\":{" + table("\\u001b[2J", sha, "1") + "}}",
                "{\"tables\":{" + table("a", sha, "1") + "," + table("a", sha, "1") + "}}",
                "{\"tables\":{" + table("a", sha, "1") + "," + table("A", sha, "1") + "}}",
                "{\"tables\":{" + table("a", "../../../../tmp/a", "1") + "}}",
                "{\"tables\":{" + table("a", sha.substring(1), "1") + "}}",
                "{\"tables\":{" + table("a", sha, "-1") + "}}",
                "{\"tables\":{" + table("a", sha, "1.5") + "}}",
                "{\"tables\":{" + table("a", sha, "1e9") + "}}",
                "{\"tables\":{" + table("a", sha, "9".repeat(30)) + "}}",
                "{\"tables\":{" + table("a", sha, "9".repeat(70_000)) + "}}",
                "{\"tables\":{" + table("a", sha, "\"1\"") + "}}",
                "{\"tables\":{" + table("a", sha, "null") + "}}",
                "{\"tables\":{\"a\":{\"sha256\":\"" + sha
                        + "\",\"etag\":\"\\\"a\\r\\nX: y\\\"\",\"size_bytes\":1,\"rows\":1}}}",
                "{\"tables\":{\"a\":{\"sha256\":\"" + sha + "\",\"etag\":\"\\\"a\\\"\",\"size_bytes\":1}}}",
                "{\"tables\":{},\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
                "{\"tables\":{},\"a\":\"" + "x".repeat(100_000) + "\"}",
                "{\"tables\":{},\"a\":\"" + "\\\"".repeat(100_000) + "\"}");
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void aMalformedManifestIsOneSentence(String manifest) {
        server.on(MANIFEST, HostileServer.json(manifest));
        CommandException e = refused();
        assertEquals(ExitCode.PROTOCOL, ExitCode.of(e), e.getMessage());
        String beginning = "the answer of " + server.address() + " to /api/sync/manifest is malformed: ";
        assertTrue(e.getMessage().startsWith(beginning), e.getMessage());
        assertTrue(e.getMessage().length() < 400, e.getMessage());
        assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e.getMessage());
    }

    @Test
    void aMillionTablesAreRefusedBeforeTheyFillTheMemory() {
        server.on(MANIFEST, (out, told) -> {
            OutputStream buffered = new BufferedOutputStream(out, 64 * 1024);
            buffered.write(HostileServer.head(200, "Content-Type: application/json"));
            buffered.write(bytes("{\"tables\":{\"t\":{\"sha256\":null}"));
            for (int i = 0; i < 1_000_000; i++) {
                buffered.write(bytes(",\"t" + i + "\":{\"sha256\":null}"));
            }
            buffered.flush();
        });
        CommandException e = assertThrows(CommandException.class, () -> pull(ExchangeLimits.USUAL));
        assertTrue(e.getMessage().endsWith("it has more than 100000 tables"), e.getMessage());
    }

    @Test
    void aManifestWithoutEndIsRefusedAtItsBound() {
        server.on(MANIFEST, HostileServer.endless("Content-Type: application/json", "{\"a\":1}"));
        assertEquals(ExitCode.PROTOCOL, ExitCode.of(refused()));
        server.on(
                MANIFEST,
                HostileServer.endless("Content-Type: application/json", "{\"tables\":{},\"a\":[" + "1,".repeat(5_000)));
        assertEquals(ExitCode.PROTOCOL, ExitCode.of(refused()));
        server.on(MANIFEST, HostileServer.endless("Content-Type: application/json", "     "));
        assertEquals(ExitCode.PROTOCOL, ExitCode.of(refused()));
    }

    @Test
    void whatServersMeantWellSendIsRead() throws Exception {
        server.on(
                MANIFEST,
                HostileServer.json("{\"later\":[1,{\"a\":[]}],\"tables\":{\"none\":{\"sha256\":null,\"etag\":null},"
                        + good("good") + "},\"server_time\":\"now\"}"));
        serveGood("good");
        assertTrue(pull().good());
    }

    @Test
    void aWrongContentIsNamedAndThrownAway() throws Exception {
        manifest(table("bad", Sha256.hex("other"), Integer.toString(GOOD.length())), good("good"));
        serveGood("bad");
        assertEquals(
                "table bad: expected SHA-256 " + Sha256.hex("other") + ", downloaded " + SHA, badTableFailsAlone());
        assertEquals(0, partBytes());
    }

    @Test
    void aBodyThatIsShortIsTriedAgainAndThenNamed() throws Exception {
        manifest(table("bad", SHA, "1000"), good("good"));
        serveGood("bad");
        assertEquals(
                "table bad: expected 1000 bytes, the download from " + server.address() + " ended after "
                        + GOOD.length() + ": it ended early",
                badTableFailsAlone());
    }

    @Test
    void anotherVersionThanThatOfTheManifestIsNamed() throws Exception {
        manifest(good("bad"), good("good"));
        server.on(download("bad"), (out, told) -> {
            out.write(HostileServer.head(200, "ETag: \"other\"\r\nContent-Length: " + GOOD.length()));
            out.write(bytes(GOOD));
        });
        assertTrue(badTableFailsAlone().endsWith("has another version by now; pull again"));
    }

    @Test
    void noLinkIsFollowedToAnotherFile() throws Exception {
        Files.createDirectories(into);
        Path mine = Files.writeString(directory.resolve("mine"), "not to be touched");
        Files.createSymbolicLink(into.resolve(".bad." + SHA.substring(0, 12) + ".part"), mine);
        Files.createSymbolicLink(into.resolve("good.parquet"), mine);
        manifest(good("bad"), good("good"));
        serveGood("bad");
        assertTrue(badTableFailsAlone().endsWith("is a link or something else that is no ordinary file"));
        assertEquals("not to be touched", Files.readString(mine));
        assertTrue(Files.isRegularFile(into.resolve("good.parquet"), java.nio.file.LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void theStateIsWrittenThroughNoLinkEither() throws Exception {
        Files.createDirectories(into);
        Path mine = Files.writeString(directory.resolve("mine"), "not to be touched");
        Files.createSymbolicLink(into.resolve(".agnes-pull.state"), mine);
        Files.createSymbolicLink(into.resolve(".agnes-pull.state.tmp"), mine);
        manifest(good("good"));
        serveGood("good");
        assertTrue(pull().good());
        assertEquals("not to be touched", Files.readString(mine));
        Files.delete(into.resolve(".agnes-pull.lock"));
        Files.createSymbolicLink(into.resolve(".agnes-pull.lock"), mine);
        assertThrows(io.agnes.core.CoreException.class, this::pull);
        assertEquals("not to be touched", Files.readString(mine));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectIsNotFollowedAndTheTokenStaysHere(int status) throws Exception {
        try (HostileServer other = new HostileServer()) {
            String location = "Content-Length: 0\r\nLocation: " + other.address();
            server.on(MANIFEST, (out, told) -> out.write(HostileServer.head(status, location + MANIFEST)));
            assertTrue(refused().getMessage().contains("answered " + status + ": a redirect"));
            manifest(good("bad"), good("good"));
            server.on(download("bad"), (out, told) -> out.write(HostileServer.head(status, location + "/")));
            assertTrue(badTableFailsAlone().contains("a redirect, which is not followed"));
            assertEquals(List.of(), other.heads());
        }
    }

    @Test
    void whatAProblemSaysReachesNoTerminalAsItIs() throws Exception {
        manifest(good("bad"), good("good"));
        String problem = "{\"code\":\"setting_invalid\",\"detail\":\"\\u001b[2J\\u202e\\u009bgone\\r\\nagnes: fine\"}";
        server.on(download("bad"), HostileServer.body(418, "application/problem+json", bytes(problem)));
        assertEquals(
                "table bad: the server at " + server.address()
                        + " answered 418: \\u001b[2J\\u202e\\u009bgone\\r\\nagnes: fine",
                badTableFailsAlone());
        server.on(MANIFEST, HostileServer.body(418, "application/problem+json", bytes(problem)));
        CommandException e = assertThrows(CommandException.class, this::pull);
        assertEquals(ExitCode.FAILED, ExitCode.of(e), "the server must not choose the exit code");
    }

    @Test
    void aRunThatIsNoneIsOneSentence() throws Exception {
        String run = "0123456789abcdef";
        for (String answer : List.of(
                "{}",
                "[]",
                "{\"status\":7,\"tables\":{}}",
                "{\"status\":\"running\",\"tables\":[]}",
                "{\"status\":\"failed\",\"tables\":{\"a\":{\"outcome\":\"failed\"}}}",
                "{\"status\":\"failed\",\"tables\":{\"a\":{\"outcome\":\"published\",\"rows\":1e999999999}}}",
                "{\"status\":\"running\",\"tables\":{},\"progress\":{\"a\":7}}")) {
            server.on("/api/sync/trigger", HostileServer.json("{\"run_id\":\"" + run + "\"}"));
            server.on("/api/sync/runs/" + run, HostileServer.json(answer));
            CommandException e = assertThrows(CommandException.class, this::sync);
            assertEquals(ExitCode.PROTOCOL, ExitCode.of(e), answer + ": " + e.getMessage());
        }
        for (String trigger : List.of("{}", "{\"run_id\":\"../admin/users\"}", "{\"run_id\":null}", "[")) {
            server.on("/api/sync/trigger", HostileServer.json(trigger));
            CommandException e = assertThrows(CommandException.class, this::sync);
            assertEquals(ExitCode.PROTOCOL, ExitCode.of(e), trigger + ": " + e.getMessage());
        }
    }

    private Map<String, ?> sync() throws InterruptedException {
        try (ServerClient client = new ServerClient(server.address(), Secret.of("agn_secret"), SHORT)) {
            return new RemoteRun(client, new Hurried()).complete(List.of());
        }
    }

    @Test
    void aPartOfAnotherLengthThanTheServerKnowsIsBegunAnew() throws Exception {
        Files.createDirectories(into);
        Files.writeString(into.resolve(".good." + SHA.substring(0, 12) + ".part"), GOOD.substring(0, 5));
        manifest(good("good"));
        server.on(download("good"), (out, told) -> {
            if (told.heads().getLast().contains("Range: ")) {
                out.write(HostileServer.head(416, "Content-Length: 0"));
            } else {
                HostileServer.body(200, "a/b", bytes(GOOD)).send(out, told);
            }
        });
        assertTrue(pull().good());
        assertArrayEquals(bytes(GOOD), Files.readAllBytes(into.resolve("good.parquet")));
    }
}
