// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.CoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    private Path directory;

    private final FileStore files = FileStore.system();

    @Test
    void aSecondOwnerIsToldWhoTheFirstIs() throws IOException {
        try (DataDirectory first = DataDirectory.open(files, directory)) {
            CoreException refused = assertThrows(CoreException.class, () -> DataDirectory.open(files, first.root()));
            assertEquals("directory_held", refused.code());
            assertTrue(
                    refused.getMessage()
                            .contains("process " + ProcessHandle.current().pid()),
                    refused.getMessage());
        }
    }

    @Test
    void filesOfAFormerOwnerDoNotBlockTheNext() throws IOException {
        Files.writeString(directory.resolve("lock"), "4194304\n");
        DataDirectory.open(files, directory).close();
        DataDirectory.open(files, directory).close();
        assertEquals(ProcessHandle.current().pid() + "\n", Files.readString(directory.resolve("lock")));
    }

    @Test
    void aFileIsNoDirectory() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        CoreException refused = assertThrows(CoreException.class, () -> DataDirectory.open(files, file));
        assertEquals("directory_unusable", refused.code());
        assertTrue(refused.getMessage().endsWith("Not a directory"), refused.getMessage());
    }

    @Test
    void scratchIsEmptiedWhenItIsOpened() throws IOException {
        Path root = directory.resolve("tmp");
        Files.createDirectories(root.resolve("draft-1").resolve("deep"));
        Files.writeString(root.resolve("draft-1").resolve("deep").resolve("slice"), "left");
        Files.createFile(root.resolve(Scratch.MARK));
        Scratch scratch = Scratch.of(files, root);
        assertEquals(List.of(root.resolve(Scratch.MARK)), files.list(root));
        try (FileDraft one = scratch.draft("a");
                FileDraft other = scratch.draft("a")) {
            assertFalse(one.path().equals(other.path()));
        }
        assertEquals(List.of(root.resolve(Scratch.MARK)), files.list(root));
    }
}
