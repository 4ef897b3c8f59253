// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.file.FileDigests;
import io.agnes.core.sync.ConfiguredSource;
import io.agnes.core.sync.SyncConfig;
import io.agnes.keboola.ExportFileType;
import io.agnes.keboola.KeboolaConfig;
import io.agnes.keboola.KeboolaSourceType;
import io.agnes.server.AgnesServer;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import io.agnes.server.settings.Settings;
import io.agnes.server.settings.Sources;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.FaultProxy;
import io.agnes.testkit.Samples;
import jakarta.json.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
@Timeout(120)
class PullerTest {
    private static final Name ADMIN = new Name("admin");

    @TempDir
    private Path directory;

    private final FakeKeboola keboola =
            FakeKeboola.builder().sliceRows(700).jobPolls(0).start();
    private AgnesServer server;
    private Secret token;
    private Path into;

    private void serve(ExportFileType fileType) throws IOException {
        into = directory.resolve("tables");
        KeboolaConfig project = KeboolaConfig.of(keboola.stackUrl(), Secret.of(keboola.token()))
                .withPrivateTargets(true)
                .withFileType(fileType)
                .withExportTimeout(Duration.ofMinutes(1))
                .withPollInterval(Duration.ofMillis(10))
                .withSliceIdleTimeout(Duration.ofSeconds(20))
                .withSlicesAtOnce(4)
                .withStorageEndpoint(keboola.storageEndpoint());
        Path data = directory.resolve("data");
        server = AgnesServer.start(
                new Settings(
                        data,
                        data.resolve("tmp"),
                        "127.0.0.1",
                        0,
                        Optional.empty(),
                        SyncConfig.of(),
                        Sources.of(new ConfiguredSource<>(new KeboolaSourceType(), project))),
                Time.system());
        Instant now = Instant.now();
        server.access().putUser(ADMIN, Set.of(Name.ADMIN_GROUP), ADMIN, now);
        token = server.access().mint(ADMIN, EnumSet.allOf(Scope.class), now, now.plusSeconds(600), ADMIN);
    }

    @AfterEach
    void close() {
        server.close();
        keboola.close();
    }

    private void sync(String table) throws InterruptedException {
        try (ServerClient client = new ServerClient(server.address(), token)) {
            client.post(
                    "/api/admin/register-table",
                    Json.createObjectBuilder()
                            .add("source_type", "keboola")
                            .add("bucket", "in.c-demo")
                            .add("source_table", table)
                            .build());
            assertEquals(
                    "succeeded",
                    new RemoteRun(client, Time.system()).complete(List.of()).getString("status"));
        }
    }

    private Puller.Pulled pull(URI address) throws IOException, InterruptedException {
        try (ServerClient client = new ServerClient(address, token)) {
            return new Puller(client, into, Time.system())
                    .pull(Puller.Request.ALL, ProgressMeter.silent(), pulled -> {})
                    .tables()
                    .getFirst();
        }
    }

    private Puller.Result pull(Puller.Request request) throws IOException, InterruptedException {
        try (ServerClient client = new ServerClient(server.address(), token)) {
            return new Puller(client, into, Time.system()).pull(request, ProgressMeter.silent(), pulled -> {});
        }
    }

    private Path published(String table) {
        return directory.resolve("data/extracts/keboola/data/" + new TableId("in.c-demo." + table) + ".parquet");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(into)) {
            return files.filter(file -> !file.getFileName().toString().startsWith(".agnes-pull."))
                    .toList();
        }
    }

    /** The number of rows and the sum of a hash over all columns of each row, independent of their order. */
    private static String checksum(String relation) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT count(*) || ' ' || sum(hash(t)::HUGEINT) FROM (" + relation + ") t")) {
            rows.next();
            return rows.getString(1);
        }
    }

    @ParameterizedTest
    @EnumSource(ExportFileType.class)
    void whatIsPulledEqualsTheSourceInEveryRowAndColumn(ExportFileType fileType) throws Exception {
        serve(fileType);
        keboola.seed(Samples.AIRPORTS);
        sync("airports");
        Path pulled = assertInstanceOf(Puller.Pulled.Downloaded.class, pull(server.address()))
                .file();
        Path source = Samples.AIRPORTS.copyTo(directory.resolve("airports.csv"));
        String columns =
                "iata, name, city, state, country, latitude::DOUBLE AS latitude, longitude::DOUBLE AS longitude";
        assertEquals(
                checksum("SELECT " + columns + " FROM read_csv('" + source + "', all_varchar = true)"),
                checksum("SELECT " + columns + " FROM read_parquet('" + pulled + "')"));
    }

    @Test
    void whatWasCutOffGoesOnWhereItStopped() throws Exception {
        serve(ExportFileType.PARQUET);
        keboola.seed(Samples.AIRPORTS);
        sync("airports");
        long size = Files.size(published("airports"));
        try (FaultProxy proxy = FaultProxy.to(server.address())) {
            // The first connection is for the manifest and stays open. The second is cut in the middle of the download.
            proxy.nextConnection(new FaultProxy.ResetAfter(size / 2));
            assertInstanceOf(Puller.Pulled.Downloaded.class, pull(proxy.uri("http")));
            assertEquals(2, proxy.connections());
        }
        assertArrayEquals(
                Files.readAllBytes(published("airports")),
                Files.readAllBytes(into.resolve("in.c-demo.airports.parquet")));
        assertEquals(1, files().size());
    }

    @Test
    void whatAnEarlierCallLeftIsNotFetchedAgainUnlessItIsWrong() throws Exception {
        serve(ExportFileType.PARQUET);
        keboola.seed(Samples.AIRPORTS);
        sync("airports");
        byte[] whole = Files.readAllBytes(published("airports"));
        String sha256 = FileDigests.of(published("airports")).sha256();
        Path part = into.resolve(".in.c-demo.airports." + sha256.substring(0, 12) + ".part");
        Files.createDirectories(into);
        Files.write(part, Arrays.copyOf(whole, whole.length / 2));
        pull(server.address());
        assertArrayEquals(whole, Files.readAllBytes(into.resolve("in.c-demo.airports.parquet")));
        Files.delete(into.resolve("in.c-demo.airports.parquet"));
        Files.write(part, new byte[whole.length / 2]);
        Puller.Pulled.Failed corrupt = assertInstanceOf(Puller.Pulled.Failed.class, pull(server.address()));
        assertEquals("download_corrupt", corrupt.why().code());
        assertEquals(List.of(), files());
        assertInstanceOf(Puller.Pulled.Downloaded.class, pull(server.address()));
    }

    @Test
    void unchangedFilesAreNotFetchedAndChangedOnesAre() throws Exception {
        serve(ExportFileType.PARQUET);
        keboola.seed(Samples.AIRPORTS);
        sync("airports");
        pull(server.address());
        assertInstanceOf(Puller.Pulled.Unchanged.class, pull(server.address()));
        Path file = into.resolve("in.c-demo.airports.parquet");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertInstanceOf(Puller.Pulled.Downloaded.class, pull(server.address()));
        assertArrayEquals(Files.readAllBytes(published("airports")), Files.readAllBytes(file));
    }

    @Test
    void unchangedFilesAreReadAgainOnlyWithVerify() throws Exception {
        serve(ExportFileType.PARQUET);
        keboola.seed(Samples.AIRPORTS);
        sync("airports");
        pull(server.address());
        Path file = into.resolve("in.c-demo.airports.parquet");
        FileTime modified = Files.getLastModifiedTime(file);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, modified);
        assertInstanceOf(Puller.Pulled.Unchanged.class, pull(server.address()));
        Puller.Request verify = new Puller.Request(Set.of(), true, Duration.ZERO);
        assertInstanceOf(Puller.Pulled.Downloaded.class, pull(verify).tables().getFirst());
        assertArrayEquals(Files.readAllBytes(published("airports")), Files.readAllBytes(file));
    }

    @Test
    void aStateThatIsDamagedIsForgotten() throws Exception {
        serve(ExportFileType.PARQUET);
        keboola.seed(Samples.AIRPORTS);
        sync("airports");
        pull(server.address());
        for (String damaged :
                List.of("", "no state", "agnes pull 1\n\t\t\t\t\n", "agnes pull 1\n" + "x".repeat(9_999))) {
            Files.writeString(into.resolve(".agnes-pull.state"), damaged);
            assertInstanceOf(Puller.Pulled.Unchanged.class, pull(server.address()));
        }
    }

    @Test
    void twoPullsIntoOneDirectoryDoNotMeet() throws Exception {
        serve(ExportFileType.PARQUET);
        keboola.seed(Samples.AIRPORTS);
        sync("airports");
        PullDirectory held = PullDirectory.open(into, Duration.ZERO, Time.system());
        try (held) {
            CommandException e = assertThrows(CommandException.class, () -> pull(server.address()));
            assertEquals(
                    "directory " + into + " is held by process "
                            + ProcessHandle.current().pid() + ", which pulls into it; --wait waits for its end",
                    e.getMessage());
            assertEquals(ExitCode.DIRECTORY, ExitCode.of(e));
        }
        assertInstanceOf(Puller.Pulled.Downloaded.class, pull(server.address()));
    }

    @Test
    void waitingForAnotherPullGoesOnOnceItHasEnded() throws Exception {
        serve(ExportFileType.PARQUET);
        keboola.seed(Samples.AIRPORTS);
        sync("airports");
        PullDirectory held = PullDirectory.open(into, Duration.ZERO, Time.system());
        FutureTask<Puller.Result> waiting =
                new FutureTask<>(() -> pull(new Puller.Request(Set.of(), false, Duration.ofMinutes(1))));
        Thread thread = Thread.ofVirtual().start(waiting);
        assertThrows(TimeoutException.class, () -> waiting.get(300, TimeUnit.MILLISECONDS));
        held.close();
        assertTrue(waiting.get(30, TimeUnit.SECONDS).good());
        thread.join();
    }

    @Test
    void filesOfTablesThatAreNoLongerYoursAreNamedAndStay() throws Exception {
        serve(ExportFileType.PARQUET);
        keboola.seed(Samples.AIRPORTS);
        sync("airports");
        pull(server.address());
        Path mine = Files.writeString(into.resolve("mine.parquet"), "of nobody's server");
        Path file = into.resolve("in.c-demo.airports.parquet");
        assertEquals(List.of(), pull(Puller.Request.ALL).noLongerYours());
        try (ServerClient client = new ServerClient(server.address(), token)) {
            client.delete("/api/admin/registry/in.c-demo.airports");
        }
        for (int time = 0; time < 2; time++) {
            assertEquals(List.of(file), pull(Puller.Request.ALL).noLongerYours());
        }
        assertTrue(Files.exists(file));
        assertTrue(Files.exists(mine));
        Files.delete(file);
        assertEquals(List.of(), pull(Puller.Request.ALL).noLongerYours());
    }

    @Test
    void aTableThatWasNeverPublishedIsNamedAsThat() throws Exception {
        serve(ExportFileType.PARQUET);
        keboola.seed(Samples.AIRPORTS);
        try (ServerClient client = new ServerClient(server.address(), token)) {
            client.post(
                    "/api/admin/register-table",
                    Json.createObjectBuilder()
                            .add("source_type", "keboola")
                            .add("bucket", "in.c-demo")
                            .add("source_table", "airports")
                            .build());
        }
        Puller.Request later = new Puller.Request(Set.of("in.c-demo.airports"), false, Duration.ZERO);
        CommandException e = assertThrows(CommandException.class, () -> pull(later));
        assertEquals("table in.c-demo.airports has nothing published yet", e.getMessage());
    }
}
