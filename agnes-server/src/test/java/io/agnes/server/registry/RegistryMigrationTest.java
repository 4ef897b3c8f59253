// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.file.FileDigests;
import io.agnes.core.table.TableVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kill at any step of a migration leaves the old or the new schema. */
@Tag("slow")
class RegistryMigrationTest {
    @TempDir
    private Path dir;

    private Path file() {
        return dir.resolve("registry.duckdb");
    }

    private Database open(Path in, int schema, Consumer<String> reached) {
        Path file = in.resolve("registry.duckdb");
        return Database.open(
                new Recovery(file, in, new Migrations(file, schema, reached), Time.system()),
                Time.system(),
                lost -> {});
    }

    /** Copies the files of an open registry as a kill leaves them. */
    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectories(to);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A registry with the first schema, written before the journal existed, with a user in DuckDB's log. */
    private void older() throws IOException, SQLException {
        Path made = Files.createDirectory(dir.resolve("made"));
        Path file = made.resolve("registry.duckdb");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = connection.createStatement()) {
            new Migrations(file, 1, step -> {}).apply(connection);
            statement.execute("INSERT INTO app_user VALUES ('anna', now())");
            for (String name : List.of("registry.duckdb", "registry.duckdb.wal")) {
                Files.copy(made.resolve(name), dir.resolve(name));
            }
        }
    }

    private static Set<String> users(Database database) {
        return Set.copyOf(
                database.read(session -> session.query("SELECT id FROM app_user", row -> row.getString("id"))));
    }

    @Test
    void aKillAtAnyStepLeavesTheOldSchemaOrTheNewOneWhole(@TempDir Path kills) throws IOException, SQLException {
        older();
        Map<String, Path> killed = new LinkedHashMap<>();
        open(dir, Migrations.newest(), step -> {
                    Path at = kills.resolve(step.replace(' ', '-'));
                    copy(dir, at);
                    killed.put(step, at);
                })
                .close();
        assertEquals(4 * (Migrations.newest() - 1), killed.size(), "four steps for each migration");
        for (Map.Entry<String, Path> kill : killed.entrySet()) {
            try (Database next = open(kill.getValue(), Migrations.newest(), step -> {})) {
                assertEquals(Migrations.newest(), next.schema(), kill.getKey());
                assertEquals(Set.of("anna"), users(next), kill.getKey());
                next.write(session -> session.update("INSERT INTO app_user VALUES ('bob', now())"));
            }
            try (Database again = open(kill.getValue(), Migrations.newest(), step -> {})) {
                assertEquals(Set.of("anna", "bob"), users(again), kill.getKey());
            }
        }
    }

    /** Schema 5 stored MD5 and SHA-256 for each version and no other checksums. */
    @Test
    void aVersionOfAnOlderSchemaReadsAsItWasStored() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file());
                Statement statement = connection.createStatement()) {
            new Migrations(file(), 5, step -> {}).apply(connection);
            statement.execute("INSERT INTO table_version (table_id, sequence, path, size_bytes, md5, sha256, row_count,"
                    + " columns_json, published_at) VALUES ('orders', 1, 'extracts/x', 5, '" + "a".repeat(32) + "', '"
                    + "b".repeat(64) + "', 7, '[]', '2026-03-01 07:30:00+00')");
        }
        try (Database database = open(dir, Migrations.newest(), step -> {})) {
            assertEquals(
                    List.of(new TableVersion(
                            new TableId("orders"),
                            1,
                            "extracts/x",
                            new FileDigests(5, "a".repeat(32), "b".repeat(64)),
                            7,
                            List.of(),
                            Instant.parse("2026-03-01T07:30:00Z"),
                            null)),
                    new RegistryTables(database).versions());
        }
    }

    /** DuckDB has failed to replay definitions in a log before. The log is then treated as missing. */
    @Test
    void aKillThatLeavesABrokenLogLeavesTheOldSchemaComplete(@TempDir Path kills) throws IOException {
        open(dir, Migrations.newest(), step -> {}).close();
        Path later = dir.resolve("later");
        copy(dir, later);
        List<Path> killed = new ArrayList<>();
        try (Database database = open(dir, Migrations.newest(), step -> {})) {
            database.write(session -> session.update("INSERT INTO app_user VALUES ('anna', now())"));
            database.write(session -> session.update("CREATE TABLE half (id VARCHAR)"));
            Path at = kills.resolve("at");
            copy(dir, at);
            killed.add(at);
        }
        for (Path at : killed) {
            Path log = at.resolve("registry.duckdb.wal");
            byte[] bytes = Files.readAllBytes(log);
            bytes[bytes.length - 20] ^= 1;
            Files.write(log, bytes);
            try (Database next = open(at, Migrations.newest(), step -> {})) {
                assertEquals(Migrations.newest(), next.schema());
                assertEquals(Set.of("anna"), users(next));
            }
        }
    }

    @Test
    void theWayBackIsThereUntilTheNewSchemaIs() throws IOException, SQLException {
        older();
        List<String> steps = new ArrayList<>();
        open(dir, Migrations.newest(), step -> {
                    assertTrue(Files.exists(dir.resolve("registry.duckdb.snapshot")), step);
                    steps.add(step);
                })
                .close();
        assertEquals("2 begun", steps.getFirst());
        try (Connection snapshot =
                        DriverManager.getConnection("jdbc:duckdb:" + dir.resolve("registry.duckdb.snapshot"));
                Statement statement = snapshot.createStatement()) {
            assertTrue(statement.execute("SELECT sequence FROM journal_position"));
        }
    }

    @Test
    void anOlderProgramRefusesTheNewSchemaAndLeavesItAlone() throws IOException {
        open(dir, Migrations.newest(), step -> {}).close();
        byte[] before = Files.readAllBytes(file());
        RegistryException refused =
                assertThrows(RegistryException.class, () -> open(dir, Migrations.newest() - 1, step -> {}));
        assertEquals("registry_too_new", refused.code());
        assertEquals(before.length, Files.size(file()));
        open(dir, Migrations.newest(), step -> {}).close();
    }
}
