// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.ManualTime;
import io.agnes.core.TableId;
import io.agnes.core.composite.Part;
import io.agnes.core.contract.InMemoryRegistry;
import io.agnes.core.file.ContentDigest;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.file.Scratch;
import io.agnes.core.file.StoredDigest;
import io.agnes.core.table.Column;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import io.agnes.core.version.StoredVersion;
import io.agnes.core.version.VersionName;
import io.agnes.core.version.VersionStore;
import io.agnes.core.version.VersionStore.Condition;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of a version store, alone and under a publisher. */
abstract class VersionStoreContract {
    private static final Instant NOW = Instant.parse("2026-03-01T07:30:00Z");
    private static final TableRecord ORDERS = TableRecord.builder(new TableId("in.c-crm.orders"), "scripted")
            .registered("test", Instant.EPOCH)
            .build();

    @TempDir
    private Path elsewhere;

    private Scratch scratch;

    /** The store under test. Each call may open it again over the same content. */
    abstract VersionStore store();

    /** Writes content without using the store. */
    abstract void write(String name, byte[] bytes, Instant modified) throws IOException;

    /** Removes content without using the store. */
    abstract void remove(String name) throws IOException;

    /** The content with that name. */
    abstract Optional<byte[]> read(String name) throws IOException;

    @BeforeEach
    void makeScratch() {
        scratch = Scratch.of(FileStore.system(), elsewhere.resolve("scratch"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Stores the text as a version. */
    final TableVersion stored(long sequence, String text) throws IOException, InterruptedException {
        return stored(sequence, text, FileDigests::of);
    }

    /** Computes the digest of a file. */
    private interface Digesting {
        ContentDigest of(Path file) throws IOException, InterruptedException;
    }

    private TableVersion stored(long sequence, String text, Digesting digesting)
            throws IOException, InterruptedException {
        try (FileDraft draft = scratch.draft("draft")) {
            Files.writeString(draft.path(), text);
            ContentDigest digest = digesting.of(draft.path());
            TableVersion version = new TableVersion(
                    ORDERS.id(),
                    sequence,
                    VersionName.of(ORDERS, sequence, digest),
                    digest,
                    1,
                    List.of(new Column("n", "INTEGER")),
                    NOW.plusSeconds(sequence),
                    null);
            store().put(version, draft);
            return version;
        }
    }

    private Condition inspected(TableVersion version) {
        return store().inspect().of(version);
    }

    private static byte[] all(Part part) throws IOException, InterruptedException {
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(part.length()));
        part.read(0, buffer);
        return buffer.array();
    }

    @Test
    void storedContentIsWholeAndIsReadFromAnyPlace() throws Exception {
        TableVersion version = stored(1, "content");
        assertInstanceOf(Condition.Whole.class, inspected(version));
        assertInstanceOf(Condition.Whole.class, store().verify(version));
        try (Part part = store().open(version)) {
            assertArrayEquals(bytes("content"), all(part));
            ByteBuffer middle = ByteBuffer.allocate(3);
            part.read(2, middle);
            assertArrayEquals(bytes("nte"), middle.array());
        }
        Optional<Path> file = store().file(version);
        if (file.isPresent()) {
            assertEquals("content", Files.readString(file.get()));
        }
    }

    @Test
    void openContentStaysReadableWhenTheVersionIsDeleted() throws Exception {
        TableVersion version = stored(1, "content");
        try (Part part = store().open(version)) {
            store().delete(version);
            assertArrayEquals(bytes("content"), all(part));
        }
        assertThrows(IOException.class, () -> store().open(version));
        assertInstanceOf(Condition.Damaged.class, inspected(version));
        store().delete(version);
    }

    @Test
    void missingAndShortContentIsDamaged() throws Exception {
        TableVersion version = stored(1, "content");
        write(version.name(), bytes("conten"), version.publishedAt());
        assertInstanceOf(Condition.Damaged.class, inspected(version));
        remove(version.name());
        assertInstanceOf(Condition.Damaged.class, inspected(version));
        assertInstanceOf(Condition.Damaged.class, store().verify(version));
    }

    @Test
    void aChangedByteIsFoundByReading() throws Exception {
        TableVersion version = stored(1, "content");
        write(version.name(), bytes("cOntent"), NOW.minusSeconds(60));
        assertInstanceOf(Condition.Unverified.class, inspected(version));
        assertInstanceOf(Condition.Damaged.class, store().verify(version));
    }

    @Test
    void contentThatAStoreComposedIsComparedByItsChecksum() throws Exception {
        TableVersion version = stored(1, "content", StoredDigest::of);
        assertTrue(version.name().matches(".*/1-[0-9a-f]{8}\\.parquet"), version.name());
        assertInstanceOf(Condition.Whole.class, inspected(version));
        assertInstanceOf(Condition.Whole.class, store().verify(version));
        assertEquals(version.name(), store().listExcept(Set.of()).getFirst().name());
        write(version.name(), bytes("cOntent"), NOW.minusSeconds(60));
        assertInstanceOf(Condition.Unverified.class, inspected(version));
        assertInstanceOf(Condition.Damaged.class, store().verify(version));
    }

    @Test
    void contentThatOnlyWasTouchedIsWholeOnceItWasRead() throws Exception {
        TableVersion version = stored(1, "content");
        write(version.name(), bytes("content"), NOW.minusSeconds(60));
        assertInstanceOf(Condition.Unverified.class, inspected(version));
        assertInstanceOf(Condition.Whole.class, store().verify(version));
        assertInstanceOf(Condition.Whole.class, inspected(version));
    }

    @Test
    void quarantinedContentServesNoReaderUntilItIsDeleted() throws Exception {
        TableVersion version = stored(1, "content");
        store().quarantine(version);
        assertThrows(IOException.class, () -> store().open(version));
        List<StoredVersion> listed = store().listExcept(Set.of());
        assertEquals(1, listed.size());
        assertTrue(listed.getFirst().quarantined());
        assertEquals(version.name(), listed.getFirst().name());
        store().quarantine(version);
        store().delete(version);
        assertTrue(store().isEmpty());
    }

    @Test
    void aListingLeavesOutTheGivenNamesAndTellsWhatTheOthersAre() throws Exception {
        assertTrue(store().isEmpty());
        TableVersion first = stored(1, "one");
        TableVersion second = stored(2, "two");
        store().link(second);
        assertFalse(store().isEmpty());
        StoredVersion listed = new StoredVersion(first.name(), ORDERS.id(), 1, false, first.publishedAt());
        assertEquals(List.of(listed), store().listExcept(Set.of(second.name())));
        store().delete(listed);
        assertEquals(List.of(), store().listExcept(Set.of(second.name())));
        assertInstanceOf(Condition.Whole.class, inspected(second));
    }

    @Test
    void thePlainNameShowsTheLinkedVersionAndIsRepaired() throws Exception {
        TableVersion first = stored(1, "one");
        String plain = VersionName.plain(first);
        assertEquals(plain, VersionName.plain(ORDERS));
        store().link(first);
        assertArrayEquals(bytes("one"), read(plain).orElseThrow());
        TableVersion second = stored(2, "two");
        store().link(second);
        assertArrayEquals(bytes("two"), read(plain).orElseThrow());
        write(plain, bytes("spoiled"), NOW);
        assertInstanceOf(Condition.Whole.class, inspected(second));
        store().link(second);
        assertArrayEquals(bytes("two"), read(plain).orElseThrow());
        write(first.name(), bytes("?"), NOW);
        store().link(first);
        assertArrayEquals(bytes("two"), read(plain).orElseThrow(), "damaged content is not linked");
        store().unlink(ORDERS);
        assertEquals(Optional.empty(), read(plain));
        store().unlink(ORDERS);
    }

    @Test
    void everyVersionOfATableIsDeletedTogether() throws Exception {
        store().quarantine(stored(1, "one"));
        TableVersion second = stored(2, "two");
        store().link(second);
        store().deleteAll(ORDERS);
        assertTrue(store().isEmpty());
        assertTrue(read(VersionName.plain(ORDERS)).isPresent());
        store().deleteAll(ORDERS);
    }

    @Nested
    class UnderAPublisher {
        private final InMemoryRegistry registry = new InMemoryRegistry();
        private final ManualTime time = new ManualTime(NOW);

        @BeforeEach
        void register() {
            registry.register(ORDERS);
        }

        private TablePublisher publisher(TableRegistry over) {
            return new TablePublisher(store(), scratch, over, registry, time);
        }

        private TableOutcome publish(TableRegistry over, long rows) throws IOException, InterruptedException {
            TablePublisher publisher = publisher(over);
            try (FileDraft draft = publisher.draft(ORDERS.id())) {
                ScriptedSource.write(draft, rows);
                TableSource.Fetched.Table fetched =
                        new TableSource.Fetched.Table(rows, FileDigests.of(draft.path()), null);
                return publisher.publish(entry(), draft, fetched);
            }
        }

        private TableRegistry.Entry entry() {
            return registry.find(ORDERS.id()).orElseThrow();
        }

        private TableVersion current() {
            return entry().current().orElseThrow();
        }

        private void assertServed(TableVersion version) {
            assertEquals(
                    new VersionGuard.Found.Served(version),
                    publisher(registry).guard().serve(entry(), Duration.ofSeconds(10)));
        }

        /** A registry that fails before the pointer moves. */
        private TableRegistry refusing() {
            return (TableRegistry) Proxy.newProxyInstance(
                    TableRegistry.class.getClassLoader(),
                    new Class<?>[] {TableRegistry.class},
                    (proxy, method, args) -> {
                        if (method.getName().equals("publish")) {
                            throw new IllegalStateException("the registry failed");
                        }
                        try {
                            return method.invoke(registry, args);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Test
        void aDraftBecomesTheCurrentVersionWithItsPlainName() throws Exception {
            assertInstanceOf(TableOutcome.Published.class, publish(registry, 3));
            TableVersion version = current();
            assertServed(version);
            try (Part part = store().open(version)) {
                assertArrayEquals(all(part), read(VersionName.plain(version)).orElseThrow());
            }
            assertInstanceOf(TableOutcome.Unchanged.class, publish(registry, 3));
            assertEquals(List.of(), store().listExcept(Set.of(version.name())));
        }

        @Test
        void aFailureOfTheRegistryLeavesTheVersionBefore() throws Exception {
            publish(registry, 3);
            TableVersion before = current();
            assertThrows(IllegalStateException.class, () -> publish(refusing(), 4));
            assertEquals(before, current());
            assertServed(before);
            assertEquals(List.of(), store().listExcept(Set.of(before.name())));
        }

        @Test
        void aCrashBetweenStoreAndRegistryIsSweptIfARunExplainsIt() throws Exception {
            publish(registry, 3);
            TableVersion before = current();
            TableVersion lost = stored(2, "never in the registry");
            SyncRun run = new SyncRun(
                    RunId.random(),
                    new RunOwner("test"),
                    "test",
                    NOW.minusSeconds(1),
                    List.of(),
                    SyncRun.Status.INTERRUPTED,
                    NOW.plusSeconds(5),
                    Map.of());
            assertEquals(0, publisher(registry).sweep(List.of()));
            assertInstanceOf(Condition.Whole.class, inspected(lost));
            assertEquals(1, publisher(registry).sweep(List.of(run)));
            assertInstanceOf(Condition.Damaged.class, inspected(lost));
            assertServed(before);
            assertTrue(read(VersionName.plain(before)).isPresent());
        }

        @Test
        void replacedVersionsAreRetiredAfterTheirGraceAndTheCurrentOneStays() throws Exception {
            publish(registry, 3);
            TableVersion first = current();
            time.advance(Duration.ofHours(1));
            publish(registry, 4);
            assertEquals(0, publisher(registry).retire(Duration.ofHours(24)));
            assertInstanceOf(Condition.Whole.class, inspected(first));
            time.advance(Duration.ofHours(25));
            assertEquals(1, publisher(registry).retire(Duration.ofHours(24)));
            assertInstanceOf(Condition.Damaged.class, inspected(first));
            assertEquals(List.of(current()), registry.versions());
            assertServed(current());
        }

        @Test
        void aDamagedVersionIsQuarantinedAndTheOneBeforeIsServed() throws Exception {
            publish(registry, 3);
            TableVersion first = current();
            publish(registry, 4);
            TableVersion second = current();
            byte[] flipped = read(second.name()).orElseThrow();
            flipped[flipped.length / 2] ^= 1;
            write(second.name(), flipped, NOW.minusSeconds(60));
            assertServed(first);
            assertEquals(second.sequence(), entry().quarantined().orElseThrow().sequence());
            assertEquals(Optional.empty(), read(second.name()));
            publish(registry, 4);
            assertEquals(3, current().sequence());
            assertServed(current());
        }

        @Test
        void theContentOfARemovedTableIsDeleted() throws Exception {
            publish(registry, 3);
            registry.remove(ORDERS.id());
            publisher(registry).remove(ORDERS);
            assertTrue(store().isEmpty());
            assertEquals(Optional.empty(), read(VersionName.plain(ORDERS)));
        }
    }
}
