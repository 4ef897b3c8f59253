// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileModes;
import io.agnes.core.file.FileStore;
import io.agnes.server.access.Name;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class RegistryRestoreTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final int MOST_STEPS = 60;

    @TempDir
    private Path dir;

    private Path backup() throws IOException {
        Path file = dir.resolve("backup.duckdb");
        Path other = Files.createDirectories(dir.resolve("other"));
        try (Database database = Database.open(other.resolve("registry.duckdb"), other)) {
            user(database, "restored");
            BackupManifest manifest = database.copyTo(file);
            RegistryBackup.verify(file, other, manifest);
            user(database, "later");
        }
        return file;
    }

    private static void user(Database database, String name) {
        new RegistryAccess(database).putUser(new Name(name), Set.of(), new Name(name), NOW);
    }

    private static boolean known(Database database, String name) {
        return new RegistryAccess(database).userExists(new Name(name));
    }

    private Path registry(String data) throws IOException {
        return Files.createDirectories(dir.resolve(data)).resolve("registry.duckdb");
    }

    private FileDraft draft(String data) throws IOException {
        return FileDraft.of(FileStore.system(FileModes.PRIVATE), dir.resolve(data + "-staged"), "registry.duckdb");
    }

    private Path restored(Path source, Path registry) throws IOException {
        try (FileDraft draft = draft(registry.getParent().getFileName().toString())) {
            RegistryRestore restore = RegistryRestore.of(source, draft, dir);
            restore.prove();
            return restore.place(registry, NOW);
        }
    }

    private static void sql(Path file, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void aBackupBecomesTheRegistryOfAnEmptyDirectory() throws IOException {
        Path registry = registry("empty");
        restored(backup(), registry);
        try (Database database = Database.open(registry, dir)) {
            assertTrue(known(database, "restored"));
            assertFalse(known(database, "later"));
            user(database, "new");
        }
        try (Database again = Database.open(registry, dir)) {
            assertTrue(known(again, "new"));
        }
    }

    @Test
    void theFormerRegistryIsMovedAsideWhole() throws IOException {
        Path registry = registry("used");
        try (Database database = Database.open(registry, dir)) {
            user(database, "former");
        }
        Path aside = restored(backup(), registry);
        try (Database database = Database.open(registry, dir)) {
            assertFalse(known(database, "former"));
        }
        assertEquals(
                List.of(
                        registry.resolveSibling("registry.duckdb.snapshot"),
                        aside.resolve("registry.duckdb"),
                        aside.resolve("registry.duckdb.snapshot")),
                RegistryRestore.snapshots(registry));
        restored(aside.resolve("registry.duckdb"), registry);
        try (Database database = Database.open(registry, dir)) {
            assertTrue(known(database, "former"));
            assertFalse(known(database, "restored"));
        }
    }

    @Test
    void theBackupItselfIsNotChanged() throws IOException {
        Path backup = backup();
        byte[] before = Files.readAllBytes(backup);
        restored(backup, registry("empty"));
        assertEquals(java.util.Arrays.hashCode(before), java.util.Arrays.hashCode(Files.readAllBytes(backup)));
    }

    @Test
    void aBackupThatLostARowIsRefused() throws Exception {
        Path backup = backup();
        sql(backup, "DELETE FROM app_user");
        try (FileDraft draft = draft("damaged")) {
            RegistryException refused = assertThrows(
                    RegistryException.class,
                    () -> RegistryRestore.of(backup, draft, dir).prove());
            assertEquals("backup_damaged", refused.code());
        }
    }

    @Test
    void aBackupOfANewerProgramIsRefused() throws Exception {
        Path backup = backup();
        sql(backup, "INSERT INTO schema_migration (version, name, sha256) VALUES (999, 'later', 'x')");
        try (FileDraft draft = draft("newer")) {
            RegistryException refused = assertThrows(
                    RegistryException.class,
                    () -> RegistryRestore.of(backup, draft, dir).prove());
            assertEquals("registry_too_new", refused.code());
        }
    }

    @Test
    void aDatabaseThatIsNoRegistryIsRefused() throws Exception {
        Path other = dir.resolve("other.duckdb");
        sql(other, "CREATE TABLE t (n INTEGER)");
        Path text = Files.writeString(dir.resolve("text.duckdb"), "no database");
        for (Path file : List.of(other, text)) {
            try (FileDraft draft = draft(file.getFileName().toString())) {
                RegistryException refused = assertThrows(
                        RegistryException.class,
                        () -> RegistryRestore.of(file, draft, dir).prove());
                assertEquals("backup_unusable", refused.code());
            }
        }
    }

    @Test
    void aKillAtAnyStepLeavesTheFormerOrTheRestoredRegistry() throws IOException {
        Path backup = backup();
        Path former = registry("former");
        try (Database database = Database.open(former, dir)) {
            user(database, "former");
        }
        boolean failed = true;
        int restored = 0;
        for (int step = 0; failed && step < MOST_STEPS; step++) {
            Path registry = registry("step-" + step);
            try (var files = Files.list(former.getParent())) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, registry.resolveSibling(file.getFileName()));
                }
            }
            failed = failsAt(step, backup, registry);
            try (Database database = Database.open(registry, dir)) {
                assertEquals(!known(database, "former"), known(database, "restored"), "step " + step);
                restored += known(database, "restored") ? 1 : 0;
            }
        }
        assertFalse(failed, "more than " + MOST_STEPS + " steps");
        assertTrue(restored > 10, restored + " restored");
    }

    /** Whether the restore failed, as its disk does from this operation on. */
    private boolean failsAt(int step, Path backup, Path registry) throws IOException {
        RegistryFiles good = RegistryFiles.of(registry, dir);
        RegistryFiles failing = new RegistryFiles(
                failingFrom(step, good.store()),
                good.registry(),
                good.log(),
                good.journal(),
                good.snapshot(),
                good.history(),
                good.spill());
        try (FileDraft draft = draft("step-" + step)) {
            RegistryRestore.of(backup, draft, dir).prove();
            try {
                PendingRestore.begin(failing, draft.path().getParent(), NOW);
                PendingRestore.finish(failing);
                return false;
            } catch (IOException killed) {
                return true;
            }
        }
    }

    private static FileStore failingFrom(int step, FileStore disk) {
        AtomicInteger left = new AtomicInteger(step);
        return (FileStore) Proxy.newProxyInstance(
                FileStore.class.getClassLoader(), new Class<?>[] {FileStore.class}, (proxy, method, arguments) -> {
                    if (left.getAndDecrement() <= 0) {
                        throw new IOException("killed before " + method.getName());
                    }
                    try {
                        return method.invoke(disk, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
