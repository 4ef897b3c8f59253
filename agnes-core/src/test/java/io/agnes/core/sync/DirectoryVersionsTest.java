// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.agnes.core.file.FileStore;
import io.agnes.core.table.TableVersion;
import io.agnes.core.version.DirectoryVersions;
import io.agnes.core.version.VersionName;
import io.agnes.core.version.VersionStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The version store in a directory fulfils the contract. Further tests cover directories only. */
class DirectoryVersionsTest extends VersionStoreContract {
    @TempDir
    private Path data;

    @Override
    VersionStore store() {
        return new DirectoryVersions(FileStore.system(), data, true);
    }

    @Override
    void write(String name, byte[] bytes, Instant modified) throws IOException {
        Path file = data.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.from(modified));
    }

    @Override
    void remove(String name) throws IOException {
        Files.delete(data.resolve(name));
    }

    @Override
    Optional<byte[]> read(String name) throws IOException {
        Path file = data.resolve(name);
        return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    @Test
    void aVersionIsAFileOfItsNameWithTheTimeOfItsPublication() throws Exception {
        TableVersion version = stored(1, "one");
        Path file = store().file(version).orElseThrow();
        assertEquals(data.resolve(version.name()), file);
        assertEquals(version.publishedAt(), Files.getLastModifiedTime(file).toInstant());
    }

    @Test
    void withoutPlainNamesAHardLinkOfAnEarlierProgramIsDeletedAndACopyIsNot() throws Exception {
        TableVersion version = stored(1, "one");
        VersionStore without = new DirectoryVersions(FileStore.system(), data, false);
        Path plain = data.resolve(VersionName.plain(version));
        Files.writeString(plain, "of its owner");
        without.link(version);
        assertEquals("of its owner", Files.readString(plain));
        Files.delete(plain);
        Files.createLink(plain, data.resolve(version.name()));
        without.link(version);
        assertFalse(Files.exists(plain));
    }

    @Test
    void anUnfinishedCopyIsDeleted() throws Exception {
        TableVersion version = stored(1, "one");
        String half = VersionName.plain(version).replace("/data/", "/data/.") + ".copy";
        write(half, new byte[] {1}, Instant.EPOCH);
        assertEquals(1, store().deleteUnfinished());
        assertEquals(Optional.empty(), read(half));
    }
}
