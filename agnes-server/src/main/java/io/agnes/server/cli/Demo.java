// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.core.duckdb.DuckDb;
import io.agnes.core.duckdb.ParquetScan;
import io.agnes.core.duckdb.TextScan;
import io.agnes.core.duckdb.Workspace;
import io.agnes.core.file.FileDigests;
import io.agnes.core.sync.ConfiguredSource;
import io.agnes.core.sync.SyncConfig;
import io.agnes.keboola.KeboolaConfig;
import io.agnes.keboola.KeboolaSourceType;
import io.agnes.server.AgnesServer;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import io.agnes.server.settings.Settings;
import io.agnes.server.settings.Sources;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The demonstration of Agnes on one machine: an emulated Keboola and BigQuery, a server with its data directory, an
 * administrator who registers and syncs three tables over HTTP, and an analyst who pulls the granted tables. A fourth table
 * stays in BigQuery, and the catalog tells of it.
 */
final class Demo implements AutoCloseable {
    private static final Name ADMIN = new Name("admin");
    private static final Name ANALYST = new Name("analyst");
    private static final Name GROUP = new Name("analysts");
    private static final Duration TOKEN_LIFE = Duration.ofDays(1);
    private static final long COUNT_MEMORY_BYTES = 128L << 20;
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

    /** The name of the file that marks a data directory as one of a demo. */
    private static final String MARK = "demo";

    /** The demo registers the weather table as CSV, to show that export too. */
    private static final Map<Samples, String> FILE_TYPES =
            Map.of(Samples.AIRPORTS, "parquet", Samples.BIRDSTRIKES, "parquet", Samples.WEATHER, "csv");

    private final FakeKeboola keboola;
    private final Optional<DemoBigQuery> bigQuery;
    private final AgnesServer server;
    private final Path pulled;
    private final Time time;
    private final PrintWriter out;
    private final Secret admin;
    private final Secret analyst;

    private Demo(
            FakeKeboola keboola,
            Optional<DemoBigQuery> bigQuery,
            AgnesServer server,
            Path pulled,
            Time time,
            PrintWriter out) {
        this.keboola = keboola;
        this.bigQuery = bigQuery;
        this.server = server;
        this.pulled = pulled;
        this.time = time;
        this.out = out;
        Instant now = time.now();
        server.access().putUser(ADMIN, Set.of(Name.ADMIN_GROUP), ADMIN, now);
        this.admin = server.access().mint(ADMIN, EnumSet.allOf(Scope.class), now, now.plus(TOKEN_LIFE), ADMIN);
        server.access().putUser(ANALYST, Set.of(GROUP), ANALYST, now);
        this.analyst = server.access().mint(ANALYST, EnumSet.of(Scope.READ), now, now.plus(TOKEN_LIFE), ADMIN);
    }

    /**
     * Starts the emulated services and the server.
     *
     * @param dataDir a new, an empty or an earlier demo's directory; the data directory of another server is refused
     * @param port 0 selects a free port
     * @param withBigQuery whether there is a table of BigQuery too
     */
    static Demo start(Path dataDir, int port, boolean withBigQuery, Time time, PrintWriter out) throws IOException {
        requireOwn(dataDir);
        FakeKeboola keboola = FakeKeboola.start();
        Optional<DemoBigQuery> bigQuery = Optional.empty();
        boolean started = false;
        try {
            bigQuery = withBigQuery ? Optional.of(DemoBigQuery.start()) : Optional.empty();
            AgnesServer server = AgnesServer.start(settings(dataDir, port, keboola, bigQuery), time);
            mark(dataDir, server);
            started = true;
            return new Demo(keboola, bigQuery, server, dataDir.resolve("pulled"), time, out);
        } finally {
            if (!started) {
                keboola.close();
                bigQuery.ifPresent(DemoBigQuery::close);
            }
        }
    }

    private static void requireOwn(Path dataDir) {
        if (Files.exists(dataDir.resolve("registry.duckdb")) && !Files.exists(dataDir.resolve(MARK))) {
            throw CommandException.directoryOfServer(dataDir);
        }
    }

    private static void mark(Path dataDir, AgnesServer server) throws IOException {
        boolean marked = false;
        try {
            Files.writeString(dataDir.resolve(MARK), "made by agnes demo\n");
            marked = true;
        } finally {
            if (!marked) {
                server.close();
            }
        }
    }

    private static Settings settings(Path dataDir, int port, FakeKeboola keboola, Optional<DemoBigQuery> bigQuery) {
        KeboolaConfig project = KeboolaConfig.of(keboola.stackUrl(), Secret.of(keboola.token()))
                .withPrivateTargets(true)
                .withExportTimeout(Duration.ofMinutes(1))
                .withPollInterval(POLL_INTERVAL)
                .withSliceIdleTimeout(Duration.ofSeconds(30))
                .withSlicesAtOnce(4)
                .withStorageEndpoint(keboola.storageEndpoint());
        List<ConfiguredSource<?>> sources = new ArrayList<>();
        sources.add(new ConfiguredSource<>(new KeboolaSourceType(), project));
        bigQuery.map(DemoBigQuery::source).ifPresent(sources::add);
        return new Settings(
                dataDir,
                dataDir.resolve("tmp"),
                "127.0.0.1",
                port,
                Optional.empty(),
                SyncConfig.of(),
                Sources.of(sources.toArray(ConfiguredSource<?>[]::new)));
    }

    /** Syncs and pulls the tables and prints the results; returns whether every table arrived complete. */
    boolean run() throws IOException, InterruptedException {
        for (Samples sample : Samples.values()) {
            keboola.seed(sample);
        }
        try (ServerClient client = new ServerClient(server.address(), admin)) {
            for (Samples sample : Samples.values()) {
                register(client, sample);
            }
            if (bigQuery.isPresent()) {
                register(client, DemoBigQuery.registration(), DemoBigQuery.TABLE);
                client.post("/api/admin/run-bq-metadata-refresh", null);
            }
            JsonObject run = new RemoteRun(client, time).complete(List.of());
            failures(run.getJsonObject("tables"));
        }
        try (ServerClient client = new ServerClient(server.address(), analyst)) {
            Puller.Result result = new Puller(client, pulled, time)
                    .pull(Puller.Request.ALL, ProgressMeter.onStandardError(), this::failure);
            boolean right = tell(result.tables());
            if (bigQuery.isPresent()) {
                right &= tellRemote(client);
            }
            out.println(right ? "All rows and hashes are those of the source." : "Something is off, see above.");
            out.flush();
            return right;
        }
    }

    private boolean tellRemote(ServerClient client) {
        JsonObject known = client.get("/api/v2/catalog").getJsonArray("tables").stream()
                .map(JsonValue::asJsonObject)
                .filter(table -> table.getString("id").equals(DemoBigQuery.TABLE))
                .findFirst()
                .orElseThrow();
        out.println(DemoBigQuery.line(known));
        return DemoBigQuery.isRight(known);
    }

    private static void register(ServerClient client, Samples sample) {
        String table = sample.name().toLowerCase(Locale.ROOT);
        JsonObjectBuilder body = Json.createObjectBuilder()
                .add("name", table)
                .add("source_type", "keboola")
                .add("bucket", "in.c-demo")
                .add("source_table", table)
                .add("source_query", "{\"fileType\": \"" + FILE_TYPES.get(sample) + "\"}");
        register(client, body, sample.tableId());
    }

    private static void register(ServerClient client, JsonObjectBuilder body, String id) {
        try {
            client.post("/api/admin/register-table", body.build());
        } catch (CommandException e) {
            if (!e.code().equals("table_exists")) {
                throw e;
            }
        }
        client.post(
                "/api/admin/grants",
                Json.createObjectBuilder()
                        .add("group", GROUP.value())
                        .add("table_id", id)
                        .build());
    }

    private void failures(JsonObject outcomes) {
        outcomes.forEach((table, outcome) -> {
            if (RemoteRun.failed(outcome)) {
                out.println(table + " " + RemoteRun.describe(outcome.asJsonObject()));
            }
        });
    }

    private void failure(Puller.Pulled pulledTable) {
        if (pulledTable instanceof Puller.Pulled.Failed failed) {
            out.println(failed.why().getMessage());
        }
    }

    private boolean tell(List<Puller.Pulled> tables) throws IOException, InterruptedException {
        boolean right = tables.size() == Samples.values().length;
        out.println(String.format(
                Locale.ROOT,
                "%-24s %8s %11s  %-8s %-12s  %s",
                "table",
                "rows",
                "bytes",
                "came as",
                "sha256",
                "pulled"));
        for (Puller.Pulled table : tables) {
            right &= tell(table);
        }
        return right;
    }

    private boolean tell(Puller.Pulled pulledTable) throws IOException, InterruptedException {
        return switch (pulledTable) {
            case Puller.Pulled.Downloaded done ->
                tell(done.table(), done.file(), done.file().toString());
            case Puller.Pulled.Unchanged same -> tell(same.table(), same.file(), "unchanged");
            case Puller.Pulled.Failed failed -> false;
        };
    }

    private boolean tell(SyncManifest.Table table, Path file, String how) throws IOException, InterruptedException {
        Samples sample =
                Samples.valueOf(table.id().value().replace("in.c-demo.", "").toUpperCase(Locale.ROOT));
        long expected = sourceRows(sample);
        long found = count(file, ParquetScan.of(file).sql());
        boolean sameHash = FileDigests.of(file).sha256().equals(table.sha256());
        out.println(String.format(
                Locale.ROOT,
                "%-24s %,8d %,11d  %-8s %-12s  %s",
                table.id(),
                found,
                table.bytes(),
                FILE_TYPES.get(sample),
                table.sha256().substring(0, 12),
                how));
        if (found != expected || !sameHash) {
            out.println("  expected " + expected + " rows and SHA-256 " + table.sha256());
        }
        return found == expected && sameHash;
    }

    private static long sourceRows(Samples sample) throws IOException, InterruptedException {
        Path csv = Files.createTempFile("agnes-demo-", ".csv");
        try {
            return count(sample.copyTo(csv), text(csv));
        } finally {
            Files.deleteIfExists(csv);
        }
    }

    /** The column names of the samples contain no quotes. */
    private static String text(Path csv) throws IOException {
        try (Stream<String> lines = Files.lines(csv)) {
            List<String> columns = List.of(lines.findFirst().orElseThrow().split(","));
            // One of the samples has a carriage return before each line feed.
            TextScan.LineEnd end =
                    Files.readString(csv).contains("\r\n") ? TextScan.LineEnd.WINDOWS : TextScan.LineEnd.LINE_FEED;
            return new TextScan(List.of(csv), columns, true, false, end, Files.size(csv)).sql();
        }
    }

    private static long count(Path file, String relation) throws IOException, InterruptedException {
        return DuckDb.run(
                Workspace.reading(file),
                COUNT_MEMORY_BYTES,
                "counting the rows of " + file.getFileName(),
                database -> database.numbers("SELECT count(*) FROM " + relation).getFirst());
    }

    /** Prints commands to try next. */
    void next() {
        String server = this.server.address().toString();
        out.println();
        out.println("The server stays up at " + server + " until Ctrl-C. Try, in another terminal:");
        out.println();
        out.println("  export AGNES_TOKEN=" + analyst.reveal() + "   # the analyst's, for a day");
        out.println("  curl -H \"Authorization: Bearer $AGNES_TOKEN\" -o airports.parquet " + server
                + "/api/data/in.c-demo.airports/download");
        out.println("  duckdb -c \"SELECT state, count(*) FROM '" + pulled.resolve("in.c-demo.airports.parquet")
                + "' GROUP BY ALL ORDER BY 2 DESC LIMIT 5\"");
        out.println("  ./agnes pull --server " + server + " --into tables");
        out.println();
        out.println("The analyst may read. The administrator also registers, grants and syncs:");
        out.println();
        out.println("  export AGNES_TOKEN=" + admin.reveal() + "   # the administrator's, for a day");
        out.println("  ./agnes sync --server " + server);
        out.flush();
    }

    @Override
    public void close() {
        server.close();
        keboola.close();
        bigQuery.ifPresent(DemoBigQuery::close);
    }
}
