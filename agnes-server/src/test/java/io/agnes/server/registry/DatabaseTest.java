// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.server.access.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class DatabaseTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

    @TempDir
    private Path dir;

    private Path file() {
        return dir.resolve("registry.duckdb");
    }

    private Database open() {
        return Database.open(file(), dir);
    }

    /** Queries the file directly while no server has it open. */
    private String ask(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file());
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet result = statement.getResultSet()) {
                return result.next() ? result.getString(1) : "";
            }
        }
    }

    private static void user(Database database, String name) {
        new RegistryAccess(database).putUser(new Name(name), Set.of(), new Name(name), NOW);
    }

    private static boolean known(Database database, String name) {
        return new RegistryAccess(database).userExists(new Name(name));
    }

    @Nested
    class MigrationSteps {
        @Test
        void eachIsAppliedOnce() throws SQLException {
            open().close();
            String first = ask("SELECT string_agg(version || ' ' || applied_at, ',') FROM schema_migration");
            try (Database again = open()) {
                assertEquals(Migrations.newest(), again.schema());
            }
            assertEquals(first, ask("SELECT string_agg(version || ' ' || applied_at, ',') FROM schema_migration"));
        }

        @Test
        void oneThatWasAppliedWithOtherTextIsRefused() throws SQLException {
            open().close();
            ask("UPDATE schema_migration SET sha256 = repeat('0', 64) WHERE version = 1");
            RegistryException refused = assertThrows(RegistryException.class, DatabaseTest.this::open);
            assertEquals("migration_changed", refused.code());
            assertTrue(refused.getMessage().contains("migration 1"), refused.getMessage());
        }

        @Test
        void aNewerSchemaIsRefusedAndLeftAlone() throws SQLException {
            open().close();
            int newer = Migrations.newest() + 1;
            ask("INSERT INTO schema_migration (version, name, sha256) VALUES (" + newer + ", 'later', 'x')");
            RegistryException refused = assertThrows(RegistryException.class, DatabaseTest.this::open);
            assertEquals("registry_too_new", refused.code());
            assertTrue(refused.getMessage().contains("has schema " + newer), refused.getMessage());
            assertEquals(String.valueOf(newer), ask("SELECT max(version) FROM schema_migration"));
        }
    }

    @Nested
    class OnDisk {
        @Test
        void oneThatIsNoDatabaseIsRefusedAndLeftAlone() throws IOException {
            byte[] other =
                    "this is no database, but somebody's file".repeat(200).getBytes();
            Files.write(file(), other);
            RegistryException refused = assertThrows(RegistryException.class, DatabaseTest.this::open);
            assertEquals("registry_unopenable", refused.code());
            assertEquals(new String(other), Files.readString(file()));
        }

        @Test
        void theFileIsReadableByOlderClients() throws SQLException {
            open().close();
            String tags = ask("SELECT tags::VARCHAR FROM duckdb_databases() WHERE database_name = 'registry'");
            assertTrue(tags.contains("v1.0.0"), tags);
        }

        @Test
        void nothingIsLeftInALogAfterClosing() {
            Database database = open();
            user(database, "anna");
            database.close();
            assertFalse(Files.exists(dir.resolve("registry.duckdb.wal")));
        }

        /** Copies the file and its log between two statements, as a kill leaves them. */
        @Test
        void whatWasAcknowledgedIsThereAfterAKill() throws IOException {
            Path copy = Files.createDirectory(dir.resolve("copy"));
            try (Database database = open()) {
                for (int i = 0; i < 50; i++) {
                    user(database, "user" + i);
                }
                for (String name : List.of("registry.duckdb", "registry.duckdb.wal", "registry.duckdb.journal")) {
                    Files.copy(dir.resolve(name), copy.resolve(name));
                }
            }
            try (Database killed = Database.open(copy.resolve("registry.duckdb"), copy)) {
                for (int i = 0; i < 50; i++) {
                    assertTrue(known(killed, "user" + i), "user" + i);
                }
            }
        }
    }

    @Nested
    class Calls {
        @Test
        void workThatFailsLeavesNoTraceAndTheNextOneWorks() {
            try (Database database = open()) {
                assertThrows(
                        RegistryException.class,
                        () -> database.write(session -> {
                            session.update("INSERT INTO app_user VALUES ('half', now())");
                            throw new SQLException("no");
                        }));
                assertFalse(known(database, "half"));
                user(database, "whole");
                assertTrue(known(database, "whole"));
            }
        }

        @Test
        void aStatementThatFailsLeavesNoTraceAndTheNextOneWorks() {
            try (Database database = open()) {
                assertThrows(
                        RegistryException.class,
                        () -> database.write(session -> {
                            session.update("INSERT INTO app_user VALUES ('half', now())");
                            session.update("INSERT INTO app_user VALUES ('half', now())");
                            return 0;
                        }));
                assertFalse(known(database, "half"));
                assertThrows(
                        RegistryException.class,
                        () -> database.read(session -> session.query("SELECT nonsense", row -> 1)));
                user(database, "whole");
                assertTrue(known(database, "whole"));
            }
        }

        @Test
        void aCallerWhoIsInterruptedStillLearnsTheOutcome() {
            try (Database database = open()) {
                for (int i = 0; i < 100; i++) {
                    Thread.currentThread().interrupt();
                    user(database, "user" + i);
                    assertTrue(known(database, "user" + i));
                    assertTrue(Thread.interrupted(), "the interrupt is kept for the caller");
                }
            }
            try (Database again = open()) {
                assertTrue(known(again, "user99"));
            }
        }

        @Test
        void manyCallersAtOnceLoseNothing() throws Exception {
            try (Database database = open();
                    ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> calls = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    String name = "user" + i;
                    calls.add(callers.submit(() -> {
                        user(database, name);
                        assertTrue(known(database, name), name);
                    }));
                }
                for (Future<?> call : calls) {
                    call.get();
                }
                long users = database.read(
                        session -> session.query("SELECT count(*) AS n FROM app_user", row -> row.getLong("n"))
                                .getFirst());
                assertEquals(200, users);
            }
        }

        @Test
        void aReaderDoesNotSeeWhatIsNotCommitted() {
            try (Database database = open()) {
                database.write(session -> {
                    session.update("INSERT INTO app_user VALUES ('later', now())");
                    assertFalse(known(database, "later"));
                    return 0;
                });
                assertTrue(known(database, "later"));
            }
        }

        @Test
        void nothingIsAskedOfADatabaseThatIsClosed() {
            Database database = open();
            database.close();
            RegistryException closed = assertThrows(RegistryException.class, () -> user(database, "late"));
            assertEquals("registry_closed", closed.code());
        }

        @Test
        void theConfigurationCannotBeChangedByAStatement() {
            try (Database database = open()) {
                for (String sql : List.of(
                        "SET memory_limit = '10GB'",
                        "SET autoinstall_known_extensions = true",
                        "SET lock_configuration = false")) {
                    assertThrows(
                            RegistryException.class,
                            () -> database.write(session -> {
                                session.update(sql);
                                return 0;
                            }),
                            sql);
                }
            }
        }
    }
}
