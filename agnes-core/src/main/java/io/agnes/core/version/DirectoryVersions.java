// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.version;

import io.agnes.core.TableId;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Versions as files below a data directory, under their names. A version in quarantine has the suffix
 * {@value #QUARANTINED}. Other programs may keep files beside them, which stay untouched.
 */
public final class DirectoryVersions implements VersionStore {
    /** The suffix of a file in quarantine. */
    static final String QUARANTINED = ".quarantined";

    private final FileStore files;
    private final Path data;
    private final boolean copies;
    private final PlainNames plainNames;
    private final FileCheck check;

    /**
     * @param data the data directory; drafts must lie on its file system
     * @param plainNames whether the current version of a table is copied to the table's plain name
     */
    public DirectoryVersions(FileStore files, Path data, boolean plainNames) {
        this.files = files;
        this.data = data;
        this.copies = plainNames;
        this.plainNames = new PlainNames(files, data);
        this.check = new FileCheck(files, data);
    }

    private Path path(TableVersion version) {
        return data.resolve(version.name());
    }

    private Path quarantinePath(TableVersion version) {
        return data.resolve(version.name() + QUARANTINED);
    }

    @Override
    public void put(TableVersion version, FileDraft draft) throws IOException {
        draft.publish(path(version), version.publishedAt());
    }

    @Override
    public Part open(TableVersion version) throws IOException {
        return Part.of(path(version));
    }

    @Override
    public Optional<Path> file(TableVersion version) {
        return Optional.of(path(version));
    }

    @Override
    public Inspection inspect() {
        Set<Path> directories = new HashSet<>();
        return version -> check.inspect(version, directories);
    }

    @Override
    public Condition verify(TableVersion version) throws InterruptedException {
        return check.verify(version);
    }

    @Override
    public void quarantine(TableVersion version) throws IOException {
        Path file = path(version);
        // A rename through a link above the file would move another file.
        if (check.isBelowDirectories(version) && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            files.rename(file, quarantinePath(version));
        }
    }

    @Override
    public void delete(TableVersion version) throws IOException {
        files.delete(path(version));
        files.delete(quarantinePath(version));
    }

    @Override
    public void link(TableVersion version) throws IOException {
        if (!copies) {
            plainNames.deleteHardLink(version);
        } else if (!plainNames.isCurrent(version) && inspect().of(version) instanceof Condition.Whole) {
            plainNames.copy(version);
        }
    }

    @Override
    public void unlink(TableRecord table) throws IOException {
        files.delete(data.resolve(VersionName.plain(table)));
    }

    @Override
    public void deleteAll(TableRecord table) throws IOException {
        files.deleteTree(data.resolve(VersionName.folder(table.sourceType(), table.id())));
    }

    @Override
    public List<StoredVersion> listExcept(Set<String> names) throws IOException {
        List<StoredVersion> found = new ArrayList<>();
        for (Path folder : folders()) {
            Optional<TableId> table = TableId.parse(lastName(folder));
            if (table.isPresent()) {
                list(folder, table.get(), names, found);
            }
        }
        return found;
    }

    /** Names that are known come first, as they are many and their text need not be parsed. */
    private void list(Path folder, TableId table, Set<String> names, List<StoredVersion> found) throws IOException {
        String prefix = relative(folder) + "/";
        for (Path file : files.list(folder)) {
            String lastPart = publishedName(file);
            String name = prefix + lastPart;
            if (names.contains(name)) {
                continue;
            }
            OptionalLong sequence = VersionName.sequence(lastPart);
            if (sequence.isPresent()) {
                Instant modified = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                        .toInstant();
                boolean quarantined = lastName(file).endsWith(QUARANTINED);
                found.add(new StoredVersion(name, table, sequence.getAsLong(), quarantined, modified));
            }
        }
    }

    /** The entries beside the plain names: a folder for each table, and what other programs keep there. */
    private List<Path> folders() throws IOException {
        List<Path> folders = new ArrayList<>();
        for (Path source : files.list(data.resolve("extracts"))) {
            folders.addAll(files.list(source.resolve("data")));
        }
        return folders;
    }

    private String relative(Path path) {
        List<String> parts = new ArrayList<>();
        data.relativize(path).forEach(part -> parts.add(part.toString()));
        return String.join("/", parts);
    }

    /** The last part of the name that the file was published under. */
    private static String publishedName(Path file) {
        String name = lastName(file);
        return name.endsWith(QUARANTINED) ? name.substring(0, name.length() - QUARANTINED.length()) : name;
    }

    private static String lastName(Path path) {
        return String.valueOf(path.getFileName());
    }

    @Override
    public void delete(StoredVersion version) throws IOException {
        files.delete(data.resolve(version.name() + (version.quarantined() ? QUARANTINED : "")));
    }

    /** A table id never begins with a dot, so an entry that does is an unfinished copy for a plain name. */
    @Override
    public int deleteUnfinished() throws IOException {
        int deleted = 0;
        for (Path entry : folders()) {
            if (lastName(entry).startsWith(".")) {
                files.delete(entry);
                deleted++;
            }
        }
        return deleted;
    }

    @Override
    public boolean isEmpty() throws IOException {
        for (Path folder : folders()) {
            for (Path file : files.list(folder)) {
                if (VersionName.sequence(publishedName(file)).isPresent()) {
                    return false;
                }
            }
        }
        return true;
    }
}
