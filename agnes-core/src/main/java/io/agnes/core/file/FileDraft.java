// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * An unfinished file in a directory of its own, which also holds temporary files. Closing removes the directory with its
 * content. {@link #publish} moves the file out of it first.
 *
 * <p>For one thread; several threads may write to {@link #path()}.
 */
public final class FileDraft implements AutoCloseable {
    private final FileStore files;
    private final Path directory;
    private final Path path;

    private FileDraft(FileStore files, Path directory, Path path) {
        this.files = files;
        this.directory = directory;
        this.path = path;
    }

    /**
     * Makes a draft in a new directory, which must lie on the file system of the published file.
     *
     * @param name of the draft's file, for readers that look at extensions; not the name it is published under
     */
    public static FileDraft of(FileStore files, Path directory, String name) throws IOException {
        files.createDirectories(directory);
        return new FileDraft(files, directory, directory.resolve(name));
    }

    /** The path of the content. The file does not exist yet. */
    public Path path() {
        return path;
    }

    /** The path of a temporary file beside the content; closing the draft removes it. */
    public Path scratch(String name) {
        return directory.resolve(name);
    }

    /** The file store, for code that creates files in {@link #scratch}. */
    public FileStore files() {
        return files;
    }

    /**
     * Syncs the content and renames it to the target in one step, replacing a file of that name. After a failure the target
     * is unchanged.
     *
     * @param modified the time of last change of the file; readers build ETags from it
     */
    public void publish(Path target, Instant modified) throws IOException {
        Path parent = target.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a file system's root cannot be published to");
        }
        files.createDirectories(parent);
        files.finish(path, modified);
        files.sync(path);
        files.rename(path, target);
        files.syncDirectory(parent);
    }

    /** Removes everything of the draft that was not published. Closing again does nothing. */
    @Override
    public void close() throws IOException {
        if (Files.exists(directory)) {
            files.deleteTree(directory);
        }
    }
}
