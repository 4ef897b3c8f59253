// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import io.agnes.core.composite.Part;
import io.agnes.core.file.ContentDigest;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.StoredDigest;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableVersion;
import io.agnes.core.version.StoredVersion;
import io.agnes.core.version.VersionName;
import io.agnes.core.version.VersionStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Versions in memory. Like a bucket, it has objects without directories, links or local paths. */
final class InMemoryVersions implements VersionStore {
    private static final String QUARANTINE = "quarantine/";
    private static final Pattern NAME =
            Pattern.compile("(quarantine/)?(extracts/[^/]+/data/([^/]+)/([0-9]+)-[0-9a-f]+\\.parquet)");

    /** The bytes and the modification time of an object. */
    record Content(byte[] bytes, Instant modified) {}

    final NavigableMap<String, Content> contents = new ConcurrentSkipListMap<>();

    @Override
    public void put(TableVersion version, FileDraft draft) throws IOException {
        contents.put(version.name(), new Content(Files.readAllBytes(draft.path()), version.publishedAt()));
    }

    @Override
    public Part open(TableVersion version) throws IOException {
        Content content = contents.get(version.name());
        if (content == null) {
            throw new NoSuchFileException(version.name());
        }
        return new BytesPart(version.name(), content.bytes());
    }

    private record BytesPart(String name, byte[] bytes) implements Part {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            if (offset + into.remaining() > bytes.length) {
                throw new EOFException(name);
            }
            into.put(bytes, Math.toIntExact(offset), into.remaining());
        }
    }

    @Override
    public Optional<Path> file(TableVersion version) {
        return Optional.empty();
    }

    @Override
    public Inspection inspect() {
        return version -> condition(version, contents.get(version.name()));
    }

    private static Condition condition(TableVersion version, @Nullable Content found) {
        if (found == null) {
            return new Condition.Damaged("it is missing");
        }
        if (found.bytes().length != version.digest().length()) {
            return new Condition.Damaged("it has another length");
        }
        return found.modified().equals(version.publishedAt()) ? new Condition.Whole() : new Condition.Unverified();
    }

    @Override
    public Condition verify(TableVersion version) {
        Content found = contents.get(version.name());
        if (found == null || !isSame(version.digest(), found.bytes())) {
            return new Condition.Damaged("its content is another");
        }
        contents.put(version.name(), new Content(found.bytes(), version.publishedAt()));
        return new Condition.Whole();
    }

    private static boolean isSame(ContentDigest published, byte[] bytes) {
        return switch (published) {
            case FileDigests read -> {
                MessageDigest sha256 = FileDigests.Algorithm.SHA_256.start();
                sha256.update(bytes);
                yield FileDigests.of(bytes.length, Map.of(FileDigests.Algorithm.SHA_256, sha256))
                        .sha256()
                        .equals(read.sha256());
            }
            case StoredDigest stored -> {
                CRC32C checksum = new CRC32C();
                checksum.update(bytes);
                yield StoredDigest.of(bytes.length, checksum).equals(stored);
            }
        };
    }

    @Override
    public void quarantine(TableVersion version) {
        Content damaged = contents.remove(version.name());
        if (damaged != null) {
            contents.put(QUARANTINE + version.name(), damaged);
        }
    }

    @Override
    public void delete(TableVersion version) {
        contents.remove(version.name());
        contents.remove(QUARANTINE + version.name());
    }

    @Override
    public void link(TableVersion version) {
        if (inspect().of(version) instanceof Condition.Whole) {
            contents.put(VersionName.plain(version), contents.get(version.name()));
        }
    }

    @Override
    public void unlink(TableRecord table) {
        contents.remove(VersionName.plain(table));
    }

    @Override
    public void deleteAll(TableRecord table) {
        String folder = VersionName.folder(table.sourceType(), table.id()) + "/";
        contents.keySet().removeIf(name -> name.startsWith(folder) || name.startsWith(QUARANTINE + folder));
    }

    @Override
    public List<StoredVersion> listExcept(Set<String> names) {
        List<StoredVersion> listed = new ArrayList<>();
        contents.forEach((key, content) -> {
            Matcher name = NAME.matcher(key);
            if (name.matches() && !names.contains(name.group(2))) {
                listed.add(new StoredVersion(
                        name.group(2),
                        new TableId(name.group(3)),
                        Long.parseLong(name.group(4)),
                        name.group(1) != null,
                        content.modified()));
            }
        });
        return listed;
    }

    @Override
    public void delete(StoredVersion version) {
        contents.remove((version.quarantined() ? QUARANTINE : "") + version.name());
    }

    @Override
    public int deleteUnfinished() {
        return 0;
    }

    @Override
    public boolean isEmpty() {
        return listExcept(Set.of()).isEmpty();
    }
}
