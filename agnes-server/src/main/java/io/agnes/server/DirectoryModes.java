// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static java.util.Objects.requireNonNull;

import io.agnes.core.CoreException;
import io.agnes.core.file.FileModes;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Closes a data directory to other accounts of the machine, which could otherwise read every table past all grants. The
 * files beside {@code extracts}, the registry among them, and the scratch are for the process's account alone; the root
 * and {@code extracts} may be readable to its group.
 */
final class DirectoryModes {
    private static final System.Logger LOG = System.getLogger(DirectoryModes.class.getName());

    private final Path root;
    private final Path scratch;
    private final FileModes modes;
    private int changed;
    private int refused;

    private DirectoryModes(Path root, Path scratch, FileModes modes) {
        this.root = root;
        this.scratch = scratch;
        this.modes = modes;
    }

    /** Gives what exists its modes, and says in the log that it did. What another account owns is left as it is. */
    static void tighten(Path root, Path scratch, FileModes modes) throws IOException {
        new DirectoryModes(root, scratch, modes).tighten();
    }

    private void tighten() throws IOException {
        // A private root hides all below it, and has its mode since everything below had.
        boolean done = modes == FileModes.PRIVATE && modes.isSet(root);
        for (Path file : files(root)) {
            apply(FileModes.PRIVATE, file);
        }
        for (Path file : files(scratch)) {
            apply(FileModes.PRIVATE, file);
        }
        apply(FileModes.PRIVATE, scratch);
        // The folders that hold the scratch, if it lies in here.
        for (Path folder = scratch.getParent();
                isBelowRoot(folder);
                folder = requireNonNull(folder).getParent()) {
            apply(FileModes.PRIVATE, requireNonNull(folder));
        }
        Path extracts = root.resolve("extracts");
        if (!done && Files.isDirectory(extracts, LinkOption.NOFOLLOW_LINKS)) {
            walk(extracts);
        }
        // Last, since its mode says that the rest was done.
        apply(modes, root);
        tell();
    }

    private boolean isBelowRoot(@Nullable Path folder) {
        return folder != null && folder.startsWith(root) && !folder.equals(root);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    private void walk(Path extracts) throws IOException {
        Files.walkFileTree(extracts, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                apply(modes, directory);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                apply(modes, file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                refused++;
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void apply(FileModes wanted, Path path) {
        try {
            changed += wanted.apply(path) ? 1 : 0;
        } catch (IOException e) {
            refused++;
            LOG.log(System.Logger.Level.DEBUG, "modes of " + path + " stay: " + CoreException.reason(e));
        }
    }

    private void tell() throws IOException {
        if (changed > 0) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "modes of " + changed + " files and directories in " + root + " were set, readable to "
                            + (modes == FileModes.PRIVATE ? "this account alone" : "this account and its group"));
        }
        if (refused > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    refused + " files and directories in " + root + " belong to another account and keep their modes");
        }
        if (!modes.isSet(root)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "data directory " + root
                            + " is open to other accounts of this machine, which can read every table");
        }
    }
}
