// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import io.agnes.core.CoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A directory that one process owns while it runs. The kernel releases the lock when the process ends in any way. The file
 * {@code lock} stays and names the last owner.
 */
public final class DataDirectory implements AutoCloseable {
    /** Directories of published files, and of files that other programs drop. */
    private static final List<String> NEVER_SCRATCH = List.of("extracts", "src_data");

    private final FileStore files;
    private final Path root;
    private final OwnerLock lock;
    private final Deque<OwnerLock> scratchLocks = new ArrayDeque<>();

    private DataDirectory(FileStore files, Path root, OwnerLock lock) {
        this.files = files;
        this.root = root;
        this.lock = lock;
    }

    /**
     * Makes the directory if it does not exist, and locks it.
     *
     * @throws CoreException {@code directory_held}, naming the process that has it, or {@code directory_unusable}
     */
    public static DataDirectory open(FileStore files, Path root) {
        Path absolute = root.toAbsolutePath().normalize();
        try {
            files.createDirectories(absolute);
            Path file = absolute.resolve("lock");
            return own(files, absolute, OwnerLock.open(file, FileModes.atCreation(file, false)));
        } catch (IOException e) {
            throw CoreException.directoryUnusable("data directory", absolute, e);
        }
    }

    private static DataDirectory own(FileStore files, Path root, OwnerLock lock) throws IOException {
        boolean owned = false;
        try {
            if (!lock.take()) {
                throw CoreException.directoryHeld(root, lock.holder());
            }
            lock.sign();
            owned = true;
            return new DataDirectory(files, root, lock);
        } finally {
            if (!owned) {
                lock.close();
            }
        }
    }

    /** The directory, absolute. */
    public Path root() {
        return root;
    }

    /**
     * Makes or empties the scratch of this data directory: a folder below the given one. Its name holds the id that the data
     * directory gets with its first scratch and keeps in {@code agnes.id}. Other entries of the given folder stay.
     *
     * @param below made if it does not exist
     * @throws CoreException {@code directory_unusable} if it is the data directory, holds it, or lies among published
     *     files; {@code directory_held} if the process of a copy of this data directory uses it
     */
    public Scratch scratch(Path below) {
        try {
            requireApart(below);
            files.createDirectories(below);
            Path folder = below.toAbsolutePath().normalize().resolve("agnes-" + DirectoryId.of(files, root));
            Path mark = Scratch.mark(files, folder);
            OwnerLock scratchLock = OwnerLock.open(mark);
            scratchLocks.push(scratchLock);
            if (!scratchLock.take()) {
                throw CoreException.directoryHeld(folder, "another process");
            }
            return Scratch.emptied(files, folder);
        } catch (IOException e) {
            throw CoreException.directoryUnusable("scratch directory", below, e);
        }
    }

    private void requireApart(Path below) throws IOException {
        Path here = root.toRealPath();
        Path there = real(below.toAbsolutePath().normalize());
        if (here.startsWith(there)) {
            throw CoreException.directoryUnusable("scratch directory", below, "it is the data directory, or holds it");
        }
        for (String name : NEVER_SCRATCH) {
            if (there.startsWith(here.resolve(name))) {
                throw CoreException.directoryUnusable(
                        "scratch directory", below, "it lies in " + name + " of the data directory");
            }
        }
    }

    /** Resolves links in the part of the path that exists. */
    private static Path real(Path path) throws IOException {
        Path existing = path;
        while (!Files.exists(existing)) {
            Path parent = existing.getParent();
            if (parent == null) {
                return path;
            }
            existing = parent;
        }
        return existing.toRealPath().resolve(existing.relativize(path)).normalize();
    }

    /** Releases the directory and its scratch. */
    @Override
    public void close() throws IOException {
        while (!scratchLocks.isEmpty()) {
            scratchLocks.pop().close();
        }
        lock.close();
    }
}
