// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.contract.ObjectStoreContract;
import io.agnes.core.file.FailingFileStore;
import io.agnes.core.file.FileStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalObjectStoreTest extends ObjectStoreContract {
    @TempDir
    Path directory;

    @Override
    protected ObjectStore store() throws IOException {
        return LocalObjectStore.of(FileStore.system(), directory.resolve("store"));
    }

    @AfterEach
    void nothingIsLeftUnfinished() throws IOException {
        assertEquals(List.of(), FileStore.system().list(directory.resolve("store/.agnes-staging")));
    }

    @Test
    void anObjectIsAFileUnderItsName() throws Exception {
        created(store(), "folder/one", "content");
        assertEquals("content", Files.readString(directory.resolve("store/folder/one")));
        assertEquals("content", text(store(), store().stat("folder/one").orElseThrow(), 0, 7));
    }

    @Test
    void whatAProcessLeftUnfinishedGoesAtTheNextStart() throws Exception {
        store();
        Files.writeString(directory.resolve("store/.agnes-staging/left"), "half");
        assertEquals(List.of(), names(store(), "", 10));
    }

    @Test
    void filesHaveNoUrl() throws Exception {
        ObjectStore store = store();
        assertTrue(store.sign(created(store, "a", "a"), Duration.ofMinutes(1)).isEmpty());
    }

    @Test
    void aNameThatIsADirectoryOfOthersIsNoObject() throws Exception {
        ObjectStore store = store();
        created(store, "a/b", "content");
        assertThrows(IOException.class, () -> store.create("a", target -> {}));
        assertThrows(IOException.class, () -> store.create("a/b/c", target -> {}));
        assertEquals(List.of("a/b"), names(store, "", 10));
    }

    @Test
    void linksAreNotFollowed() throws Exception {
        ObjectStore store = store();
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createSymbolicLink(directory.resolve("store/link"), outside);
        Files.createSymbolicLink(directory.resolve("store/file"), outside.resolve("secret"));
        assertEquals(List.of(), names(store, "", 10));
        assertTrue(store.stat("file").isEmpty());
        assertThrows(IOException.class, () -> store.stat("link/secret"));
        assertThrows(IOException.class, () -> store.create("link/new", target -> {}));
        assertEquals(List.of(outside.resolve("secret")), FileStore.system().list(outside));
    }

    @Test
    void aDiskThatFailsAtAnyStepLeavesNoObjectOrAWholeOne() throws Exception {
        FailingFileStore disk = new FailingFileStore();
        ObjectStore store = LocalObjectStore.of(disk, directory.resolve("store"));
        boolean failed = true;
        for (int step = 1; failed; step++) {
            String name = "object-" + step;
            disk.failAt(step, false);
            try {
                store.create(name, target -> target.write(ByteBuffer.wrap(new byte[10])));
            } catch (IOException e) {
                // The assertions below check the result.
            }
            failed = disk.failed();
            disk.heal();
            assertTrue(store.stat(name).map(StoredObject::length).orElse(10L) == 10);
        }
        // The next start removes a staged file that could not be removed.
        store();
    }
}
