// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.file.FileDigests;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.FakeTable;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Records what a server acknowledged, and checks after a kill that it still has all of it and that its answers are
 * right.
 */
final class CrashWitness {
    private static final String BUCKET = "in.c-crash";
    /** About 500 rows: a table has few slices, so the last round takes as long as the first. */
    private static final int ROUNDS_OF_A_TABLE = 25;

    private final FakeKeboola keboola;
    private final Path data;
    private final Path copy;
    private final Set<String> acknowledgedTables = new HashSet<>();
    private final Set<String> acknowledgedRuns = new HashSet<>();
    private final Map<String, Long> sequences = new HashMap<>();
    private int rounds;
    private int corrupt;
    private int lost;
    private long leftoverBytes;

    /** @param copy the path at which a copy of the registry is opened */
    CrashWitness(FakeKeboola keboola, Path data, Path copy) {
        this.keboola = keboola;
        this.data = data;
        this.copy = copy;
    }

    void setUp(ServerClient client) {
        client.post(
                "/api/admin/users",
                Json.createObjectBuilder()
                        .add("id", "reader")
                        .add("groups", Json.createArrayBuilder().add("readers"))
                        .build());
        for (int i = 0; i < CrashBench.TABLES; i++) {
            begin(i).row(Integer.toString(i), "first");
            register(client, "t" + i, "t" + i, "materialized");
        }
    }

    private void register(ServerClient client, String id, String sourceTable, String mode) {
        client.post(
                "/api/admin/register-table",
                Json.createObjectBuilder()
                        .add("id", BUCKET + "." + id)
                        .add("source_type", "keboola")
                        .add("bucket", BUCKET)
                        .add("source_table", sourceTable)
                        .add("query_mode", mode)
                        .build());
        acknowledgedTables.add(BUCKET + "." + id);
        client.post(
                "/api/admin/grants",
                Json.createObjectBuilder()
                        .add("group", "readers")
                        .add("table_id", BUCKET + "." + id)
                        .build());
    }

    private FakeTable begin(int table) {
        return keboola.table(BUCKET + ".t" + table).columns("id", "name");
    }

    /** Adds rows to all tables, so that a run publishes them; sometimes replaces all rows. */
    void change(Random random) {
        for (int i = 0; i < CrashBench.TABLES; i++) {
            if (rounds % ROUNDS_OF_A_TABLE == 0) {
                begin(i);
            }
            for (int row = random.nextInt(1, 40); row > 0; row--) {
                keboola.table(BUCKET + ".t" + i).row(Integer.toString(random.nextInt()), "round " + rounds);
            }
        }
    }

    /** Registers a table, grants it and starts a run, and records the acknowledgements. */
    void acknowledge(ServerClient client) {
        rounds++;
        register(client, "extra" + rounds, "t0", "remote");
        JsonObject triggered = client.post("/api/sync/trigger", null);
        acknowledgedRuns.add(triggered.getString("run_id"));
    }

    boolean running(ServerClient client) {
        return client.get("/api/sync/status").getBoolean("locked");
    }

    /**
     * Checks right after a start that no acknowledged change is lost, every file matches the manifest, and no
     * unreferenced file remains.
     */
    void check(ServerClient client) throws IOException, InterruptedException {
        JsonObject manifest = client.get("/api/sync/manifest").getJsonObject("tables");
        lost += Math.toIntExact(acknowledgedTables.stream()
                .filter(table -> !manifest.containsKey(table))
                .count());
        Set<Path> referenced = new HashSet<>();
        checkRegistry(referenced);
        for (String id : manifest.keySet()) {
            JsonObject table = manifest.getJsonObject(id);
            if (!table.isNull("sha256")) {
                checkFile(id, table);
            }
        }
        leftoverBytes += unreferenced(referenced);
    }

    private void checkFile(String id, JsonObject table) throws IOException, InterruptedException {
        Path plain = data.resolve("extracts/keboola/data/" + id + ".parquet");
        boolean whole = Files.exists(plain)
                && FileDigests.of(plain)
                        .equals(new FileDigests(
                                table.getJsonNumber("size_bytes").longValueExact(),
                                table.getString("hash"),
                                table.getString("sha256")));
        // After a kill between registry and copy, the plain name may be one version behind. The version itself may not.
        if (!whole && !versionIsThere(id, table)) {
            corrupt++;
        }
    }

    private boolean versionIsThere(String id, JsonObject table) throws IOException, InterruptedException {
        try (Stream<Path> versions = Files.list(data.resolve("extracts/keboola/data/" + id))) {
            for (Path version : versions.toList()) {
                if (sha256(version).equals(table.getString("sha256"))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String sha256(Path file) throws IOException, InterruptedException {
        return FileDigests.of(file, Set.of(FileDigests.Algorithm.SHA_256)).sha256();
    }

    /** Reads a copy of the registry and checks every version's file, the order of versions, runs and grants. */
    private void checkRegistry(Set<Path> referenced) throws IOException, InterruptedException {
        Files.createDirectories(copy);
        for (String name : List.of("registry.duckdb", "registry.duckdb.wal")) {
            Files.deleteIfExists(copy.resolve(name));
            if (Files.exists(data.resolve(name))) {
                Files.copy(data.resolve(name), copy.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        try (Connection registry = DriverManager.getConnection("jdbc:duckdb:" + copy.resolve("registry.duckdb"))) {
            for (List<String> version : rows(registry, "SELECT path, sha256 FROM table_version")) {
                Path file = data.resolve(version.get(0));
                referenced.add(file);
                if (!Files.exists(file) || !sha256(file).equals(version.get(1))) {
                    corrupt++;
                }
            }
            for (List<String> pointer : rows(registry, "SELECT table_id, sequence FROM sync_state")) {
                long sequence = Long.parseLong(pointer.get(1));
                long before = sequences.getOrDefault(pointer.get(0), 0L);
                lost += sequence < before ? 1 : 0;
                sequences.put(pointer.get(0), sequence);
            }
            lost += missing(registry, acknowledgedRuns, "SELECT id FROM sync_run");
            lost += missing(
                    registry, acknowledgedTables, "SELECT table_id FROM table_grant WHERE group_id = 'readers'");
            lost += rows(registry, "SELECT id FROM sync_run WHERE status = 'running'")
                    .size();
        } catch (SQLException e) {
            throw new IOException("the copy of the registry cannot be read", e);
        }
    }

    private static int missing(Connection registry, Set<String> acknowledged, String sql) throws SQLException {
        Set<String> there = new HashSet<>();
        rows(registry, sql).forEach(row -> there.add(row.getFirst()));
        return Math.toIntExact(
                acknowledged.stream().filter(id -> !there.contains(id)).count());
    }

    private static List<List<String>> rows(Connection registry, String sql) throws SQLException {
        try (Statement statement = registry.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<String>> rows = new ArrayList<>();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** The bytes in scratch, and of versions and half-made copies without a reference. */
    private long unreferenced(Set<Path> referenced) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                boolean scratch = file.startsWith(data.resolve("tmp"));
                boolean version = file.startsWith(data.resolve("extracts"))
                        && file.getParent() != null
                        && !file.getParent().endsWith("data");
                boolean halfMade = file.toString().endsWith(".copy");
                if (scratch || halfMade || (version && !referenced.contains(file))) {
                    bytes += Files.size(file);
                }
            }
        }
        return bytes;
    }

    /** A run that is not killed publishes every table. */
    void recover(ServerClient client) throws InterruptedException {
        change(new Random(0));
        JsonObject run = new RemoteRun(client, io.agnes.core.Time.system()).complete(List.of());
        lost += run.getString("status").equals("succeeded") ? 0 : 1;
    }

    int corrupt() {
        return corrupt;
    }

    int lost() {
        return lost;
    }

    long leftoverBytes() {
        return leftoverBytes;
    }

    /** The number of published versions. */
    long published() {
        return sequences.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public String toString() {
        return published() + " versions published, " + corrupt + " corrupt, " + lost + " lost, " + leftoverBytes
                + " bytes left over";
    }
}
