// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.CoreException;
import io.agnes.core.Time;
import io.agnes.core.store.CreateOutcome;
import io.agnes.core.store.ObjectPage;
import io.agnes.core.store.ObjectPart;
import io.agnes.core.store.ObjectStore;
import io.agnes.core.store.RangedObject;
import io.agnes.core.store.StoredObject;
import io.agnes.core.work.Task;
import io.agnes.core.work.TaskGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ObjectStore} does. */
@Timeout(60)
public abstract class ObjectStoreContract {
    /** An empty store at the first call of a test, and the same one at the next. */
    protected abstract ObjectStore store() throws IOException;

    private static void write(WritableByteChannel target, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            target.write(buffer);
        }
    }

    /** Creates an object with this text. */
    protected static StoredObject created(ObjectStore store, String name, String content) throws Exception {
        return assertInstanceOf(
                        CreateOutcome.Created.class,
                        store.create(name, target -> write(target, content.getBytes(UTF_8))))
                .object();
    }

    /** The text of a range. */
    protected static String text(ObjectStore store, StoredObject object, long from, long end) throws Exception {
        try (InputStream in = store.read(object, from, end)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** All names, from pages of this size at most. */
    protected static List<String> names(ObjectStore store, String prefix, int most) throws Exception {
        List<String> names = new ArrayList<>();
        Optional<String> next = Optional.empty();
        do {
            ObjectPage page = store.list(prefix, next, most);
            assertTrue(page.objects().size() <= most);
            page.objects().forEach(object -> names.add(object.name()));
            next = page.next();
        } while (next.isPresent());
        return names;
    }

    private static int crc32c(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(UTF_8));
        return (int) crc.getValue();
    }

    @Test
    void pagesHoldEachNameOnceInOrder() throws Exception {
        ObjectStore store = store();
        assertEquals(List.of(), names(store, "", 1));
        List<String> expected = new ArrayList<>(List.of("a-1", "a/1", "a/2", "a/b/1", "a/b/2", "a0", "b/1"));
        Collections.shuffle(expected);
        for (String name : expected) {
            created(store, name, name);
        }
        Collections.sort(expected);
        for (int most : List.of(1, 2, 3, 6, 7, 8, ObjectStore.MOST_LISTED)) {
            assertEquals(expected, names(store, "", most), "pages of " + most);
        }
        assertEquals(List.of("a/1", "a/2", "a/b/1", "a/b/2"), names(store, "a/", 2));
        assertEquals(List.of("a/b/1", "a/b/2"), names(store, "a/b", 1));
        assertEquals(List.of(), names(store, "c", 1));
        assertThrows(IllegalArgumentException.class, () -> store.list("", Optional.empty(), 0));
        assertThrows(
                IllegalArgumentException.class, () -> store.list("", Optional.empty(), ObjectStore.MOST_LISTED + 1));
    }

    @Test
    void anObjectIsLookedUpAsItWasCreated() throws Exception {
        ObjectStore store = store();
        StoredObject object = created(store, "folder/one", "content");
        assertEquals(7, object.length());
        assertEquals(crc32c("content"), object.crc32c().orElseThrow());
        StoredObject found = store.stat("folder/one").orElseThrow();
        assertEquals(object.generation(), found.generation());
        assertEquals(object.length(), found.length());
        assertEquals("content", text(store, found, 0, 7));
        assertEquals(Optional.empty(), store.stat("folder"));
        assertEquals(Optional.empty(), store.stat("folder/one/more"));
        assertEquals(Optional.empty(), store.stat("folder/two"));
    }

    @Test
    void rangesMayTouchBothEnds() throws Exception {
        ObjectStore store = store();
        StoredObject object = created(store, "digits", "0123456789");
        assertEquals("0123456789", text(store, object, 0, 10));
        assertEquals("0", text(store, object, 0, 1));
        assertEquals("9", text(store, object, 9, 10));
        assertEquals("", text(store, object, 0, 0));
        assertEquals("", text(store, object, 10, 10));
        assertEquals("345", text(store, object, 3, 6));
        assertThrows(IndexOutOfBoundsException.class, () -> store.read(object, 9, 11));
        assertThrows(IndexOutOfBoundsException.class, () -> store.read(object, -1, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> store.read(object, 5, 4));
        StoredObject empty = created(store, "empty", "");
        assertEquals("", text(store, empty, 0, 0));
    }

    @Test
    void aNameIsCreatedOnce() throws Exception {
        ObjectStore store = store();
        StoredObject first = created(store, "name", "first");
        assertInstanceOf(
                CreateOutcome.Exists.class, store.create("name", target -> write(target, "second".getBytes(UTF_8))));
        assertInstanceOf(CreateOutcome.Exists.class, store.compose("name", List.of(first)));
        assertEquals("first", text(store, first, 0, 5));
    }

    @Test
    void ofManyThatCreateANameAtOnceOneDoes() throws Exception {
        ObjectStore store = store();
        CountDownLatch begun = new CountDownLatch(8);
        AtomicInteger created = new AtomicInteger();
        TaskGroup.run("create", 8, 8, i -> {
            CreateOutcome outcome = store.create("raced", target -> {
                begun.countDown();
                begun.await();
                write(target, ("content " + i).getBytes(UTF_8));
            });
            if (outcome instanceof CreateOutcome.Created) {
                created.incrementAndGet();
            }
        });
        assertEquals(1, created.get());
        StoredObject object = store.stat("raced").orElseThrow();
        assertTrue(text(store, object, 0, object.length()).startsWith("content "));
        assertEquals(List.of("raced"), names(store, "", 10));
    }

    @Test
    void aFailedWriteLeavesNothing() throws Exception {
        ObjectStore store = store();
        IOException failure = new IOException("the source");
        assertEquals(
                failure,
                assertThrows(
                        IOException.class,
                        () -> store.create("broken", target -> {
                            write(target, new byte[100_000]);
                            throw failure;
                        })));
        assertEquals(Optional.empty(), store.stat("broken"));
        assertEquals(List.of(), names(store, "", 10));
        created(store, "broken", "whole");
    }

    @Test
    void anInterruptedWriteLeavesNothing() throws Exception {
        ObjectStore store = store();
        CountDownLatch writing = new CountDownLatch(1);
        try (Task<@Nullable Void> task = Task.start("writer", () -> {
            store.create("interrupted", target -> {
                write(target, new byte[100_000]);
                writing.countDown();
                new CountDownLatch(1).await();
            });
            return null;
        })) {
            writing.await();
            task.cancel();
            assertThrows(InterruptedException.class, task::await);
        }
        assertEquals(List.of(), names(store, "", 10));
    }

    @Test
    void composingKeepsTheOrderAndSumsTheContent() throws Exception {
        ObjectStore store = store();
        StoredObject a = created(store, "a", "first,");
        StoredObject b = created(store, "b", "");
        StoredObject c = created(store, "c", "third,");
        StoredObject composed = assertInstanceOf(CreateOutcome.Created.class, store.compose("all", List.of(c, b, a, c)))
                .object();
        assertEquals("third,first,third,", text(store, composed, 0, composed.length()));
        assertEquals(crc32c("third,first,third,"), composed.crc32c().orElseThrow());
        List<StoredObject> most = Collections.nCopies(ObjectStore.MOST_SOURCES, a);
        assertEquals(
                6L * ObjectStore.MOST_SOURCES,
                assertInstanceOf(CreateOutcome.Created.class, store.compose("most", most))
                        .object()
                        .length());
        assertThrows(IllegalArgumentException.class, () -> store.compose("none", List.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> store.compose("more", Collections.nCopies(ObjectStore.MOST_SOURCES + 1, a)));
    }

    @Test
    void aStateThatIsGoneIsNotReadComposedOrDeleted() throws Exception {
        ObjectStore store = store();
        StoredObject first = created(store, "name", "first");
        assertTrue(store.delete(first));
        assertFalse(store.delete(first));
        assertEquals("object_missing", code(() -> store.read(first, 0, 5)));
        assertEquals("object_missing", code(() -> store.compose("other", List.of(first))));
        StoredObject second = created(store, "name", "other content");
        assertNotEquals(first.generation(), second.generation());
        assertEquals("object_changed", code(() -> store.read(first, 0, 5)));
        assertEquals("object_changed", code(() -> store.compose("other", List.of(second, first))));
        assertEquals("object_changed", code(() -> store.delete(first)));
        assertEquals(List.of("name"), names(store, "", 10));
    }

    private static String code(org.junit.jupiter.api.function.Executable work) {
        return assertThrows(CoreException.class, work).code();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "it's",
                "%2e%2e",
                "a b+c?d=e&f#g",
                "*?[x]{y}~",
                "ěščř/数据/🙂",
                "..a",
                "a..",
                "...",
                ":",
                "\"quoted\"",
                "-rf"
            })
    void oddNamesAreKept(String name) throws Exception {
        ObjectStore store = store();
        StoredObject object = created(store, name, name);
        assertEquals(name, object.name());
        assertEquals(List.of(name), names(store, "", 10));
        assertEquals(List.of(name), names(store, name, 10));
        StoredObject found = store.stat(name).orElseThrow();
        assertEquals(name, text(store, found, 0, found.length()));
        assertTrue(store.delete(found));
        assertEquals(Optional.empty(), store.stat(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/a",
                "a/",
                "a//b",
                ".",
                "..",
                "../a",
                "a/../b",
                "a/..",
                "./a",
                "a\\..\\b",
                "a\u0000b",
                "a\nb",
                ".agnes-staging/x",
                "a/.agnes-x"
            })
    void namesThatLeaveTheStoreAreRefused(String name) throws Exception {
        ObjectStore store = store();
        assertThrows(IllegalArgumentException.class, () -> store.create(name, target -> {}));
        assertThrows(IllegalArgumentException.class, () -> store.stat(name));
    }

    @Test
    void namesHaveABoundAndAreText() throws Exception {
        ObjectStore store = store();
        assertThrows(IllegalArgumentException.class, () -> store.stat("a/".repeat(512) + "a"));
        assertThrows(IllegalArgumentException.class, () -> store.stat("\ud800"));
        created(store, "a/".repeat(100) + "a", "deep");
    }

    @Test
    void anObjectIsAPartOfAFile() throws Exception {
        ObjectStore store = store();
        String content = "0123456789".repeat(20_000);
        StoredObject object = created(store, "part", content);
        ObjectPart part =
                ObjectPart.open(RangedObject.of(store, object), Time.system(), Duration.ofSeconds(5), 64 * 1024);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        part.transferTo(0, part.length(), Channels.newChannel(out));
        assertArrayEquals(content.getBytes(UTF_8), out.toByteArray());
        ByteBuffer some = ByteBuffer.allocate(5);
        part.read(12, some);
        assertEquals("23456", new String(some.array(), UTF_8));
        StoredObject empty = created(store, "nothing", "");
        assertEquals(
                0,
                ObjectPart.open(RangedObject.of(store, empty), Time.system(), Duration.ofSeconds(5), 10)
                        .length());
    }

    @Test
    void anObjectThatWasReplacedIsNoPartAnyMore() throws Exception {
        ObjectStore store = store();
        StoredObject object = created(store, "part", "a".repeat(1_000));
        ObjectPart part = ObjectPart.open(RangedObject.of(store, object), Time.system(), Duration.ofSeconds(5), 10);
        store.delete(object);
        created(store, "part", "b".repeat(1_001));
        assertEquals("object_changed", code(() -> part.read(0, ByteBuffer.allocate(5))));
    }
}
