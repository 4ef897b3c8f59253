// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Time;
import io.agnes.server.access.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages the files that a kill leaves. The registry must open with every acknowledged row, or refuse to open. DuckDB
 * alone opens most of the truncated logs below without an error and without the rows.
 */
@Tag("slow")
class RegistryDamageTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final int USERS = 80;

    /** The interval between tested truncations: half of that for a log of realistic size, because this log is short. */
    private static final int BORDER = 2048;

    private static final List<String> FILES =
            List.of("registry.duckdb", "registry.duckdb.wal", "registry.duckdb.journal", "registry.duckdb.snapshot");

    @TempDir
    private static Path killed;

    @TempDir
    private Path scratch;

    private final Random random = new Random(11);
    private int cases;

    /** Half of the users are in the snapshot, the others in the journal after it. */
    @BeforeAll
    static void leaveAsAKillWould(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("registry.duckdb");
        try (Database first = Database.open(file, dir)) {
            put(first, 0, USERS / 2);
        }
        try (Database second = Database.open(file, dir)) {
            put(second, USERS / 2, USERS);
            copy(dir, killed);
        }
    }

    private static void put(Database database, int from, int to) {
        RegistryAccess access = new RegistryAccess(database);
        for (int i = from; i < to; i++) {
            access.putUser(new Name("user" + i), Set.of(new Name("group" + i)), new Name("test"), NOW);
        }
    }

    /** Copies an open registry as a kill would leave it. */
    static void copy(Path from, Path to) throws IOException {
        for (String name : FILES) {
            if (Files.exists(from.resolve(name))) {
                Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path fresh() throws IOException {
        Path dir = Files.createDirectory(scratch.resolve("case" + cases++));
        copy(killed, dir);
        return dir;
    }

    private static byte[] read(String name) throws IOException {
        return Files.readAllBytes(killed.resolve(name));
    }

    private byte[] flipped(byte[] bytes) {
        byte[] flipped = bytes.clone();
        flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    private static Database open(Path dir) {
        return Database.open(dir.resolve("registry.duckdb"), dir);
    }

    private static long users(Database database) {
        return database.read(session -> session.query(
                        "SELECT count(DISTINCT m.group_id) AS n FROM app_user u JOIN group_member m ON m.user_id = u.id",
                        row -> row.getLong("n"))
                .getFirst());
    }

    /** Every row is present, a change succeeds, and the next start has both, also after a kill. */
    private void assertWhole(Path dir) throws IOException {
        Path again = Files.createDirectory(scratch.resolve("again-" + dir.getFileName()));
        try (Database database = open(dir)) {
            assertEquals(USERS, users(database), dir.toString());
            put(database, USERS, USERS + 1);
            copy(dir, again);
        }
        if (cases % 3 > 0) {
            return;
        }
        for (Path next : List.of(dir, again)) {
            try (Database database = open(next)) {
                assertEquals(USERS + 1, users(database), next.toString());
            }
        }
    }

    /** Every attempt to open is refused and removes nothing. */
    private static void assertRefused(Path dir) {
        for (int start = 0; start < 2; start++) {
            RegistryException refused =
                    assertThrows(RegistryException.class, () -> open(dir).close());
            assertEquals("registry_incomplete", refused.code());
            assertTrue(refused.getMessage().contains("start again"), refused.getMessage());
        }
    }

    private static List<String> setAside(Path dir) throws IOException {
        try (Stream<Path> names = Files.list(dir)) {
            return names.map(name -> String.valueOf(name.getFileName()))
                    .filter(name -> name.contains(".damaged-"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void withoutDamageTheKillIsNotEvenNoticed() throws IOException {
        Path dir = fresh();
        assertWhole(dir);
        assertEquals(List.of(), setAside(dir));
    }

    @Test
    void aLogThatIsCutLosesNothing() throws IOException {
        byte[] log = read("registry.duckdb.wal");
        for (int length = 0; length < log.length; length += BORDER) {
            Path dir = fresh();
            Files.write(dir.resolve("registry.duckdb.wal"), Arrays.copyOf(log, length));
            assertWhole(dir);
        }
        Path dir = fresh();
        Files.delete(dir.resolve("registry.duckdb.wal"));
        assertWhole(dir);
    }

    @Test
    void aLogWithAFlippedBitLosesNothingAndIsKept() throws IOException {
        byte[] log = read("registry.duckdb.wal");
        int kept = 0;
        for (int i = 0; i < 40; i++) {
            Path dir = fresh();
            byte[] damaged = flipped(log);
            Files.write(dir.resolve("registry.duckdb.wal"), damaged);
            assertWhole(dir);
            List<String> aside = setAside(dir);
            for (String name : aside) {
                assertTrue(name.matches("registry\\.duckdb\\.wal\\.damaged-\\d{8}T\\d{6}\\.\\d{3}Z"), name);
                assertTrue(Arrays.equals(damaged, Files.readAllBytes(dir.resolve(name))));
                assertEquals(
                        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(name))));
            }
            kept += aside.size();
        }
        assertTrue(kept > 20, kept + " of 40 could not be replayed");
    }

    @Test
    void aTruncatedFileIsRestoredFromTheSnapshot() throws IOException {
        byte[] file = read("registry.duckdb");
        for (int i = 0; i < 20; i++) {
            Path dir = fresh();
            Files.write(dir.resolve("registry.duckdb"), Arrays.copyOf(file, (int) ((long) file.length * i / 20)));
            assertWhole(dir);
            assertFalse(setAside(dir).isEmpty());
        }
        Path dir = fresh();
        Files.delete(dir.resolve("registry.duckdb"));
        assertWhole(dir);
    }

    /** That part of the file contains only an index, which is read when it is needed. */
    @Test
    void aFileThatTurnsOutToBeCutLaterIsReplacedThen() throws IOException {
        byte[] file = read("registry.duckdb");
        for (int i = 1; i < 10; i++) {
            Path dir = fresh();
            Files.delete(dir.resolve("registry.duckdb.wal"));
            Files.write(dir.resolve("registry.duckdb"), Arrays.copyOf(file, file.length - i * 20_000));
            assertWhole(dir);
        }
    }

    @Test
    void fileAndLogTogetherAreNoWorse() throws IOException {
        byte[] file = read("registry.duckdb");
        byte[] log = read("registry.duckdb.wal");
        for (int i = 0; i < 10; i++) {
            Path dir = fresh();
            Files.write(dir.resolve("registry.duckdb"), Arrays.copyOf(file, random.nextInt(file.length)));
            Files.write(dir.resolve("registry.duckdb.wal"), flipped(log));
            assertWhole(dir);
        }
    }

    @Test
    void definitionsInTheLogAreNoWorse() throws IOException, SQLException {
        Path with = fresh();
        Path held = Files.createDirectory(scratch.resolve("definitions"));
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + with.resolve("registry.duckdb"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE later (id VARCHAR PRIMARY KEY, text VARCHAR)");
            statement.execute("ALTER TABLE later ADD COLUMN more BIGINT DEFAULT 7");
            statement.execute("ALTER TABLE later ALTER COLUMN more TYPE VARCHAR");
            statement.execute("CREATE INDEX later_more ON later (more)");
            statement.execute("DROP INDEX later_more");
            copy(with, held);
        }
        byte[] log = Files.readAllBytes(held.resolve("registry.duckdb.wal"));
        for (int i = 0; i < 16; i++) {
            Path dir = Files.createDirectory(scratch.resolve("definition" + i));
            copy(held, dir);
            byte[] damaged = i % 2 == 0 ? flipped(log) : Arrays.copyOf(log, random.nextInt(log.length));
            Files.write(dir.resolve("registry.duckdb.wal"), i == 0 ? log : damaged);
            assertWhole(dir);
        }
    }

    @Test
    void aDamagedJournalIsNotNeededByARegistryThatIsWhole() throws IOException {
        byte[] journal = read("registry.duckdb.journal");
        for (int i = 0; i < 15; i++) {
            Path dir = fresh();
            Files.write(
                    dir.resolve("registry.duckdb.journal"),
                    Arrays.copyOf(journal, 200 + random.nextInt(journal.length - 200)));
            assertWhole(dir);
        }
        for (int i = 0; i < 15; i++) {
            Path dir = fresh();
            byte[] flipped = journal.clone();
            flipped[200 + random.nextInt(journal.length - 200)] ^= 16;
            Files.write(dir.resolve("registry.duckdb.journal"), flipped);
            assertWhole(dir);
        }
    }

    @Test
    void aGapThatNothingFillsIsRefused() throws IOException {
        byte[] journal = read("registry.duckdb.journal");
        for (int i = 0; i < 10; i++) {
            Path dir = fresh();
            Files.delete(dir.resolve("registry.duckdb.wal"));
            byte[] damaged = journal.clone();
            // Within the text of one entry, so that the entries after it are still found.
            damaged[journal.length / 2 + i] ^= 1;
            Files.write(dir.resolve("registry.duckdb.journal"), damaged);
            try {
                assertRefused(dir);
            } catch (AssertionError length) {
                // A damaged length hides the rest, so the journal seems to end there.
                throw new AssertionError("byte " + (journal.length / 2 + i), length);
            }
        }
    }

    @Test
    void aJournalOfAnotherRegistryIsRefused(@TempDir Path other) throws IOException {
        Database.open(other.resolve("registry.duckdb"), other).close();
        Path dir = fresh();
        Files.copy(
                other.resolve("registry.duckdb.journal"),
                dir.resolve("registry.duckdb.journal"),
                StandardCopyOption.REPLACE_EXISTING);
        assertRefused(dir);
    }

    @Test
    void aJournalWithoutItsBeginningIsRefused() throws IOException {
        Path dir = fresh();
        byte[] journal = read("registry.duckdb.journal");
        journal[20] ^= 1;
        Files.write(dir.resolve("registry.duckdb.journal"), journal);
        assertRefused(dir);
    }

    @Test
    void anOlderCopyOfTheFileIsUpdatedOrRefused() throws IOException {
        Path dir = fresh();
        List<String> older = new ArrayList<>(FILES);
        older.remove("registry.duckdb.journal");
        try (Database database = open(dir)) {
            put(database, USERS, USERS + 5);
        }
        for (String name : older) {
            Files.deleteIfExists(dir.resolve(name));
            if (!name.endsWith(".wal")) {
                Files.copy(killed.resolve(name), dir.resolve(name));
            }
        }
        assertRefused(dir);
    }

    @Test
    void withoutJournalALogThatCannotBeReplayedIsRefusedAndLeft() throws IOException {
        Path dir = fresh();
        Files.delete(dir.resolve("registry.duckdb.journal"));
        byte[] log = read("registry.duckdb.wal");
        log[log.length / 2] ^= 1;
        Files.write(dir.resolve("registry.duckdb.wal"), log);
        RegistryException refused = assertThrows(RegistryException.class, () -> open(dir));
        assertEquals("registry_unopenable", refused.code());
        assertTrue(Arrays.equals(log, Files.readAllBytes(dir.resolve("registry.duckdb.wal"))));
    }

    /** A registry as a kill leaves it, with the record of its position. */
    private Path freshWithHistory() throws IOException {
        Path dir = fresh();
        open(dir).close();
        try (Database database = open(dir)) {
            put(database, USERS, USERS + 1);
        }
        assertTrue(Files.exists(dir.resolve("agnes.history")));
        return dir;
    }

    private static String refusedWith(Path dir, boolean besideVersions) {
        RegistryException refused = assertThrows(
                RegistryException.class, () -> open(dir, besideVersions, "").close());
        assertEquals("registry_incomplete", refused.code());
        String word = refused.getMessage().replaceAll(".* --registry.accept-loss ", "");
        assertTrue(word.matches("[0-9a-f]{8}"), refused.getMessage());
        return word;
    }

    private static Database open(Path dir, boolean besideVersions, String acceptedLoss) {
        return Database.open(
                dir.resolve("registry.duckdb"),
                dir,
                new RecoveryOptions(besideVersions, acceptedLoss),
                Time.system(),
                failure -> {});
    }

    @Test
    void withoutItsJournalARegistryIsRefusedUntilThatIsAccepted() throws IOException {
        for (boolean logToo : List.of(true, false)) {
            Path dir = fresh();
            Files.delete(dir.resolve("registry.duckdb.journal"));
            if (logToo) {
                Files.delete(dir.resolve("registry.duckdb.wal"));
            }
            String word = refusedWith(dir, false);
            assertEquals(word, refusedWith(dir, false), "at every try");
            try (Database database = open(dir, false, word)) {
                assertEquals(logToo ? USERS / 2 : USERS, users(database));
                put(database, USERS, USERS + 1);
            }
            open(dir).close();
            Files.delete(dir.resolve("registry.duckdb.journal"));
            assertThrows(RegistryException.class, () -> open(dir, false, word), "the word was for the first loss");
        }
    }

    @Test
    void aRegistryThatIsGoneIsNotReplacedByAnEmptyOne() throws IOException {
        Path dir = freshWithHistory();
        for (String name : FILES) {
            Files.deleteIfExists(dir.resolve(name));
            if (name.equals("registry.duckdb")) {
                Files.deleteIfExists(dir.resolve("registry.duckdb.snapshot"));
                refusedWith(dir, false);
                assertFalse(Files.exists(dir.resolve("registry.duckdb")), "no empty one was made by the try");
            }
        }
        String word = refusedWith(dir, false);
        try (Database database = open(dir, false, word)) {
            assertEquals(0, users(database));
        }
        open(dir).close();
    }

    @Test
    void versionsAloneTellThatThereWasARegistry(@TempDir Path dir) {
        String word = refusedWith(dir, true);
        open(dir, true, word).close();
        open(dir, true, "").close();
    }

    @Test
    void anOlderSetOfAllItsFilesIsRefusedAndSaysWhatItLacks() throws IOException {
        Path dir = freshWithHistory();
        for (String name : FILES) {
            Files.deleteIfExists(dir.resolve(name));
        }
        copy(killed, dir);
        String message = assertThrows(RegistryException.class, () -> open(dir)).getMessage();
        assertTrue(message.contains("lacks its changes " + (USERS + 1) + " to " + (USERS + 1)), message);
        try (Database database = open(dir, false, refusedWith(dir, false))) {
            assertEquals(USERS, users(database));
        }
        open(dir).close();
    }

    @Test
    void anotherRegistryInItsPlaceIsRefused(@TempDir Path other) throws IOException {
        Path dir = freshWithHistory();
        Database.open(other.resolve("registry.duckdb"), other).close();
        for (String name : FILES) {
            Files.deleteIfExists(dir.resolve(name));
        }
        copy(other, dir);
        open(dir, false, refusedWith(dir, false)).close();
    }

    @Test
    void aDamagedRecordIsWrittenAnewByARegistryThatIsWhole() throws IOException {
        Path dir = freshWithHistory();
        Files.writeString(dir.resolve("agnes.history"), "agnes-history-1");
        open(dir).close();
        assertTrue(Files.readString(dir.resolve("agnes.history")).matches("agnes-history-1 [0-9a-f-]+ [0-9]+\n"));
    }
}
