package io.agnes.core.file;

import io.agnes.core.CoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A directory whose whole content may be thrown away: what is in it when a process starts is what an earlier one left.
 * It lies on the file system of the files that drafts become. Safe for use by several threads of the one process that
 * owns it.
 */
public final class Scratch {
    private final FileStore files;
    private final Path root;
    private final AtomicLong drafts = new AtomicLong();

    private Scratch(FileStore files, Path root) {
        this.files = files;
        this.root = root;
    }

    /**
     * Makes the directory if it is not there and removes everything in it.
     *
     * @throws CoreException {@code directory_unusable} if that cannot be done
     */
    public static Scratch of(FileStore files, Path root) {
        try {
            files.createDirectories(root);
            for (Path left : files.list(root)) {
                files.deleteTree(left);
            }
        } catch (IOException e) {
            throw CoreException.directoryUnusable("scratch directory", root, e);
        }
        if (!Files.isWritable(root)) {
            throw CoreException.directoryUnusable("scratch directory", root, "Read-only");
        }
        return new Scratch(files, root);
    }

    /** The directory. */
    public Path root() {
        return root;
    }

    /** A new draft, whose file is called {@code name} until it is published. The caller closes it. */
    public FileDraft draft(String name) throws IOException {
        return FileDraft.of(files, root.resolve("draft-" + drafts.incrementAndGet()), name);
    }
}
