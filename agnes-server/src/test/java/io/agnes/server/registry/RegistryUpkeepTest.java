// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.server.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work that an open registry does on its own. */
@Tag("slow")
class RegistryUpkeepTest {
    private final ManualTime time = new ManualTime(Instant.parse("2026-03-04T05:06:07Z"));
    private final List<RegistryException> lost = new CopyOnWriteArrayList<>();

    @TempDir
    private Path dir;

    private Path file(String suffix) {
        return dir.resolve("registry.duckdb" + suffix);
    }

    private Database open() {
        return Database.open(file(""), dir, time, lost::add);
    }

    private static void user(Database database, String name) {
        database.write(session -> session.update("INSERT INTO app_user VALUES (?, now())", name));
    }

    private static long users(Database database) {
        return database.read(session -> session.query("SELECT count(*) AS n FROM app_user", row -> row.getLong("n"))
                .getFirst());
    }

    private static void fail(Database database, String message) {
        assertThrows(
                RegistryException.class,
                () -> database.write(session -> {
                    throw new SQLException(message);
                }));
    }

    @Nested
    class Settling {
        @Test
        void theLogIsWrittenIntoTheFileAfterFiveMinutes() throws IOException {
            try (Database database = open()) {
                user(database, "anna");
                time.advance(Duration.ofSeconds(299));
                database.checkpointIfDue();
                assertTrue(Files.size(file(".wal")) > 0);
                long journal = Files.size(file(".journal"));
                time.advance(Duration.ofSeconds(1));
                database.checkpointIfDue();
                assertFalse(Files.exists(file(".wal")) && Files.size(file(".wal")) > 0);
                assertTrue(Files.size(file(".journal")) < journal);
                user(database, "bob");
                assertEquals(2, users(database));
            }
        }

        @Test
        void nothingIsDoneForARegistryThatDidNotChange() throws IOException {
            open().close();
            Object before = Files.getLastModifiedTime(file(".snapshot"));
            try (Database database = open()) {
                time.advance(Duration.ofHours(1));
                database.checkpointIfDue();
            }
            assertEquals(before, Files.getLastModifiedTime(file(".snapshot")));
        }

        /** A start after a kill is fast while there is little to replay, and loses nothing. */
        @Test
        void aStartAfterAKillLeavesAShortLogForLater() throws IOException {
            open().close();
            Path from = dir;
            boolean settled = false;
            for (int kill = 1; !settled; kill++) {
                assertTrue(kill < 20, "never settled");
                Path to = Files.createDirectory(dir.resolve("kill" + kill));
                Path journal = from.resolve("registry.duckdb.journal");
                long length = Files.size(journal);
                try (Database database = Database.open(from.resolve("registry.duckdb"), from, time, lost::add)) {
                    assertEquals(kill - 1, users(database));
                    settled = Files.size(journal) < length;
                    assertTrue(!settled || kill > 3, "settled at start " + kill);
                    user(database, kill + "x".repeat(10_000));
                    RegistryDamageTest.copy(from, to);
                }
                from = to;
            }
        }

        @Test
        void whatAStartLeftIsSettledFiveMinutesLater() throws IOException {
            Path copy = Files.createDirectory(dir.resolve("copy"));
            open().close();
            try (Database database = open()) {
                user(database, "anna");
                RegistryDamageTest.copy(dir, copy);
            }
            try (Database database = Database.open(copy.resolve("registry.duckdb"), copy, time, lost::add)) {
                long journal = Files.size(copy.resolve("registry.duckdb.journal"));
                time.advance(Duration.ofMinutes(5));
                database.checkpointIfDue();
                assertTrue(Files.size(copy.resolve("registry.duckdb.journal")) < journal);
                assertEquals(1, users(database));
            }
        }

        @Test
        void aLogOfSixteenMegabytesIsWrittenAtOnce() throws IOException {
            try (Database database = open()) {
                String large = "x".repeat(1 << 20);
                for (int i = 0; i < 9; i++) {
                    String name = i + large;
                    user(database, name);
                }
                assertTrue(Files.size(file(".journal")) > 9 << 20);
                database.checkpointIfDue();
                assertTrue(Files.size(file(".journal")) < 1 << 20);
            }
        }

        @Test
        void otherAccountsCannotReadTheFilesBesideTheRegistry() throws IOException {
            open().close();
            for (String name : List.of(".journal", ".snapshot")) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file(name))));
            }
        }
    }

    @Nested
    class AfterDuckDbGaveUp {
        @Test
        void itIsOpenedAgainAndGoesOn() {
            try (Database database = open()) {
                user(database, "anna");
                fail(database, "FATAL Error: fsync failed!");
                user(database, "bob");
                fail(database, "INTERNAL Error: this should never happen");
                user(database, "cleo");
                fail(database, "the database has been invalidated because of a previous error");
                user(database, "dora");
                assertEquals(4, users(database));
                assertEquals(Migrations.newest(), database.schema());
                assertEquals(List.of(), lost);
            }
        }

        @Test
        void aReaderThatMeetsItHasItOpenedAgain() {
            try (Database database = open()) {
                user(database, "anna");
                assertThrows(
                        RegistryException.class,
                        () -> database.read(session -> {
                            throw new SQLException("INTERNAL Error: while reading");
                        }));
                user(database, "bob");
                assertEquals(2, users(database));
                assertEquals(List.of(), lost);
            }
        }

        @Test
        void oneThatCannotBeOpenedAgainIsToldOnceAndAnswersNothing() throws IOException {
            try (Database database = open()) {
                user(database, "anna");
                byte[] journal = Files.readAllBytes(file(".journal"));
                journal[20] ^= 1;
                Files.write(file(".journal"), journal);
                fail(database, "FATAL Error: fsync failed!");
                RegistryException gone = assertThrows(RegistryException.class, () -> user(database, "bob"));
                assertEquals("registry_lost", gone.code());
                assertThrows(RegistryException.class, database::schema);
                assertEquals("registry_lost", lost.getFirst().code());
                assertTrue(lost.getFirst().getMessage().contains("cannot be opened again"));
            }
        }
    }
}
