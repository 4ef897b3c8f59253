// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.CoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whichever directory the setting names, only our own scratch in it is removed. */
class ScratchTest {
    @TempDir
    private Path directory;

    private final FileStore files = FileStore.system();
    private Path data;
    private Path others;

    @BeforeEach
    void fill() throws IOException {
        data = Files.createDirectories(directory.resolve("data"));
        others = Files.createDirectories(directory.resolve("others"));
        Files.writeString(others.resolve("letter"), "of another program");
        Files.createDirectories(others.resolve("draft-1"));
    }

    private DataDirectory open() {
        return DataDirectory.open(files, data);
    }

    @Test
    void whatOthersHaveThereStaysAndWhatAnEarlierStartLeftGoes() throws IOException {
        Path root;
        try (DataDirectory owner = open()) {
            root = owner.scratch(others).root();
            assertEquals(others, root.getParent());
            Files.createDirectories(root.resolve("draft-1"));
            Files.writeString(root.resolve("draft-1").resolve("slice"), "left");
        }
        try (DataDirectory owner = open()) {
            assertEquals(root, owner.scratch(others).root());
        }
        assertEquals(List.of(root.resolve(Scratch.MARK)), files.list(root));
        assertEquals(List.of(root, others.resolve("draft-1"), others.resolve("letter")), files.list(others));
    }

    @Test
    void twoDataDirectoriesMayShareADirectoryForScratch() throws IOException {
        try (DataDirectory one = open();
                DataDirectory two = DataDirectory.open(files, directory.resolve("second"));
                FileDraft draft = one.scratch(others).draft("a")) {
            Files.writeString(draft.path(), "at work");
            assertNotEquals(
                    draft.path().getParent().getParent(), two.scratch(others).root());
            assertTrue(Files.exists(draft.path()));
        }
    }

    @Test
    void aCopyOfTheDataDirectoryDoesNotGetTheScratchThatIsInUse() throws IOException {
        try (DataDirectory one = open();
                FileDraft draft = one.scratch(others).draft("a")) {
            Files.writeString(draft.path(), "at work");
            Path copy = Files.createDirectories(directory.resolve("copy"));
            Files.copy(data.resolve("agnes.id"), copy.resolve("agnes.id"));
            try (DataDirectory two = DataDirectory.open(files, copy)) {
                assertEquals(
                        "directory_held",
                        assertThrows(CoreException.class, () -> two.scratch(others))
                                .code());
            }
            assertTrue(Files.exists(draft.path()));
        }
    }

    @Test
    void theDataDirectoryAndWhatHoldsItAreRefusedAlsoByAnotherName() throws IOException {
        Files.writeString(data.resolve("registry.duckdb"), "everything");
        Path link = Files.createSymbolicLink(directory.resolve("link"), data);
        Path parentLink = Files.createSymbolicLink(others.resolve("up"), directory);
        for (Path wrong : List.of(
                data,
                directory,
                directory.getRoot(),
                link,
                parentLink,
                data.resolve("..").resolve("data"),
                data.resolve("missing").resolve(".."),
                data.resolve("extracts"),
                link.resolve("extracts").resolve("keboola"),
                data.resolve("src_data"))) {
            try (DataDirectory owner = open()) {
                CoreException refused = assertThrows(CoreException.class, () -> owner.scratch(wrong), wrong.toString());
                assertEquals("directory_unusable", refused.code());
            }
        }
        assertEquals("everything", Files.readString(data.resolve("registry.duckdb")));
        try (DataDirectory owner = open()) {
            assertTrue(owner.scratch(data.resolve("tmp")).root().startsWith(data.resolve("tmp")));
        }
    }

    @Test
    void aFolderOfItsNameWithoutItsMarkIsNotEmptied() throws IOException {
        Path root;
        try (DataDirectory owner = open()) {
            root = owner.scratch(others).root();
        }
        Files.delete(root.resolve(Scratch.MARK));
        Files.writeString(root.resolve("letter"), "of another program");
        try (DataDirectory owner = open()) {
            CoreException refused = assertThrows(CoreException.class, () -> owner.scratch(others));
            assertTrue(refused.getMessage().contains("has no mark"), refused.getMessage());
        }
        assertTrue(Files.exists(root.resolve("letter")));
        assertThrows(CoreException.class, () -> Scratch.of(files, others));
        assertTrue(Files.exists(others.resolve("letter")));
    }

    @Test
    void aLinkInThePlaceOfTheFolderIsNotFollowed() throws IOException {
        Path root;
        try (DataDirectory owner = open()) {
            root = owner.scratch(data.resolve("tmp")).root();
        }
        files.deleteTree(root);
        Path victim = Files.createDirectories(directory.resolve("victim"));
        Files.createFile(victim.resolve(Scratch.MARK));
        Files.writeString(victim.resolve("letter"), "of another program");
        Files.createSymbolicLink(root, victim);
        try (DataDirectory owner = open()) {
            assertThrows(CoreException.class, () -> owner.scratch(data.resolve("tmp")));
        }
        assertTrue(Files.exists(victim.resolve("letter")));
    }

    @Test
    void anIdThatIsDamagedIsNotGuessedAnew() throws IOException {
        Files.writeString(data.resolve("agnes.id"), "../others\n");
        try (DataDirectory owner = open()) {
            CoreException refused = assertThrows(CoreException.class, () -> owner.scratch(others));
            assertTrue(refused.getMessage().contains("agnes.id is damaged"), refused.getMessage());
        }
        assertFalse(Files.exists(others.resolve(Scratch.MARK)));
    }
}
