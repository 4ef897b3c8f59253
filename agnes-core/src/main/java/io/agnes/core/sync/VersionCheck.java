// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.CoreException;
import io.agnes.core.file.FileDigests;
import io.agnes.core.table.TableVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the file of a version with what was published. A look costs some microseconds: kind, length and time of last
 * change, which publishing sets, and that no directory above it is a link. A verification reads every byte. Safe for use
 * by several threads.
 */
final class VersionCheck {
    /** Files whose time could not be set back; beyond that they are verified again. */
    private static final int MOST_ACCEPTED = 10_000;

    /** What a file was found to be. */
    sealed interface Finding {
        /** As it was published. */
        record Whole() implements Finding {}

        /** Of the right length, but changed at another time: only its bytes can tell. */
        record Changed(Instant modified) implements Finding {}

        /** Not what was published. */
        record Damaged(String why) implements Finding {}
    }

    private static final Finding WHOLE = new Finding.Whole();

    private final Path data;
    private final Map<Path, FileTime> accepted = new ConcurrentHashMap<>();

    VersionCheck(Path data) {
        this.data = data;
    }

    /** Where the version's file is. */
    Path file(TableVersion version) {
        return data.resolve(version.path());
    }

    /** @param directories that were found to be none but directories in this same look at many; added to */
    Finding look(TableVersion version, Set<Path> directories) {
        Path file = file(version);
        try {
            Path link = linkAbove(file, directories);
            if (link != null) {
                return new Finding.Damaged(data.relativize(link) + " is no directory but a link or a file");
            }
            BasicFileAttributes found = attributes(file);
            if (!found.isRegularFile()) {
                return new Finding.Damaged("it is no regular file");
            }
            if (found.size() != version.digests().length()) {
                return new Finding.Damaged("it has " + found.size() + " bytes in place of "
                        + version.digests().length());
            }
            Instant modified = found.lastModifiedTime().toInstant();
            boolean same = modified.equals(version.publishedAt())
                    || found.lastModifiedTime().equals(accepted.get(file));
            return same ? WHOLE : new Finding.Changed(modified);
        } catch (IOException e) {
            return damaged(e);
        }
    }

    /** Whether what is above the version's file, up to the data directory, are directories and no links. */
    boolean isBelowDirectories(TableVersion version) {
        try {
            return linkAbove(file(version), new HashSet<>()) == null;
        } catch (IOException e) {
            return false;
        }
    }

    private @Nullable Path linkAbove(Path file, Set<Path> directories) throws IOException {
        for (Path above = file.getParent();
                above != null && !above.equals(data) && !directories.contains(above);
                above = above.getParent()) {
            if (!attributes(above).isDirectory()) {
                return above;
            }
            directories.add(above);
        }
        return null;
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static Finding damaged(IOException e) {
        return new Finding.Damaged(
                e instanceof NoSuchFileException ? "it is missing" : "it cannot be read: " + CoreException.reason(e));
    }

    /** Reads the whole file. One that changes meanwhile is damaged. */
    Finding verify(TableVersion version) throws InterruptedException {
        Path file = file(version);
        try {
            FileTime before = attributes(file).lastModifiedTime();
            FileDigests found = FileDigests.of(file, Set.of(FileDigests.Algorithm.SHA_256));
            if (!attributes(file).lastModifiedTime().equals(before)) {
                return new Finding.Damaged("it is being written to");
            }
            boolean same = found.length() == version.digests().length()
                    && found.sha256().equals(version.digests().sha256());
            return same ? WHOLE : new Finding.Damaged("its SHA-256 is " + found.sha256());
        } catch (IOException e) {
            return damaged(e);
        }
    }

    /** Takes the file as it is now for whole, though its time is another: it was verified, and the time cannot be set. */
    void accept(TableVersion version, FileTime modified) {
        if (accepted.size() >= MOST_ACCEPTED) {
            accepted.clear();
        }
        accepted.put(file(version), modified);
    }
}
