// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.file.FileStore;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.work.Task;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import io.agnes.server.registry.Database;
import io.agnes.server.registry.RegistryAccess;
import io.agnes.server.registry.RegistryTables;
import io.agnes.testkit.FakeBigQuery;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./agnes bench catalog}: measures a server with many tables that stay in BigQuery, each call to which takes 100 ms: the time
 * of a refresh of all metadata against calls over calls at once, and the catalog meanwhile, which must not call BigQuery.
 */
@Command(
        name = "agnes bench catalog",
        mixinStandardHelpOptions = true,
        description = "Many tables in BigQuery, refreshed while the catalog is read.")
final class CatalogBench implements Callable<Integer> {
    private static final Name ADMIN = new Name("admin");
    private static final Duration CALL = Duration.ofMillis(100);
    private static final int AT_ONCE = 4;
    private static final String DATASET = "bench";
    private static final String LOOK_UP = ".*/datasets/" + DATASET + "/tables/.*";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--tables", paramLabel = "N", description = "tables (${DEFAULT-VALUE})")
    private int tables = 500;

    @Option(names = "--json", paramLabel = "FILE", description = "write the numbers there too")
    private @Nullable Path json;

    private final Time time = Time.system();
    private final Program program = Program.ofLauncher();

    /** Runs the benchmark with the options of the command line. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new CatalogBench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("agnes-bench-");
        try (FakeBigQuery google = FakeBigQuery.builder().latency(CALL).start()) {
            for (int i = 0; i < tables; i++) {
                google.dataset(DATASET).table("t" + i).columns("id INT64, name STRING, day DATE");
            }
            Path data = directory.resolve("data");
            measure(directory, data, register(data), google);
            return 0;
        } finally {
            FileStore.system().deleteTree(directory);
        }
    }

    private Secret register(Path data) throws IOException {
        Files.createDirectories(data);
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        Instant now = time.now().truncatedTo(ChronoUnit.SECONDS);
        try (Database database = Database.open(data.resolve("registry.duckdb"), data)) {
            RegistryTables registry = new RegistryTables(database);
            for (int i = 0; i < tables; i++) {
                registry.register(TableRecord.builder(new TableId("t" + i), "bigquery")
                        .bucket(DATASET)
                        .sourceTable("t" + i)
                        .queryMode(QueryMode.REMOTE)
                        .registered("bench", now)
                        .build());
            }
            RegistryAccess access = new RegistryAccess(database);
            access.putUser(ADMIN, Set.of(Name.ADMIN_GROUP), ADMIN, now);
            return access.mint(ADMIN, EnumSet.allOf(Scope.class), now, null, ADMIN);
        }
    }

    private void measure(Path directory, Path data, Secret token, FakeBigQuery google) throws Exception {
        Path key = Files.writeString(directory.resolve("key.json"), google.serviceAccountKey());
        Map<String, String> environment = Map.of(
                "AGNES_BIGQUERY_PROJECT", google.project(),
                "AGNES_BIGQUERY_ENDPOINT", google.endpoint().toString(),
                "AGNES_BIGQUERY_READ_CREDENTIALS", key.toString(),
                "AGNES_BQ_METADATA_REFRESH_CONCURRENCY", Integer.toString(AT_ONCE),
                "SCHEDULER_BQ_METADATA_REFRESH_INTERVAL", "0");
        try (ServerProcess server = ServerProcess.start(program, data, environment, directory.resolve("log"), time);
                ServerClient client = new ServerClient(server.address(), token)) {
            server.awaitReady();
            // Loads classes and opens connections; the second refresh is measured.
            catalog(client, 10);
            refresh(client);
            int before = google.requests("GET", LOOK_UP).size();
            List<Double> catalogs = new ArrayList<>();
            JsonObject run;
            try (Task<JsonObject> refresh = Task.start("refresh", () -> refresh(client))) {
                do {
                    catalogs.addAll(catalog(client, 1));
                } while (!refresh.join(Duration.ofMillis(10)));
                run = refresh.await();
            }
            int meanwhile = google.requests("GET", LOOK_UP).size() - before;
            int requests = google.requests().size();
            catalog(client, 100);
            double floor = (double) tables * CALL.toMillis() / AT_ONCE;
            new BenchReport("catalog")
                    .add("refresh_ratio", run.getInt("duration_ms") / floor)
                    .add("catalog_ms", BenchReport.percentile(catalogs, 0.5))
                    .add("catalog_p99_ms", BenchReport.percentile(catalogs, 0.99))
                    .add(
                            "catalog_upstream_calls",
                            meanwhile - tables + google.requests().size() - requests)
                    .add("rss_mb", server.residentMib())
                    .add("tables", tables)
                    .print(spec.commandLine().getOut(), json);
        }
    }

    private JsonObject refresh(ServerClient client) {
        JsonObject run = client.post("/api/admin/run-bq-metadata-refresh", null);
        if (run.getInt("succeeded") != tables) {
            throw CommandException.wrong("the refresh brought " + run);
        }
        return run;
    }

    /** The milliseconds of so many reads of the catalog. */
    private List<Double> catalog(ServerClient client, int reads) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < reads; i++) {
            long start = time.nanos();
            int found = client.get("/api/v2/catalog").getJsonArray("tables").size();
            if (found != tables) {
                throw CommandException.wrong("the catalog names " + found + " tables instead of " + tables);
            }
            millis.add(time.since(start).toNanos() / 1e6);
        }
        return millis;
    }
}
