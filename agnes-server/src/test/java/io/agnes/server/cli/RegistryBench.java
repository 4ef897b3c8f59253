// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileStore;
import io.agnes.core.table.Column;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableVersion;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import io.agnes.server.registry.Database;
import io.agnes.server.registry.RegistryAccess;
import io.agnes.server.registry.RegistryTables;
import jakarta.json.JsonArray;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
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
 * {@code ./agnes bench registry}: measures a server with many tables and versions: the time until it is ready, the time
 * of manifest and catalog for an administrator, who sees all tables, and the memory.
 */
@Command(name = "agnes bench registry", mixinStandardHelpOptions = true, description = "Many tables, many versions.")
final class RegistryBench implements Callable<Integer> {
    private static final Name ADMIN = new Name("admin");
    private static final int COLUMNS = 20;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--tables", paramLabel = "N", description = "tables (${DEFAULT-VALUE})")
    private int tables = 1000;

    @Option(names = "--versions", paramLabel = "N", description = "versions of each (${DEFAULT-VALUE})")
    private int versions = 10;

    @Option(names = "--requests", paramLabel = "N", description = "requests of each kind (${DEFAULT-VALUE})")
    private int requests = 200;

    @Option(names = "--json", paramLabel = "FILE", description = "write the numbers there too")
    private @Nullable Path json;

    private final Time time = Time.system();
    private final Program program = Program.ofLauncher();

    /** Runs the benchmark with the options of the command line. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new RegistryBench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("agnes-bench-");
        try {
            Path data = directory.resolve("data");
            Secret token = fill(data);
            measure(directory, data, token);
            return 0;
        } finally {
            FileStore.system().deleteTree(directory);
        }
    }

    private Secret fill(Path data) throws IOException, InterruptedException {
        Files.createDirectories(data);
        // Same modes, times and plain copies as a server leaves; otherwise the start would repair them first.
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        Instant now = time.now().truncatedTo(ChronoUnit.SECONDS);
        try (Database database = Database.open(data.resolve("registry.duckdb"), data)) {
            RegistryTables registry = new RegistryTables(database);
            for (int i = 0; i < tables; i++) {
                TableId id = new TableId("in.c-bench.table" + i);
                registry.register(TableRecord.builder(id, "keboola")
                        .description("a table among many")
                        .bucket("in.c-bench")
                        .sourceTable("table" + i)
                        .registered("bench", now)
                        .build());
                publish(registry, data, id, now);
            }
            RegistryAccess access = new RegistryAccess(database);
            access.putUser(ADMIN, Set.of(Name.ADMIN_GROUP), ADMIN, now);
            return access.mint(ADMIN, EnumSet.allOf(Scope.class), now, null, ADMIN);
        }
    }

    private void publish(RegistryTables registry, Path data, TableId id, Instant now)
            throws IOException, InterruptedException {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < COLUMNS; i++) {
            columns.add(new Column("column_" + i, i % 2 == 0 ? "VARCHAR" : "DECIMAL(18,3)"));
        }
        Path folder = Files.createDirectories(data.resolve("extracts/keboola/data/" + id));
        for (int sequence = 1; sequence <= versions; sequence++) {
            Path content = Files.writeString(folder.resolve("content"), id + " " + sequence);
            FileDigests digests = FileDigests.of(content);
            String name = sequence + "-" + digests.sha256().substring(0, 12) + ".parquet";
            Path file = Files.move(content, folder.resolve(name));
            Files.setLastModifiedTime(file, FileTime.from(now.plusSeconds(sequence)));
            if (sequence == versions) {
                Files.copy(file, folder.resolveSibling(id + ".parquet"), StandardCopyOption.COPY_ATTRIBUTES);
            }
            registry.publish(new TableVersion(
                    id,
                    sequence,
                    "extracts/keboola/data/" + id + "/" + name,
                    digests,
                    1000,
                    columns,
                    now.plusSeconds(sequence),
                    null));
        }
    }

    private void measure(Path directory, Path data, Secret token) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.start(program, data, Map.of(), directory.resolve("log"), time);
                ServerClient client = new ServerClient(server.address(), token)) {
            ServerProcess.Start start = server.awaitReady();
            double manifest = median(client, "/api/sync/manifest");
            double catalog = median(client, "/api/v2/catalog");
            double before = server.residentMib();
            median(client, "/api/sync/manifest");
            double after = server.residentMib();
            new BenchReport("registry")
                    .add("ready_s", start.seconds())
                    .add("manifest_ms", manifest)
                    .add("catalog_ms", catalog)
                    .add("rss_mb", after)
                    .add("rss_growth_mb", after - before)
                    .add("tables", tables)
                    .add("versions", (long) tables * versions)
                    .print(spec.commandLine().getOut(), json);
        }
    }

    private double median(ServerClient client, String path) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            long start = time.nanos();
            JsonValue listed = client.get(path).getValue("/tables");
            int found = listed instanceof JsonArray array
                    ? array.size()
                    : listed.asJsonObject().size();
            if (found != tables) {
                throw CommandException.wrong(path + " names " + found + " tables instead of " + tables);
            }
            millis.add(time.since(start).toNanos() / 1e6);
        }
        return millis.stream().sorted().toList().get(millis.size() / 2);
    }
}
