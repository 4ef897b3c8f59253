package io.agnes.server.registry;

import io.agnes.core.file.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The files beside the registry, which hold what it holds and are nobody else's to read. */
final class PrivateFiles {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private PrivateFiles() {}

    /** Mode 0600, where the file system knows modes. */
    static void hide(Path file) throws IOException {
        PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (posix != null) {
            posix.setPermissions(PosixFilePermissions.fromString("rw-------"));
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
