// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDraftTest {
    private static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    private Path directory;

    private FileDraft draft() throws IOException {
        return FileDraft.of(FileStore.system(), directory.resolve("tmp"), "orders.parquet");
    }

    @Test
    void publishingGivesTheContentItsNameModeAndTime() throws IOException {
        Path target = directory.resolve("a").resolve("orders.parquet");
        try (FileDraft draft = draft()) {
            Files.writeString(draft.path(), "content");
            draft.publish(target, MODIFIED);
        }
        assertEquals("content", Files.readString(target));
        assertEquals(MODIFIED, Files.getLastModifiedTime(target).toInstant());
        assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
    }

    @Test
    void publishingReplacesWhatHadTheName() throws IOException {
        Path target = Files.writeString(directory.resolve("orders.parquet"), "before");
        try (FileDraft draft = draft()) {
            Files.writeString(draft.path(), "after");
            draft.publish(target, MODIFIED);
        }
        assertEquals("after", Files.readString(target));
    }

    @Test
    void closingRemovesEverythingThatWasNotPublished() throws IOException {
        try (FileDraft draft = draft()) {
            Files.writeString(draft.path(), "content");
            Files.createDirectories(draft.scratch("slices"));
            Files.writeString(draft.scratch("slices").resolve("1"), "slice");
        }
        assertFalse(Files.exists(directory.resolve("tmp")));
    }

    @Test
    void closingRemovesALinkAndNotWhatItPointsTo() throws IOException {
        Path outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "kept");
        try (FileDraft draft = draft()) {
            Files.createSymbolicLink(draft.scratch("link"), outside);
        }
        assertTrue(Files.exists(outside.resolve("kept")));
    }

    @Test
    void closingTwiceDoesNothing() throws IOException {
        FileDraft draft = draft();
        draft.close();
        draft.close();
        assertFalse(Files.exists(directory.resolve("tmp")));
    }

    @Test
    void aCopyIsReplacedInOneStepAndIsAFileOfItsOwn() throws IOException {
        FileStore files = FileStore.system();
        Path first = Files.writeString(directory.resolve("1"), "first");
        Path second = Files.writeString(directory.resolve("2"), "second");
        Path copy = directory.resolve("current");
        files.replaceCopy(copy, first, Instant.EPOCH);
        files.replaceCopy(copy, second, Instant.EPOCH);
        assertFalse(Files.isSameFile(copy, second));
        Files.writeString(copy, "changed");
        assertEquals("second", Files.readString(second));
        assertThrows(IOException.class, () -> files.replaceCopy(copy, directory.resolve("missing"), Instant.EPOCH));
        assertEquals("changed", Files.readString(copy));
        assertEquals(3, files.list(directory).size());
    }
}
