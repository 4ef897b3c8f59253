// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * The disk operations that publishing consists of. Each can fail. Safe for use by several threads.
 */
public interface FileStore {
    /** The file system of this machine: directories and files get the modes of the process, finished files 0644. */
    static FileStore system() {
        return SystemFileStore.OPEN;
    }

    /** The same, with these modes for all that it makes, whatever the umask is. */
    static FileStore system(FileModes modes) {
        return new SystemFileStore(modes);
    }

    /** Makes the directory and its parents, unless they exist. */
    void createDirectories(Path directory) throws IOException;

    /** Opens a new file for reading and writing; one that exists is an error. The caller closes the channel. */
    FileChannel create(Path file) throws IOException;

    /** Returns once content and length are on the disk. */
    void sync(Path file) throws IOException;

    /** Returns once the names in the directory are on the disk. */
    void syncDirectory(Path directory) throws IOException;

    /** Renames a file in one step and replaces a file of the new name; both on one file system. */
    void rename(Path from, Path to) throws IOException;

    /**
     * Gives an existing file a second name in one step; both on one file system.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the name is taken; it keeps its file
     */
    default void link(Path name, Path existing) throws IOException {
        Files.createLink(name, existing);
    }

    /**
     * Copies {@code existing} to {@code copy} in one step and replaces a file of that name. The content is first written to a
     * file beside it, whose name begins with a dot and ends in {@code .copy}. A file system that can share blocks does so. A
     * failure leaves nothing.
     */
    void replaceCopy(Path copy, Path existing, Instant modified) throws IOException;

    /** Sets the mode of a finished file and the time of last change. */
    void finish(Path file, Instant modified) throws IOException;

    /** Removes a file or an empty directory, if it exists. */
    void delete(Path file) throws IOException;

    /** The entries of a directory, sorted by name; none if it does not exist. */
    List<Path> list(Path directory) throws IOException;

    /** Removes the directory with its content; symbolic links are removed and not followed. */
    default void deleteTree(Path root) throws IOException {
        for (Path entry : list(root)) {
            deleteTree(entry);
        }
        delete(root);
    }
}
