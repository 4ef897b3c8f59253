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
 * Sets the modes of a data directory so that other accounts of the machine cannot read tables without a grant. Only the
 * account of the process can read the scratch and the files beside {@code extracts}, which include the registry. The
 * group can read the root and {@code extracts} if the settings allow it.
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

    /** Sets the modes of existing files and logs how many changed. Files of another account keep their modes. */
    static void tighten(Path root, Path scratch, FileModes modes) throws IOException {
        new DirectoryModes(root, scratch, modes).tighten();
    }

    private void tighten() throws IOException {
        // A private root hides everything below it. Its mode is set last, so everything below has the right mode as
        // well.
        boolean done = modes == FileModes.PRIVATE && modes.isSet(root);
        for (Path file : files(root)) {
            apply(FileModes.PRIVATE, file);
        }
        for (Path file : files(scratch)) {
            apply(FileModes.PRIVATE, file);
        }
        apply(FileModes.PRIVATE, scratch);
        // The directories between the root and the scratch, if the scratch lies below the root.
        for (Path folder = scratch.getParent();
                isBelowRoot(folder);
                folder = requireNonNull(folder).getParent()) {
            apply(FileModes.PRIVATE, requireNonNull(folder));
        }
        Path extracts = root.resolve("extracts");
        if (!done && Files.isDirectory(extracts, LinkOption.NOFOLLOW_LINKS)) {
            walk(extracts);
        }
        // Last, because the mode of the root means that everything below has its mode.
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
