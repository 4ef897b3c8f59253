// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.version;

import io.agnes.core.file.FileStore;
import io.agnes.core.table.TableVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Copies of current versions at the plain names of their tables, for programs of this machine that read files. */
final class PlainNames {
    /** Free space that a copy must leave, besides the length of the next version. */
    private static final long LEAST_FREE_BYTES = 64L * 1024 * 1024;

    private final FileStore files;
    private final Path data;

    PlainNames(FileStore files, Path data) {
        this.files = files;
        this.data = data;
    }

    /** Whether the plain name is an unchanged copy of the version, in a file of its own. */
    boolean isCurrent(TableVersion version) throws IOException {
        Path plain = data.resolve(VersionName.plain(version));
        return Files.isRegularFile(plain, LinkOption.NOFOLLOW_LINKS)
                && Files.size(plain) == version.digest().length()
                && Files.getLastModifiedTime(plain).toInstant().equals(version.publishedAt())
                && !isHardLink(version);
    }

    /** Replaces the plain name by a copy of the version. */
    void copy(TableVersion version) throws IOException {
        long length = version.digest().length();
        if (Files.getFileStore(data).getUsableSpace() < 2 * length + LEAST_FREE_BYTES) {
            throw new IOException("the disk has no room for a copy and the next version");
        }
        files.replaceCopy(
                data.resolve(VersionName.plain(version)), data.resolve(version.name()), version.publishedAt());
    }

    /** Deletes a hard link that an earlier program made: a write to it would change the version. */
    void deleteHardLink(TableVersion version) throws IOException {
        if (isHardLink(version)) {
            files.delete(data.resolve(VersionName.plain(version)));
        }
    }

    private boolean isHardLink(TableVersion version) throws IOException {
        Path plain = data.resolve(VersionName.plain(version));
        Path file = data.resolve(version.name());
        return Files.exists(plain) && Files.exists(file) && Files.isSameFile(plain, file);
    }
}
