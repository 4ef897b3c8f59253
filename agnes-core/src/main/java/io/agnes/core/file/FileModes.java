// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The modes of new files and directories. File systems without modes are left unchanged. */
public enum FileModes {
    /** The process's account alone: directories 0700, files 0600. */
    PRIVATE("rwx------", "rw-------"),
    /** The process's account, and its group for reading: directories 0750, files 0640. */
    GROUP_READABLE("rwxr-x---", "rw-r-----");

    private static final String OTHERS = "------rwx";

    private final String directory;
    private final String file;

    FileModes(String directory, String file) {
        this.directory = directory;
        this.file = file;
    }

    /** The permissions of directories. */
    public Set<PosixFilePermission> directory() {
        return PosixFilePermissions.fromString(directory);
    }

    /** The permissions of finished files. */
    public Set<PosixFilePermission> file() {
        return PosixFilePermissions.fromString(file);
    }

    /**
     * Gives a file or directory that exists these modes; symbolic links are not followed. A group that may be let in
     * keeps what else it was given, as for programs that drop files.
     *
     * @return whether it had others
     */
    public boolean apply(Path path) throws IOException {
        PosixFileAttributeView posix = posix(path, LinkOption.NOFOLLOW_LINKS);
        if (posix == null || Files.isSymbolicLink(path)) {
            return false;
        }
        Set<PosixFilePermission> before = posix.readAttributes().permissions();
        Set<PosixFilePermission> after = EnumSet.noneOf(PosixFilePermission.class);
        if (this == GROUP_READABLE) {
            after.addAll(before);
            after.removeAll(PosixFilePermissions.fromString(OTHERS));
        }
        after.addAll(Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? directory() : file());
        if (after.equals(before)) {
            return false;
        }
        posix.setPermissions(after);
        return true;
    }

    /** Whether the file or directory has exactly these modes, or its file system knows none. */
    public boolean isSet(Path path) throws IOException {
        PosixFileAttributeView posix = posix(path);
        return posix == null
                || posix.readAttributes().permissions().equals(Files.isDirectory(path) ? directory() : file());
    }

    /** What a new file or directory is created with, so that it is at no time readable to others. */
    static FileAttribute<?>[] atCreation(Path path, boolean directory) {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(directory ? PRIVATE.directory() : PRIVATE.file())
        };
    }

    static @Nullable PosixFileAttributeView posix(Path path, LinkOption... options) {
        return Files.getFileAttributeView(path, PosixFileAttributeView.class, options);
    }
}
