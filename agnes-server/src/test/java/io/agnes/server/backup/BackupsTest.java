// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileStore;
import io.agnes.core.file.Scratch;
import io.agnes.server.ManualTime;
import io.agnes.server.access.Name;
import io.agnes.server.registry.Database;
import io.agnes.server.registry.RegistryAccess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class BackupsTest {
    @TempDir
    private Path dir;

    private final ManualTime time = new ManualTime(Instant.parse("2026-03-04T05:06:07Z"));
    private long free = Long.MAX_VALUE;
    private Database database;
    private Scratch scratch;
    private Backups backups;

    @BeforeEach
    void open() {
        database = Database.open(dir.resolve("registry.duckdb"), dir, time, lost -> {});
        scratch = Scratch.of(FileStore.system(), dir.resolve("tmp"));
        backups = new Backups(database, scratch, directory -> free, time);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private List<Path> staged() throws IOException {
        return FileStore.system().list(scratch.root()).stream()
                .filter(file -> !file.endsWith(Scratch.MARK))
                .toList();
    }

    private Backup taken() throws Exception {
        return assertInstanceOf(BackupOutcome.Taken.class, backups.take()).backup();
    }

    @Test
    void theDigestsAreThoseOfTheContent() throws Exception {
        try (Backup backup = taken()) {
            assertEquals(List.of(), staged());
            ByteBuffer bytes = ByteBuffer.allocate((int) backup.content().length());
            backup.content().read(0, bytes);
            Path file = Files.write(dir.resolve("copy"), bytes.array());
            assertEquals(FileDigests.of(file).sha256(), backup.digests().sha256());
            assertEquals(bytes.capacity(), backup.digests().length());
        }
    }

    @Test
    void aDiskTooFullIsToldAndDoesNotCount() throws Exception {
        free = database.bytes() * Backups.SPACE_FACTOR - 1;
        BackupOutcome.NoSpace full = assertInstanceOf(BackupOutcome.NoSpace.class, backups.take());
        assertEquals(free, full.freeBytes());
        assertTrue(full.neededBytes() > free);
        assertEquals(List.of(), staged());
        Name ada = new Name("ada");
        new RegistryAccess(database).putUser(ada, Set.of(), ada, time.now());
        free = Long.MAX_VALUE;
        taken().close();
    }

    @Test
    void anotherWaitsForTheEndOfTheFirstAndForTheMinute() throws Exception {
        try (Backup first = taken()) {
            assertEquals("agnes-backup-" + time.now().getEpochSecond() + ".duckdb", first.name());
            time.advance(Backups.BETWEEN);
            assertInstanceOf(BackupOutcome.Running.class, backups.take());
        }
        taken().close();
        time.advance(Duration.ofSeconds(59));
        assertEquals(new BackupOutcome.TooSoon(Duration.ofSeconds(1)), backups.take());
        time.advance(Duration.ofSeconds(1));
        taken().close();
    }

    @Test
    void afterAFailureNothingIsLeftAndTheNextMayBegin() throws Exception {
        Path other = Files.createDirectory(dir.resolve("other"));
        Database closed = Database.open(other.resolve("registry.duckdb"), other);
        closed.close();
        Backups failing = new Backups(closed, scratch, directory -> free, time);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThrows(AgnesException.class, failing::take);
            assertEquals(List.of(), staged());
            time.advance(Backups.BETWEEN);
        }
    }
}
