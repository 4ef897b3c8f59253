// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

final class SystemFileStore implements FileStore {
    /** What it makes is as open as the process's umask says. */
    static final SystemFileStore OPEN = new SystemFileStore(null);

    private final @Nullable FileModes modes;

    SystemFileStore(@Nullable FileModes modes) {
        this.modes = modes;
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        if (modes == null) {
            Files.createDirectories(directory);
        } else if (!Files.isDirectory(directory)) {
            createDirectories(directory, modes);
        }
    }

    private void createDirectories(Path directory, FileModes chosen) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        try {
            Files.createDirectory(directory, FileModes.atCreation(directory, true));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
            return;
        }
        // The umask took from the mode at creation.
        chosen.apply(directory);
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        Set<StandardOpenOption> options =
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return modes == null
                ? FileChannel.open(file, options)
                : FileChannel.open(file, options, FileModes.atCreation(file, false));
    }

    @Override
    public void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void replaceCopy(Path copy, Path existing, Instant modified) throws IOException {
        Path fresh = copy.resolveSibling("." + copy.getFileName() + ".copy");
        try {
            Files.copy(existing, fresh, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
            finish(fresh, modified);
            sync(fresh);
            rename(fresh, copy);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    @Override
    public void finish(Path file, Instant modified) throws IOException {
        PosixFileAttributeView posix = FileModes.posix(file);
        if (posix != null) {
            posix.setPermissions(modes == null ? PosixFilePermissions.fromString("rw-r--r--") : modes.file());
        }
        Files.setLastModifiedTime(file, FileTime.from(modified));
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }
}
