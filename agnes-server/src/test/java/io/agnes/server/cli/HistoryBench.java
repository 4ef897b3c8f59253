// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.core.file.FileStore;
import io.agnes.testkit.FakeKeboola;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./agnes bench history}: eight readers download one table repeatedly while new versions of it are published and
 * the server is killed occasionally. Every complete download must equal, byte for byte, a version that a manifest has
 * named.
 */
@Command(
        name = "agnes bench history",
        mixinStandardHelpOptions = true,
        description = "Downloads while versions are published and the server is killed.")
final class HistoryBench implements Callable<Integer> {
    private static final int READERS = 8;
    private static final int ROWS_A_ROUND = 20;
    private static final int FIRST_ROWS = 50_000;
    private static final int ROUNDS_A_KILL = 8;
    private static final int LONGEST_RUN_MILLIS = 400;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final String TABLE = "in.c-history.events";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--seconds", paramLabel = "N", description = "how long (${DEFAULT-VALUE})")
    private int seconds = 60;

    @Option(names = "--json", paramLabel = "FILE", description = "write the numbers there too")
    private @Nullable Path json;

    private final Time time = Time.system();
    private final Program program = Program.ofLauncher();
    private final Set<String> named = ConcurrentHashMap.newKeySet();
    private final Queue<String> downloaded = new ConcurrentLinkedQueue<>();
    private final AtomicInteger mixed = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();
    private final AtomicReference<@Nullable URI> server = new AtomicReference<>();
    private final AtomicInteger kills = new AtomicInteger();

    /** Runs the benchmark with the options of the command line. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new HistoryBench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("agnes-history-");
        FakeKeboola keboola = FakeKeboola.builder().jobPolls(0).start();
        try (FakeProject project = new FakeProject(keboola, directory, time)) {
            keboola.table(TABLE).fromCsv(rows(directory));
            run(project);
        } finally {
            FileStore.system().deleteTree(directory);
        }
        long unknown =
                downloaded.stream().filter(sha256 -> !named.contains(sha256)).count();
        new BenchReport("history")
                .add("downloads", downloaded.size())
                .add("versions", named.size())
                .add("mixed", mixed.get())
                .add("unknown", unknown)
                .add("refused", refused.get())
                .add("cut", cut.get())
                .add("kills", kills.get())
                .add("seconds", seconds)
                .print(spec.commandLine().getOut(), json);
        return mixed.get() + unknown + refused.get() == 0 && !downloaded.isEmpty() ? 0 : ExitCode.FAILED;
    }

    private void run(FakeProject project) throws Exception {
        Random random = new Random(1);
        Secret token = firstStart(project, random);
        long end = time.nanos() + Duration.ofSeconds(seconds).toNanos();
        List<Thread> readers = readers(token, end);
        while (time.nanos() < end) {
            try (ServerProcess process = project.start(program)) {
                process.awaitReady();
                server.set(process.address());
                publishUntilKilled(project, process, token, random, end);
            }
        }
        for (Thread reader : readers) {
            reader.join();
        }
        try (ServerProcess process = project.start(program)) {
            process.awaitReady();
            try (ServerClient client = new ServerClient(process.address(), token)) {
                name(client);
            }
        }
    }

    private Secret firstStart(FakeProject project, Random random) throws Exception {
        try (ServerProcess process = project.start(program)) {
            process.awaitReady();
            Secret token = project.firstToken();
            try (ServerClient client = new ServerClient(process.address(), token)) {
                register(client);
                publish(project, client, random);
            }
            return token;
        }
    }

    private void publishUntilKilled(FakeProject project, ServerProcess process, Secret token, Random random, long end)
            throws Exception {
        try (ServerClient client = new ServerClient(process.address(), token)) {
            for (int round = 0; round < ROUNDS_A_KILL && time.nanos() < end; round++) {
                publish(project, client, random);
            }
            change(project, random);
            client.post("/api/sync/trigger", null);
        }
        time.sleep(Duration.ofMillis(random.nextInt(LONGEST_RUN_MILLIS)));
        process.kill();
        kills.incrementAndGet();
    }

    /** Enough rows for many download buffers, with random text that hardly compresses. */
    private static Path rows(Path directory) throws IOException {
        StringBuilder csv = new StringBuilder("id,text\n");
        Random random = new Random(0);
        for (int row = 0; row < FIRST_ROWS; row++) {
            csv.append(row)
                    .append(',')
                    .append(Long.toHexString(random.nextLong()))
                    .append('\n');
        }
        return Files.writeString(directory.resolve("rows.csv"), csv);
    }

    private static void register(ServerClient client) {
        client.post(
                "/api/admin/register-table",
                Json.createObjectBuilder()
                        .add("source_type", "keboola")
                        .add("bucket", "in.c-history")
                        .add("source_table", "events")
                        .build());
    }

    private static void change(FakeProject project, Random random) {
        for (int row = 0; row < ROWS_A_ROUND; row++) {
            project.keboola().table(TABLE).row(Integer.toString(row), Long.toHexString(random.nextLong()));
        }
    }

    /**
     * Publishes one version. Records the hash in the manifest before and after, because a kill may have happened after
     * the last publishing and before its manifest was read.
     */
    private void publish(FakeProject project, ServerClient client, Random random) throws InterruptedException {
        name(client);
        change(project, random);
        new RemoteRun(client, time).complete(List.of(TABLE));
        name(client);
    }

    private void name(ServerClient client) {
        JsonObject table =
                client.get("/api/sync/manifest").getJsonObject("tables").getJsonObject(TABLE);
        if (!table.isNull("sha256")) {
            named.add(table.getString("sha256"));
        }
    }

    private List<Thread> readers(Secret token, long end) {
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(Thread.ofPlatform().name("reader-" + i).start(() -> read(token, end)));
        }
        return readers;
    }

    private void read(Secret token, long end) {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (time.nanos() < end) {
            try {
                download(token, buffer);
            } catch (IOException killed) {
                cut.incrementAndGet();
                pause();
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }

    /** Waits a moment for the server to restart. */
    private void pause() {
        try {
            time.sleep(Duration.ofMillis(20));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void download(Secret token, byte[] buffer) throws IOException, NoSuchAlgorithmException {
        URI address = server.get();
        if (address == null) {
            return;
        }
        HttpURLConnection connection = (HttpURLConnection)
                address.resolve("/api/data/" + TABLE + "/download").toURL().openConnection();
        connection.setRequestProperty("Authorization", "Bearer " + token.reveal());
        if (connection.getResponseCode() != 200) {
            refused.incrementAndGet();
            return;
        }
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        long bytes = 0;
        try (InputStream in = connection.getInputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                bytes += read;
            }
        }
        if (bytes != connection.getContentLengthLong()) {
            throw new IOException("ended early");
        }
        String sha256 = HexFormat.of().formatHex(digest.digest());
        if (!connection.getHeaderField("ETag").equals('"' + sha256 + '"')) {
            mixed.incrementAndGet();
        }
        downloaded.add(sha256);
    }
}
