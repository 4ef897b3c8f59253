// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.core.file.Scratch;
import io.agnes.server.AgnesServer;
import io.agnes.server.Reply;
import io.agnes.server.Wire;
import io.agnes.server.upstream.OldInstallation;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.JobBehaviour;
import io.agnes.testkit.Samples;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands as processes and checks their output, exit codes and files. */
@Tag("process")
@Timeout(180)
class CommandLineTest {
    @TempDir
    private Path directory;

    private Path data;
    private Path scratch;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void directories() throws IOException {
        data = directory.resolve("data");
        scratch = Files.createDirectories(directory.resolve("scratch"));
    }

    private AgnesProcess start(String... arguments) throws IOException {
        return AgnesProcess.start(scratch, environment, arguments);
    }

    private void assertEnds(int code, String sentence, String... arguments) throws Exception {
        try (AgnesProcess process = start(arguments)) {
            assertEquals(code, process.exitCode(), process.errors());
            assertEquals(sentence, process.errors().strip());
            assertEquals("", process.output());
        }
    }

    private AgnesProcess serve() throws Exception {
        AgnesProcess server = start("serve", "--data-dir", data.toString(), "--port", "0");
        environment.put("AGNES_URL", server.line("agnes ").replaceFirst(".* serves on ", ""));
        environment.put("AGNES_TOKEN", server.firstToken());
        return server;
    }

    /** The log lines above the level INFO. */
    private static List<String> warnings(AgnesProcess server) {
        return server.errors()
                .lines()
                .filter(line -> !line.contains(" INFO io.agnes."))
                .toList();
    }

    @Nested
    class Demo {
        @Test
        void doesTheWholeJobOnceAndAgainOverTheSameDirectory() throws Exception {
            for (String pulled : List.of("in.c-demo.weather.parquet", "unchanged")) {
                try (AgnesProcess demo = start("demo", "--once", "--data-dir", data.toString())) {
                    assertEquals(0, demo.exitCode(), demo.output() + demo.errors());
                    assertTrue(demo.output().contains(pulled), demo.output());
                    assertTrue(demo.output().contains("All rows and hashes are those of the source."), demo.output());
                    assertTrue(
                            demo.output().contains("stays in BigQuery, partitioned by DAY(day), metadata fresh"),
                            demo.output());
                    assertEquals("", demo.errors());
                }
            }
            assertEquals(List.of(), files(data.resolve("tmp")));
        }

        @Test
        void takesNothingThatIsForAServer() throws Exception {
            environment.put("DATA_DIR", directory.resolve("operators").toString());
            environment.put("KEBOOLA_STORAGE_TOKEN", "of-another-project");
            environment.put("AGNES_PORT", "none");
            try (AgnesProcess demo = start("demo", "--once", "--data-dir", data.toString())) {
                assertEquals(0, demo.exitCode(), demo.output() + demo.errors());
            }
            assertTrue(Files.isRegularFile(data.resolve("pulled/in.c-demo.weather.parquet")));
            assertFalse(Files.exists(directory.resolve("operators")));
        }

        @Test
        void hasADirectoryOfItsOwnThatGitIgnores() throws Exception {
            Path project = Path.of(System.getProperty("agnes.project.dir"));
            assertTrue(Files.readAllLines(project.resolve(".gitignore")).contains("/data-demo/"));
            try (AgnesProcess help = start("help", "demo")) {
                assertEquals(0, help.exitCode());
                assertTrue(help.output().contains("(data-demo)"), help.output());
            }
        }

        @Test
        void leavesADirectoryOfAServerAlone() throws Exception {
            try (AgnesProcess server = serve()) {
                server.terminate();
                server.exitCode();
            }
            List<Path> before = files(data);
            assertEnds(
                    73,
                    "agnes: data directory " + data + " is that of a server; the demo needs one of its own",
                    "demo",
                    "--once",
                    "--data-dir",
                    data.toString());
            assertEquals(before, files(data));
        }

        @Test
        void aPortThatIsNoneIsSaid() throws Exception {
            assertEnds(
                    64,
                    "agnes: --port must be 0 to 65535, not 70000\nTry: agnes help demo",
                    "demo",
                    "--port",
                    "70000",
                    "--data-dir",
                    data.toString());
        }

        @Test
        void staysUpForWhatItSaysToTryNext() throws Exception {
            try (AgnesProcess demo = start("demo", "--data-dir", data.toString())) {
                String token = demo.line("  export AGNES_TOKEN=");
                String pull = demo.line("  ./agnes pull --server ");
                environment.put("AGNES_TOKEN", token.replaceFirst(".*(agn_[^ ]*).*", "$1"));
                String server = pull.replaceFirst(".*--server ([^ ]*).*", "$1");
                Path into = directory.resolve("tables");
                try (AgnesProcess puller = start("pull", "--server", server, "--into", into.toString())) {
                    assertEquals(0, puller.exitCode(), puller.errors());
                }
                assertTrue(Files.exists(into.resolve("in.c-demo.weather.parquet")));
                assertSyncs(demo, server);
                demo.terminate();
                assertEquals(0, demo.exitCode());
            }
        }
        /** Syncs with the administrator's token that the demo prints. */
        private void assertSyncs(AgnesProcess demo, String server) throws Exception {
            String admin = demo.output()
                    .lines()
                    .filter(line -> line.contains("the administrator's"))
                    .findFirst()
                    .orElseThrow();
            environment.put("AGNES_TOKEN", admin.replaceFirst(".*(agn_[^ ]*).*", "$1"));
            try (AgnesProcess sync = start("sync", "--server", server)) {
                assertEquals(0, sync.exitCode(), sync.errors());
            }
        }
    }

    @Nested
    class Starting {
        @Test
        void aPortInUseIsNamedAndNothingIsLeft() throws Exception {
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                String port = Integer.toString(taken.getLocalPort());
                String sentence = "agnes: cannot listen on 127.0.0.1:" + port + ": Address already in use";
                assertEnds(69, sentence, "serve", "--data-dir", data.toString(), "--port", port);
                assertEnds(69, sentence, "demo", "--data-dir", data.toString(), "--port", port);
            }
            assertFalse(Files.exists(data));
        }

        @Test
        void aDirectoryThatAnotherProcessHoldsIsNamedWithThatProcess() throws Exception {
            try (AgnesProcess holder = serve()) {
                String sentence = "agnes: data directory " + data + " is held by process " + holder.pid();
                assertEnds(73, sentence, "serve", "--data-dir", data.toString(), "--port", "0");
            }
            Path ofDemo = directory.resolve("demo");
            try (AgnesProcess demo = start("demo", "--data-dir", ofDemo.toString())) {
                demo.line("The server stays up");
                String sentence = "agnes: data directory " + ofDemo + " is held by process " + demo.pid();
                assertEnds(73, sentence, "demo", "--data-dir", ofDemo.toString());
            }
        }

        @Test
        void aDirectoryThatCannotBeWrittenIsNamedWithTheReason() throws Exception {
            // Even root cannot write there, unlike in a directory with a restrictive mode.
            assertEnds(
                    73,
                    "agnes: data directory /proc/agnes cannot be used: No such file or directory",
                    "serve",
                    "--data-dir",
                    "/proc/agnes",
                    "--port",
                    "0");
            Path file = Files.writeString(directory.resolve("file"), "");
            assertEnds(
                    73,
                    "agnes: data directory " + file + " cannot be used: Not a directory",
                    "serve",
                    "--data-dir",
                    file.toString(),
                    "--port",
                    "0");
        }

        @Test
        void theFirstTokenIsInAFileThatOthersCannotRead() throws Exception {
            try (AgnesProcess server = serve()) {
                Path file = server.firstTokenFile();
                assertEquals(data.resolve("first-token"), file);
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
                assertFalse((server.output() + server.errors()).contains("agn_"), server.output());
                JsonObject token = token();
                Instant created = Instant.parse(token.getString("created_at"));
                assertEquals(created.plus(Duration.ofDays(7)), Instant.parse(token.getString("expires_at")));
                assertTrue(server.line("first start:")
                        .contains(token.getString("expires_at").substring(0, 19)));
            }
        }

        /** The first minted token, requested with the token in the environment. */
        private JsonObject token() {
            try (ServerClient client = client()) {
                return client.get("/api/admin/tokens").getJsonArray("tokens").getJsonObject(0);
            }
        }

        private ServerClient client() {
            return new ServerClient(
                    URI.create(environment.get("AGNES_URL")), Secret.of(environment.get("AGNES_TOKEN")));
        }

        @Test
        void aFirstTokenThatWasNeverUsedIsRevokedForAnother() throws Exception {
            String lost;
            try (AgnesProcess server = serve()) {
                lost = environment.get("AGNES_TOKEN");
                server.terminate();
                server.exitCode();
            }
            try (AgnesProcess server = serve()) {
                assertTrue(server.line("first start:").contains("the token before was never used and is revoked"));
                assertFalse(lost.equals(environment.get("AGNES_TOKEN")));
                token();
                String good = environment.put("AGNES_TOKEN", lost);
                assertEquals(
                        401, assertThrows(CommandException.class, this::token).status());
                environment.put("AGNES_TOKEN", good);
                server.terminate();
                server.exitCode();
            }
            try (AgnesProcess server = start("serve", "--data-dir", data.toString(), "--port", "0")) {
                environment.put("AGNES_URL", server.line("agnes ").replaceFirst(".* serves on ", ""));
                assertFalse(server.output().contains("first start"), server.output());
                token();
            }
        }

        @Test
        void whoLostEveryTokenGetsAnotherWithTheServerDown() throws Exception {
            String[] mint = {"admin", "token", "--data-dir", data.toString(), "--user", "ada", "--expires-days", "2"};
            assertEnds(73, "agnes: data directory " + data + " holds no registry", mint);
            assertFalse(Files.exists(data));
            try (AgnesProcess server = serve()) {
                assertEnds(73, "agnes: data directory " + data + " is held by process " + server.pid(), mint);
                server.terminate();
                server.exitCode();
            }
            try (AgnesProcess minted = start(mint)) {
                assertEquals(0, minted.exitCode(), minted.errors());
                assertTrue(
                        minted.errors().startsWith("user ada, an administrator, has this token until "),
                        minted.errors());
                assertTrue(minted.output().matches("agn_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}\\R"), minted.output());
                environment.put("AGNES_TOKEN", minted.output().strip());
            }
            // An administrator can sign in, so the unused first token is revoked and not replaced.
            try (AgnesProcess server = start("serve", "--data-dir", data.toString(), "--port", "0")) {
                environment.put("AGNES_URL", server.line("agnes ").replaceFirst(".* serves on ", ""));
                assertFalse(server.output().contains("first start"), server.output());
                assertEquals("ada", token().getString("user"));
                assertFalse(Files.exists(data.resolve("first-token")));
                server.terminate();
                server.exitCode();
            }
            try (Connection registry = DriverManager.getConnection("jdbc:duckdb:" + data.resolve("registry.duckdb"));
                    Statement statement = registry.createStatement();
                    ResultSet found = statement.executeQuery(
                            "SELECT count(*) FROM audit_log WHERE actor = 'command-line' AND action = 'token_minted'")) {
                found.next();
                assertEquals(1, found.getInt(1));
            }
        }

        @Test
        void whatAnAdministratorAsksForWronglyIsSaid() throws Exception {
            String dir = data.toString();
            assertEnds(
                    64,
                    "agnes: --expires-days must be 1 to 3650, not 0\nTry: agnes help admin token",
                    "admin",
                    "token",
                    "--data-dir",
                    dir,
                    "--expires-days",
                    "0");
            assertEnds(
                    64,
                    "agnes: --user must be " + io.agnes.server.access.Name.GRAMMAR
                            + ", and not scheduler\nTry: agnes help admin token",
                    "admin",
                    "token",
                    "--data-dir",
                    dir,
                    "--user",
                    "a b");
        }

        @Test
        void beingToldToEndIsNoFailure() throws Exception {
            try (AgnesProcess server = serve()) {
                server.terminate();
                assertEquals(0, server.exitCode());
                assertEquals(List.of(), warnings(server));
                String version = AgnesServer.version();
                List<String> told = List.of(
                        "agnes " + version + " started: address=" + environment.get("AGNES_URL"),
                        "agnes " + version + " stops: address=" + environment.get("AGNES_URL"),
                        "agnes " + version + " stopped");
                for (String line : told) {
                    assertTrue(server.errors().contains(line), line + " in " + server.errors());
                }
            }
            assertEquals(List.of(), files(data.resolve("tmp")));
        }

        @Test
        void aMisspeltSettingIsNamedWithTheNearest() throws Exception {
            environment.put("AGNES_PROT", "1");
            assertEnds(
                    78,
                    "agnes: the environment sets AGNES_PROT, which is no setting; did you mean AGNES_PORT?",
                    "serve",
                    "--data-dir",
                    data.toString());
            assertFalse(Files.exists(data));
        }
    }

    @Nested
    class Pulling {
        @Test
        void aWrongTokenIsRefused() throws Exception {
            try (AgnesProcess server = serve()) {
                environment.put("AGNES_TOKEN", "agn_wrong");
                Path into = directory.resolve("tables");
                assertEnds(
                        77,
                        "agnes: the server at " + environment.get("AGNES_URL")
                                + " answered 401: No valid token came with the request: it is missing, unknown, expired"
                                + " or revoked.",
                        "pull",
                        "--into",
                        into.toString());
                assertFalse(Files.exists(into));
                List<String> warnings = warnings(server);
                assertEquals(1, warnings.size(), server.errors());
                assertTrue(
                        warnings.getFirst().contains("sign-in refused: address=127.0.0.1 reason=unknown_token"),
                        server.errors());
            }
        }

        @Test
        void anUnknownTableIsNamed() throws Exception {
            try (AgnesProcess server = serve()) {
                Path into = directory.resolve("tables");
                assertEnds(
                        1,
                        "agnes: table in.c-crm.orders is not among those you may read",
                        "pull",
                        "in.c-crm.orders",
                        "--into",
                        into.toString());
                assertFalse(Files.exists(into));
                assertEquals(List.of(), warnings(server));
            }
        }

        private void assertRefused(int code, String sentence, String... arguments) throws Exception {
            environment.put("AGNES_TOKEN", "agn_any");
            try (AgnesProcess process = start(arguments)) {
                assertEquals(code, process.exitCode(), process.errors());
                assertTrue(process.errors().startsWith("agnes: " + sentence), process.errors());
                assertEquals(1, process.errors().lines().count(), process.errors());
            }
        }

        @Test
        void whyNoServerAnswersIsSaid() throws Exception {
            assertRefused(
                    69,
                    "no Agnes server answers at https://unknown.invalid: the host is unknown",
                    "pull",
                    "--server",
                    "https://unknown.invalid");
            try (AgnesProcess server = serve()) {
                assertTrue(server.pid() > 0);
                String tls = environment.get("AGNES_URL").replace("http:", "https:");
                assertRefused(69, "no Agnes server answers at " + tls + ": TLS failed: ", "sync", "--server", tls);
            }
        }

        @Test
        void addressesAndDirectoriesThatAreNoneAreOneSentence() throws Exception {
            assertRefused(64, "server address http://h:99999 ", "pull", "--server", "http://h:99999");
            assertRefused(64, "server address :// is no URL", "sync", "--server", "://");
            assertRefused(64, "server address http://10.9.8.7 would send", "pull", "--server", "http://10.9.8.7");
            environment.put("AGNES_URL", "not an address");
            assertRefused(64, "server address not an address is no URL", "pull");
            try (AgnesProcess server = serve()) {
                assertTrue(server.pid() > 0);
                String url = environment.get("AGNES_URL");
                String token = environment.get("AGNES_TOKEN");
                Path file = Files.writeString(directory.resolve("token"), token);
                for (String into : List.of(file.toString(), "/proc/tables")) {
                    assertRefused(
                            73,
                            "directory " + into + " cannot be used: ",
                            "pull",
                            "--server",
                            url,
                            "--token-file",
                            file.toString(),
                            "--into",
                            into);
                }
                Files.writeString(file, "two words");
                assertRefused(
                        64,
                        "what token file " + file + " holds is no token",
                        "pull",
                        "--server",
                        url,
                        "--token-file",
                        file.toString());
            }
        }

        @Test
        void noServerIsSaid() throws Exception {
            environment.put("AGNES_TOKEN", "agn_any");
            assertEnds(
                    69,
                    "agnes: no Agnes server answers at http://127.0.0.1:1: the connection was refused",
                    "pull",
                    "--server",
                    "http://127.0.0.1:1");
        }
    }

    @Nested
    class Syncing {
        private void project(FakeKeboola keboola, String token) {
            environment.put("KEBOOLA_STACK_URL", keboola.stackUrl().toString());
            environment.put("KEBOOLA_STORAGE_TOKEN", token);
            environment.put(
                    "AGNES_KEBOOLA_STORAGE_ENDPOINT", keboola.storageEndpoint().toString());
        }

        /** Registers the airports and syncs; returns the output of the command. */
        private String failedSync(String table) throws Exception {
            try (AgnesProcess server = serve()) {
                String body =
                        "{\"source_type\":\"keboola\",\"bucket\":\"in.c-demo\",\"source_table\":\"" + table + "\"}";
                Reply registered = new Wire(URI.create(environment.get("AGNES_URL")))
                        .sendBody(
                                "POST",
                                "/api/admin/register-table?check=false",
                                body,
                                "Authorization: Bearer " + environment.get("AGNES_TOKEN"));
                assertEquals(201, registered.status(), registered.text());
                try (AgnesProcess sync = start("sync")) {
                    assertEquals(1, sync.exitCode(), sync.output());
                    assertEquals("", sync.errors());
                    assertEquals(List.of(), files(data.resolve("tmp")));
                    assertFalse(Files.exists(data.resolve("extracts")));
                    return sync.output();
                } finally {
                    server.terminate();
                }
            }
        }

        @Test
        void aRunThatIsAtWorkIsJoinedWatchedAndEnded() throws Exception {
            try (FakeKeboola keboola = FakeKeboola.builder().jobPolls(10_000).start()) {
                keboola.seed(Samples.AIRPORTS);
                keboola.seed(Samples.WEATHER);
                project(keboola, keboola.token());
                try (AgnesProcess server = serve();
                        ServerClient client = new ServerClient(
                                URI.create(environment.get("AGNES_URL")), Secret.of(environment.get("AGNES_TOKEN")))) {
                    for (String table : List.of("airports", "weather")) {
                        client.post(
                                "/api/admin/register-table",
                                Json.createObjectBuilder()
                                        .add("source_type", "keboola")
                                        .add("bucket", "in.c-demo")
                                        .add("source_table", table)
                                        .build());
                    }
                    watchAndEnd();
                    assertTrue(server.pid() > 0);
                }
            }
        }

        private void watchAndEnd() throws Exception {
            String run;
            try (AgnesProcess started = start("sync", "--no-wait", "in.c-demo.airports")) {
                assertEquals(0, started.exitCode(), started.errors());
                run = started.output().replaceFirst("(?s)run ([0-9a-f]{16}) started; agnes sync --cancel .*", "$1");
                assertTrue(run.matches("[0-9a-f]{16}"), started.output());
            }
            try (AgnesProcess left = start("sync", "in.c-demo.airports")) {
                left.line("run " + run + " is at work since 20");
                left.terminate();
                assertEquals(143, left.exitCode(), left.errors());
                assertEquals(
                        "agnes: run " + run + " goes on; agnes sync --run " + run + " watches it, agnes sync --cancel "
                                + run + " ends it",
                        left.errors().strip());
            }
            try (AgnesProcess watching = start("sync", "in.c-demo.weather");
                    AgnesProcess busy = start("sync", "--no-wait")) {
                assertEquals(0, busy.exitCode(), busy.errors());
                assertTrue(busy.output().contains("run " + run + " is at work"), busy.output());
                watching.line("run " + run + " is at work");
                try (AgnesProcess cancel = start("sync", "--cancel", run)) {
                    assertEquals(0, cancel.exitCode(), cancel.errors());
                    assertEquals("run " + run + " is over", cancel.output().strip());
                }
                assertEquals(1, watching.exitCode());
                assertTrue(watching.output().contains("run " + run + " cancelled"), watching.output());
            }
            assertEnds(64, "agnes: a run is 16 hex digits\nTry: agnes help sync", "sync", "--run", "latest");
        }

        @Test
        void aStorageTokenThatKeboolaRefusesIsNamed() throws Exception {
            try (FakeKeboola keboola = FakeKeboola.builder().jobPolls(0).start()) {
                keboola.seed(Samples.AIRPORTS);
                project(keboola, "578-1-wrongStorageToken");
                String output = failedSync("airports");
                assertTrue(output.contains("failed (token_invalid)"), output);
                assertFalse(output.contains("wrongStorageToken"), output);
            }
        }

        @Test
        void aTableThatKeboolaDoesNotHaveIsNamed() throws Exception {
            try (FakeKeboola keboola = FakeKeboola.builder().jobPolls(0).start()) {
                project(keboola, keboola.token());
                String output = failedSync("airports");
                assertTrue(output.contains("failed (table_not_found): table in.c-demo.airports"), output);
            }
        }

        @Test
        void anExportJobThatFailsIsNamedWithWhatKeboolaSaid() throws Exception {
            try (FakeKeboola keboola = FakeKeboola.builder().jobPolls(0).start()) {
                keboola.seed(Samples.AIRPORTS);
                keboola.nextJobs(2, new JobBehaviour.Fails("storage.tables.unload", "Cannot unload the table"));
                project(keboola, keboola.token());
                String output = failedSync("airports");
                assertTrue(output.contains("failed (export_failed)"), output);
                assertTrue(output.contains("Cannot unload the table"), output);
            }
        }
    }

    @Nested
    class Importing {
        private Path old;

        @BeforeEach
        void older() {
            old = directory.resolve("system.duckdb");
        }

        private OldInstallation usual() throws Exception {
            return OldInstallation.at(old, 26)
                    .keboola("in.c-crm.orders", "orders", "materialized")
                    .user("ada@example.com", "g-all")
                    .grant("g-all", "table", "in.c-crm.orders");
        }

        private String[] arguments(String... more) {
            List<String> arguments = new ArrayList<>(List.of("import", "--from", old.toString()));
            arguments.addAll(List.of("--data-dir", data.toString()));
            arguments.addAll(List.of(more));
            return arguments.toArray(String[]::new);
        }

        private String run(int code, String... more) throws Exception {
            try (AgnesProcess process = start(arguments(more))) {
                assertEquals(code, process.exitCode(), process.output() + process.errors());
                assertEquals("", process.errors());
                return process.output();
            }
        }

        private String told(String heading, String counts, String verdict, String last) {
            String note = verdict.equals("new") ? "       its members administer this server as well" : "";
            return old + ", schema 26" + heading + "\n\n"
                    + "table   in.c-crm.orders           " + verdict + "\n"
                    + "user    ada@example.com           " + verdict + "\n"
                    + "group   Admin                     " + verdict + note + "\n"
                    + "group   Everyone                  " + verdict + "\n"
                    + "member  Everyone ada@example.com  " + verdict + "\n"
                    + "grant   Everyone in.c-crm.orders  " + verdict + "\n"
                    + "file    in.c-crm.orders           left_out  was never brought there; the first run brings it\n"
                    + "\n" + counts + ", 0 in conflict, 1 left out\n"
                    + "Passwords and tokens are not taken over: each user needs a new token (POST /api/admin/tokens).\n"
                    + "Where no token was ever minted, the first start of agnes serve makes one for the user admin.\n"
                    + last;
        }

        @Test
        void showsWhatWouldBeWrittenThenWritesItAndThenHasNothingToWrite() throws Exception {
            usual().close();
            assertEquals(
                    told(": a dry run, nothing is written", "6 new, 0 present", "new", "--apply writes what is new.\n"),
                    run(0));
            assertFalse(Files.exists(data));
            assertEquals(told("", "6 new, 0 present", "new", ""), run(0, "--apply"));
            assertEquals(told("", "0 new, 6 present", "present", ""), run(0, "--apply"));
            assertEquals(List.of(), files(data.resolve("tmp")));
        }

        @Test
        void theFirstStartMintsATokenEvenIfUsersExist() throws Exception {
            usual().close();
            run(0, "--apply");
            try (AgnesProcess server = serve();
                    ServerClient client = new ServerClient(
                            URI.create(environment.get("AGNES_URL")), Secret.of(environment.get("AGNES_TOKEN")))) {
                client.post(
                        "/api/admin/tokens",
                        Json.createObjectBuilder()
                                .add("user", "ada@example.com")
                                .add("scopes", Json.createArrayBuilder().add("read"))
                                .add("expires_days", 1)
                                .build());
                assertEquals(List.of(), warnings(server));
            }
        }

        @Test
        void aConflictIsShownAndTakesTheExitCodeButNotTheRest() throws Exception {
            usual().keboola("no id", "no id", "materialized").close();
            JsonObject json = Json.createReader(new StringReader(run(3, "--json", "--apply")))
                    .readObject();
            assertEquals(26, json.getInt("schema"));
            assertTrue(json.getBoolean("applied"));
            assertEquals(6, json.getInt("new"));
            assertEquals(1, json.getInt("conflict"));
            JsonObject conflict = json.getJsonArray("findings").getValuesAs(JsonObject.class).stream()
                    .filter(finding -> finding.getString("verdict").equals("conflict"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("table", conflict.getString("kind"));
            assertEquals("no id", conflict.getString("subject"));
            assertTrue(conflict.getString("reason").startsWith("id must be"), conflict.toString());
            assertEquals(2, json.getJsonArray("notes").size());
            assertTrue(run(3).contains("1 in conflict"));
        }

        @Test
        void whatCannotBeReadIsNamedAndNothingIsMade() throws Exception {
            String[] apply = arguments("--apply");
            assertEnds(1, "agnes: there is no file " + old, apply);
            Files.writeString(old, "no database");
            assertEnds(1, "agnes: file " + old + " cannot be read: it is not a DuckDB file", apply);
            Files.delete(old);
            try (OldInstallation open = usual()) {
                String holder = "process " + ProcessHandle.current().pid();
                assertEnds(
                        1,
                        "agnes: database " + old + " is held by " + holder + "; stop that program and try again",
                        apply);
                open.run("UPDATE schema_version SET version = 24");
            }
            assertEnds(
                    1,
                    "agnes: database " + old
                            + " has schema 24, expected 25 or later; a newer Agnes for Python brings it"
                            + " up when it is started on it",
                    apply);
            assertFalse(Files.exists(data));
        }

        @Test
        void aServerAtWorkOnTheDirectoryIsNamed() throws Exception {
            usual().close();
            try (AgnesProcess holder = serve()) {
                String sentence = "agnes: data directory " + data + " is held by process " + holder.pid();
                assertEnds(73, sentence, arguments());
                assertEnds(73, sentence, arguments("--apply"));
            }
        }

        @Test
        void theFileHasToBeNamed() throws Exception {
            try (AgnesProcess process = start("import", "--data-dir", data.toString())) {
                assertEquals(64, process.exitCode());
                assertTrue(process.errors().contains("--from"), process.errors());
            }
        }
    }

    @Nested
    class Parquet {
        private Path write(String name, String query) throws Exception {
            Path file = directory.resolve(name);
            try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                    Statement statement = connection.createStatement()) {
                statement.execute("COPY (" + query + ") TO '" + file + "' (FORMAT parquet)");
            }
            return file;
        }

        private long rows(Path file) throws Exception {
            try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT count(*) FROM '" + file + "'")) {
                rows.next();
                return rows.getLong(1);
            }
        }

        private String run(int code, String... arguments) throws Exception {
            try (AgnesProcess process = start(arguments)) {
                assertEquals(code, process.exitCode(), process.output() + process.errors());
                return process.output() + process.errors();
            }
        }

        @Test
        void filesOfOneKindAreOneFileWithoutADecodedRow() throws Exception {
            String first =
                    write("1.parquet", "SELECT range AS id FROM range(10)").toString();
            String second =
                    write("2.parquet", "SELECT range AS id FROM range(5)").toString();
            Path out = directory.resolve("out.parquet");
            assertTrue(run(0, "parquet", "plan", first, second).contains("15 rows in 2 row groups of 2 files"));
            String plan = run(0, "parquet", "plan", "--json", first, second);
            assertEquals(
                    15, Json.createReader(new StringReader(plan)).readObject().getInt("rows"));
            assertTrue(run(0, "parquet", "merge", first, second, "-o", out.toString())
                    .contains("copied to"));
            assertEquals(15, rows(out));
            assertTrue(run(0, "parquet", "inspect", out.toString()).contains("optional int64 id"));
        }

        @Test
        void filesThatDifferAreRewrittenOnlyWhenThatIsAskedFor() throws Exception {
            String first =
                    write("1.parquet", "SELECT range AS id FROM range(10)").toString();
            String second = write("2.parquet", "SELECT 'a' AS name").toString();
            Path out = directory.resolve("out.parquet");
            String refused = run(3, "parquet", "merge", first, second, "-o", out.toString());
            assertTrue(refused.contains("binary name (STRING);"), refused);
            assertFalse(Files.exists(out));
            String rewritten = run(0, "parquet", "merge", "--rewrite", first, second, "-o", out.toString());
            assertTrue(rewritten.contains("rewritten to"), rewritten);
            assertEquals(11, rows(out));
        }

        @Test
        void whatIsNoParquetIsRefusedAndTheLastGoodFileStays() throws Exception {
            String good = write("1.parquet", "SELECT 1 AS id").toString();
            Path bad = Files.writeString(directory.resolve("2.parquet"), "PAR1 and nothing more PAR1");
            Path out = write("out.parquet", "SELECT range FROM range(7)");
            String refused = run(4, "parquet", "merge", "--rewrite", good, bad.toString(), "-o", out.toString());
            assertTrue(refused.contains("2.parquet"), refused);
            assertEquals(7, rows(out));
            assertTrue(run(4, "parquet", "inspect", "--json", bad.toString()).contains("\"error\""));
            String missing = run(1, "parquet", "plan", directory.resolve("none").toString());
            assertEquals(
                    "agnes: file " + directory.resolve("none") + " cannot be read: it does not exist", missing.strip());
            try (Stream<Path> left = Files.list(directory)) {
                assertEquals(
                        List.of("1.parquet", "2.parquet", "out.parquet", "scratch"),
                        left.map(file -> file.getFileName().toString()).sorted().toList());
            }
        }
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith(Scratch.MARK))
                    .toList();
        }
    }
}
