// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Sha256;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.file.DiskSpace;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.file.Scratch;
import io.agnes.core.table.Column;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableVersion;
import io.agnes.server.ManualTime;
import io.agnes.server.access.Name;
import io.agnes.server.backup.Backup;
import io.agnes.server.backup.BackupOutcome;
import io.agnes.server.backup.Backups;
import io.agnes.server.registry.Database;
import io.agnes.server.registry.RegistryAccess;
import io.agnes.server.registry.RegistryRestore;
import io.agnes.server.registry.RegistryTables;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./agnes bench backup}: how long writers wait while backups of a registry of many tables are made, whether every backup is restored as one
 * moment of it, and how long it takes until the first byte could be sent. The floor: the 99th percentile of a write is 300 ms at most,
 * the first byte comes within a second.
 */
@Command(
        name = "agnes bench backup",
        mixinStandardHelpOptions = true,
        description = "Backups while writers are at work, and of a thousand tables.")
final class BackupBench implements Callable<Integer> {
    private static final int COLUMNS = 20;
    private static final double MIB = 1L << 20;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--tables", paramLabel = "N", description = "tables (${DEFAULT-VALUE})")
    private int tables = 1000;

    @Option(names = "--backups", paramLabel = "N", description = "backups (${DEFAULT-VALUE})")
    private int count = 50;

    @Option(names = "--writers", paramLabel = "N", description = "writers at the same time (${DEFAULT-VALUE})")
    private int writers = 2;

    @Option(names = "--json", paramLabel = "FILE", description = "write the numbers there too")
    private @Nullable Path json;

    private final Time time = Time.system();
    private final ManualTime minutes = new ManualTime(time.now());
    private final AtomicBoolean copying = new AtomicBoolean();
    private final AtomicBoolean enough = new AtomicBoolean();
    private final Queue<Double> stalls = new ConcurrentLinkedQueue<>();
    private final List<Double> firstBytes = new ArrayList<>();
    private long size;

    /** Runs the benchmark with the options of the command line. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BackupBench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("agnes-bench-");
        try (Database database = Database.open(directory.resolve("registry.duckdb"), directory)) {
            fill(database);
            Scratch scratch = Scratch.of(FileStore.system(), directory.resolve("tmp"));
            int equal = underWrites(database, scratch, directory);
            new BenchReport("backup")
                    .add("backups", count)
                    .add("restored_equal", equal)
                    .add("stall_p99_ms", BenchReport.percentile(List.copyOf(stalls), 0.99))
                    .add("leftover_bytes", leftover(scratch.root()))
                    .add("size_mb", size / MIB)
                    .add("first_byte_ms", BenchReport.percentile(firstBytes, 0.5))
                    .print(spec.commandLine().getOut(), json);
            return equal == count ? 0 : 1;
        } finally {
            FileStore.system().deleteTree(directory);
        }
    }

    private void fill(Database database) {
        Instant now = time.now().truncatedTo(ChronoUnit.SECONDS);
        RegistryTables registry = new RegistryTables(database);
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < COLUMNS; i++) {
            columns.add(new Column("column_" + i, i % 2 == 0 ? "VARCHAR" : "DECIMAL(18,3)"));
        }
        for (int i = 0; i < tables; i++) {
            TableId id = new TableId("in.c-bench.table" + i);
            registry.register(TableRecord.builder(id, "keboola")
                    .description("a table among many")
                    .bucket("in.c-bench")
                    .sourceTable("table" + i)
                    .registered("bench", now)
                    .build());
            String sha256 = Sha256.hex(id.value());
            registry.publish(new TableVersion(
                    id,
                    1,
                    "extracts/keboola/data/" + id + "/1-" + sha256.substring(0, 12) + ".parquet",
                    new FileDigests(1000, sha256.substring(0, 32), sha256),
                    1000,
                    columns,
                    now,
                    null));
        }
    }

    private int underWrites(Database database, Scratch scratch, Path directory) throws Exception {
        Backups backups = new Backups(database, scratch, DiskSpace.system(), minutes);
        int equal = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> work = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                String name = "w" + writer;
                work.add(threads.submit(() -> write(database, name)));
            }
            try {
                for (int i = 0; i < count; i++) {
                    equal += isOneMoment(save(backups, directory), directory) ? 1 : 0;
                }
            } finally {
                enough.set(true);
            }
            for (Future<?> writer : work) {
                writer.get();
            }
        }
        return equal;
    }

    /** Each transaction adds a user, a group and a membership. Those that overlap a backup are measured. */
    private void write(Database database, String writer) {
        RegistryAccess access = new RegistryAccess(database);
        for (int i = 0; !enough.get(); i++) {
            Name name = new Name(writer + "-" + i);
            boolean before = copying.get();
            long start = time.nanos();
            access.putUser(name, Set.of(name), name, minutes.now());
            if (before || copying.get()) {
                stalls.add(time.since(start).toNanos() / 1e6);
            }
        }
    }

    private Path save(Backups backups, Path directory) throws IOException, InterruptedException {
        minutes.advance(Backups.BETWEEN);
        copying.set(true);
        long start = time.nanos();
        BackupOutcome outcome = backups.take();
        firstBytes.add(time.since(start).toNanos() / 1e6);
        copying.set(false);
        if (!(outcome instanceof BackupOutcome.Taken taken)) {
            throw CommandException.wrong("no backup: " + outcome);
        }
        Path file = directory.resolve("backup.duckdb");
        Files.deleteIfExists(file);
        try (Backup backup = taken.backup();
                FileChannel channel = FileStore.system().create(file)) {
            backup.content().transferTo(0, backup.digests().length(), channel);
            size = backup.digests().length();
        }
        return file;
    }

    /** Whether a restore proves it, and it shows all rows of each transaction or none. */
    private static boolean isOneMoment(Path file, Path directory) throws IOException {
        try (FileDraft draft = FileDraft.of(FileStore.system(), directory.resolve("restored"), "registry.duckdb")) {
            Map<String, Long> rows =
                    RegistryRestore.of(file, draft, directory).prove().rows();
            return rows.get("app_user").equals(rows.get("user_group"))
                    && rows.get("app_user").equals(rows.get("group_member"));
        }
    }

    private static long leftover(Path scratch) throws IOException {
        long bytes = 0;
        for (Path file : FileStore.system().list(scratch)) {
            bytes += file.endsWith(Scratch.MARK) ? 0 : Math.max(1, Files.size(file));
        }
        return bytes;
    }
}
