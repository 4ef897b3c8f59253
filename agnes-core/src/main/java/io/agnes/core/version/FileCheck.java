// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.version;

import io.agnes.core.CoreException;
import io.agnes.core.file.ContentDigest;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileStore;
import io.agnes.core.file.StoredDigest;
import io.agnes.core.table.TableVersion;
import io.agnes.core.version.VersionStore.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the file of a version with what was published. An inspection takes some microseconds: it compares kind, length
 * and time of last change, which publishing sets, and refuses links among the directories above. A verification reads
 * every byte. Safe for use by several threads.
 */
final class FileCheck {
    /** Verified files whose time could not be set back; beyond this bound they are verified again. */
    private static final int MOST_ACCEPTED = 10_000;

    private static final Condition WHOLE = new Condition.Whole();

    private final FileStore files;
    private final Path data;
    private final Map<Path, FileTime> accepted = new ConcurrentHashMap<>();

    FileCheck(FileStore files, Path data) {
        this.files = files;
        this.data = data;
    }

    /** @param directories known to be directories during this inspection; this method adds to them */
    Condition inspect(TableVersion version, Set<Path> directories) {
        Path file = data.resolve(version.name());
        try {
            Path link = linkAbove(file, directories);
            if (link != null) {
                return new Condition.Damaged(data.relativize(link) + " is no directory but a link or a file");
            }
            BasicFileAttributes found = attributes(file);
            if (!found.isRegularFile()) {
                return new Condition.Damaged("it is no regular file");
            }
            if (found.size() != version.digest().length()) {
                return new Condition.Damaged("it has " + found.size() + " bytes in place of "
                        + version.digest().length());
            }
            FileTime modified = found.lastModifiedTime();
            boolean same = modified.toInstant().equals(version.publishedAt()) || modified.equals(accepted.get(file));
            return same ? WHOLE : new Condition.Unverified();
        } catch (IOException e) {
            return damaged(e);
        }
    }

    /** Whether each parent of the version's file, up to the data directory, is a directory and no link. */
    boolean isBelowDirectories(TableVersion version) {
        try {
            return linkAbove(data.resolve(version.name()), new HashSet<>()) == null;
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

    private static Condition damaged(IOException e) {
        return new Condition.Damaged(
                e instanceof NoSuchFileException ? "it is missing" : "it cannot be read: " + CoreException.reason(e));
    }

    /** Reads the whole file and sets its time back if the content is right. A file that changes meanwhile is damaged. */
    Condition verify(TableVersion version) throws InterruptedException {
        Path file = data.resolve(version.name());
        try {
            FileTime before = attributes(file).lastModifiedTime();
            Condition found = compare(version.digest(), file);
            if (!attributes(file).lastModifiedTime().equals(before)) {
                return new Condition.Damaged("it is being written to");
            }
            if (found instanceof Condition.Whole) {
                restoreTime(file, version, before);
            }
            return found;
        } catch (IOException e) {
            return damaged(e);
        }
    }

    private static Condition compare(ContentDigest published, Path file) throws IOException, InterruptedException {
        return switch (published) {
            case FileDigests read -> {
                FileDigests found = FileDigests.of(file, Set.of(FileDigests.Algorithm.SHA_256));
                boolean same = found.length() == read.length() && found.sha256().equals(read.sha256());
                yield same ? WHOLE : new Condition.Damaged("its SHA-256 is " + found.sha256());
            }
            case StoredDigest stored -> {
                StoredDigest found = StoredDigest.of(file);
                yield found.equals(stored) ? WHOLE : new Condition.Damaged("its CRC32C is " + found.crc32c());
            }
        };
    }

    private void restoreTime(Path file, TableVersion version, FileTime modified) {
        try {
            files.finish(file, version.publishedAt());
        } catch (IOException e) {
            if (accepted.size() >= MOST_ACCEPTED) {
                accepted.clear();
            }
            accepted.put(file, modified);
        }
    }
}
