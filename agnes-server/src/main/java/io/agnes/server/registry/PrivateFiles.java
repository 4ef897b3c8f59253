// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.file.FileModes;
import io.agnes.core.file.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** The files beside the registry, which hold what it holds and are nobody else's to read. */
final class PrivateFiles {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private PrivateFiles() {}

    /** Mode 0600, where the file system knows modes. */
    static void hide(Path file) throws IOException {
        FileModes.PRIVATE.apply(file);
    }

    /** The same for what DuckDB makes by itself, with a mode that the umask alone bounds. */
    static void hideRegistry(Path file) throws IOException {
        for (Path made : List.of(file, file.resolveSibling(file.getFileName() + ".wal"))) {
            try {
                FileModes.PRIVATE.apply(made);
            } catch (NoSuchFileException notThere) {
                // A checkpoint removes the log.
            }
        }
    }

    static Path directory(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IllegalStateException("a registry lies in a directory");
        }
        return directory;
    }

    /** Gives the file a name under which nothing looks for it, and never one that is taken. */
    static Path setAside(FileStore files, Path file, Instant now) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".damaged-" + STAMP.format(now));
        for (int more = 1; Files.exists(aside); more++) {
            aside = file.resolveSibling(file.getFileName() + ".damaged-" + STAMP.format(now) + "-" + more);
        }
        hide(file);
        files.rename(file, aside);
        files.syncDirectory(directory(file));
        return aside;
    }
}
