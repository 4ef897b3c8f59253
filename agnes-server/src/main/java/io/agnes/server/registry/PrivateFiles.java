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

/** Modes and names of the registry's files, which only the account of the process may read. */
final class PrivateFiles {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private PrivateFiles() {}

    /** Sets mode 0600, if the file system has modes. */
    static void hide(Path file) throws IOException {
        FileModes.PRIVATE.apply(file);
    }

    /** Sets mode 0600 on the files that DuckDB makes, whose mode follows the umask. */
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

    /** The time as part of a file's name. */
    static String stamp(Instant time) {
        return STAMP.format(time);
    }

    /** Renames a damaged file to a new name with the time in it, and returns the name. */
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
