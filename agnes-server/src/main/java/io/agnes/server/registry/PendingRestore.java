// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.file.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A registry that replaces the one of a data directory. It begins with one rename, of a folder that holds every file of the new
 * registry; each later step can be done again, so the next opening of the registry finishes what a kill has left half done.
 */
final class PendingRestore {
    private static final String PENDING = "restoring-";
    private static final String ASIDE = "before-restore-";

    private static final System.Logger LOGGER = System.getLogger(PendingRestore.class.getName());

    private PendingRestore() {}

    /** Makes the folder of staged files the next registry. A kill before leaves the former registry, a kill after the new one. */
    static void begin(RegistryFiles files, Path staged, Instant now) throws IOException {
        files.store().syncDirectory(staged);
        files.store().rename(staged, files.directory().resolve(PENDING + PrivateFiles.stamp(now)));
        files.store().syncDirectory(files.directory());
    }

    /**
     * Moves the former registry aside and the new one in its place, if a restore has begun.
     *
     * @return the folder with the files of the former registry
     */
    static Optional<Path> finish(RegistryFiles files) throws IOException {
        Optional<Path> pending = files.store().list(files.directory()).stream()
                .filter(path -> path.getFileName().toString().startsWith(PENDING))
                .filter(Files::isDirectory)
                .findFirst();
        if (pending.isEmpty()) {
            return Optional.empty();
        }
        String stamp = pending.get().getFileName().toString().substring(PENDING.length());
        Path aside = files.directory().resolve(ASIDE + stamp);
        replace(files, pending.get(), aside);
        files.store().delete(pending.get());
        files.store().syncDirectory(files.directory());
        LOGGER.log(
                System.Logger.Level.WARNING,
                "registry " + files.registry() + " is restored; the files of the former one are in " + aside);
        return Optional.of(aside);
    }

    /** A file that is still staged has not been replaced. The registry is last, so while it is staged the log is the former one's. */
    private static void replace(RegistryFiles files, Path staged, Path aside) throws IOException {
        files.store().createDirectories(aside);
        if (Files.exists(staged.resolve(files.registry().getFileName()))) {
            move(files.store(), files.log(), aside);
        }
        for (Path file : List.of(files.history(), files.journal(), files.snapshot(), files.registry())) {
            Path next = staged.resolve(file.getFileName());
            if (Files.exists(next)) {
                move(files.store(), file, aside);
                files.store().rename(next, file);
                files.store().syncDirectory(files.directory());
            }
        }
    }

    private static void move(FileStore store, Path file, Path aside) throws IOException {
        if (Files.exists(file)) {
            store.rename(file, aside.resolve(file.getFileName()));
            store.syncDirectory(aside);
            store.syncDirectory(PrivateFiles.directory(file));
        }
    }

    /** The folders of former registries, oldest first. */
    static List<Path> former(RegistryFiles files) throws IOException {
        return files.store().list(files.directory()).stream()
                .filter(path -> path.getFileName().toString().startsWith(ASIDE))
                .toList();
    }
}
