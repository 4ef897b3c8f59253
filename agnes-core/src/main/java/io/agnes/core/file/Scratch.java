// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import io.agnes.core.CoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A directory of temporary files. A process removes what an earlier one left there.
 * Nothing is removed from a directory without the empty file {@value #MARK}. The directory must lie on the file system of the
 * published files. Safe for use by several threads of the one process that owns it.
 */
public final class Scratch {
    /** The file that marks a directory as scratch. */
    public static final String MARK = ".agnes-scratch";

    private final FileStore files;
    private final Path root;
    private final AtomicLong drafts = new AtomicLong();

    private Scratch(FileStore files, Path root) {
        this.files = files;
        this.root = root;
    }

    /**
     * Makes and marks the directory if it does not exist, and removes everything in it but the mark.
     *
     * @throws CoreException {@code directory_unusable} if that cannot be done, or the directory holds anything and has no
     *     mark
     */
    public static Scratch of(FileStore files, Path root) {
        mark(files, root);
        return emptied(files, root);
    }

    /** Makes the directory and its mark if they do not exist; removes nothing. */
    static Path mark(FileStore files, Path root) {
        Path mark = root.resolve(MARK);
        try {
            if (Files.isSymbolicLink(root)) {
                throw CoreException.directoryUnusable("scratch directory", root, "it is a symbolic link");
            }
            files.createDirectories(root);
            if (!Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)) {
                requireEmpty(root, files.list(root));
                files.create(mark).close();
            }
        } catch (IOException e) {
            throw CoreException.directoryUnusable("scratch directory", root, e);
        }
        if (!Files.isWritable(root)) {
            throw CoreException.directoryUnusable("scratch directory", root, "Read-only");
        }
        return mark;
    }

    private static void requireEmpty(Path root, List<Path> found) {
        if (!found.isEmpty()) {
            throw CoreException.directoryUnusable(
                    "scratch directory",
                    root,
                    "it holds " + found.getFirst().getFileName() + " and has no mark " + MARK
                            + ", so it may not be emptied");
        }
    }

    /** Empties a directory that has the mark. */
    static Scratch emptied(FileStore files, Path root) {
        try {
            for (Path left : files.list(root)) {
                if (!left.endsWith(MARK)) {
                    files.deleteTree(left);
                }
            }
        } catch (IOException e) {
            throw CoreException.directoryUnusable("scratch directory", root, e);
        }
        return new Scratch(files, root);
    }

    /** The directory. */
    public Path root() {
        return root;
    }

    /** Makes a draft, whose file has this name until it is published. The caller closes it. */
    public FileDraft draft(String name) throws IOException {
        return FileDraft.of(files, root.resolve("draft-" + drafts.incrementAndGet()), name);
    }
}
