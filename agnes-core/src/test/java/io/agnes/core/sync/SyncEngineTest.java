// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.composite.Part;
import io.agnes.core.contract.InMemoryRegistry;
import io.agnes.core.file.FailingFileStore;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.Scratch;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.parquet.SchemaField;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableVersion;
import io.agnes.core.version.DirectoryVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SyncEngineTest {
    private static final RunOwner OWNER = new RunOwner("test");
    private static final TableId ORDERS = new TableId("in.c-crm.orders");
    private static final TableId CLIENTS = new TableId("in.c-crm.clients");

    @TempDir
    private Path data;

    private final InMemoryRegistry registry = new InMemoryRegistry();
    private final ScriptedSource source = new ScriptedSource();
    private final FailingFileStore files = new FailingFileStore();
    private TablePublisher publisher;
    private SyncEngine engine;

    @BeforeEach
    void open() {
        open(SyncConfig.of());
    }

    private void open(SyncConfig config) {
        Scratch scratch = Scratch.of(files, data.resolve("tmp"));
        publisher = new TablePublisher(
                new DirectoryVersions(files, data, true), scratch, registry, registry, Time.system());
        List<TableSource> sources = List.of(source, new LocalSource(files, data));
        engine = new SyncEngine(config, OWNER, registry, registry, publisher, sources, Time.system());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private void register(TableId id, boolean allowEmpty) {
        register(id, allowEmpty, QueryMode.MATERIALIZED);
    }

    private void register(TableId id, boolean allowEmpty, QueryMode mode) {
        registry.register(TableRecord.builder(id, "scripted")
                .bucket("in.c-crm")
                .sourceTable("orders")
                .queryMode(mode)
                .allowEmpty(allowEmpty)
                .registered("test", Instant.EPOCH)
                .build());
    }

    private SyncRun run(TableId... targets) throws InterruptedException {
        return await(assertInstanceOf(SyncEngine.Trigger.Started.class, engine.trigger(List.of(targets), "test"))
                .run());
    }

    private SyncRun await(RunId run) throws InterruptedException {
        while (engine.running().isPresent()) {
            Time.system().sleep(Duration.ofMillis(2));
        }
        return registry.find(run).orElseThrow();
    }

    private TableOutcome outcome(TableId table) throws InterruptedException {
        return run(table).outcomes().get(table);
    }

    private TableVersion current(TableId table) {
        return registry.find(table).orElseThrow().current().orElseThrow();
    }

    private void assertServed(TableVersion version) throws IOException, InterruptedException {
        assertEquals(version.digest(), FileDigests.of(data.resolve(version.name())));
        Path plain = data.resolve("extracts/scripted/data/" + version.table() + ".parquet");
        assertEquals(version.digest(), FileDigests.of(plain));
        assertFalse(Files.isSameFile(plain, data.resolve(version.name())));
    }

    private List<Path> filesBelow(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith(Scratch.MARK))
                    .toList();
        }
    }

    private List<OptionalInt> fieldIds(TableVersion version) throws Exception {
        try (Part part = Part.of(data.resolve(version.name()))) {
            return assertInstanceOf(ParquetFile.Inspection.Opened.class, ParquetFile.inspect(part))
                    .file()
                    .schema()
                    .fields()
                    .stream()
                    .map(SchemaField::id)
                    .toList();
        }
    }

    @Nested
    class FieldIds {
        private final List<OptionalInt> both = List.of(OptionalInt.of(1), OptionalInt.of(2));

        @Test
        void everyVersionHasThoseOfItsTableWhateverItsSourceWrites() throws Exception {
            register(ORDERS, false);
            for (int rows = 1; rows <= 2; rows++) {
                source.rows(ORDERS, rows);
                assertInstanceOf(TableOutcome.Published.class, outcome(ORDERS));
                assertEquals(both, fieldIds(current(ORDERS)));
                assertServed(current(ORDERS));
            }
            assertEquals("rows 2", current(ORDERS).marker());
        }

        @Test
        void theSameDraftAgainIsUnchanged() throws Exception {
            register(ORDERS, false);
            source.rows(ORDERS, 3);
            outcome(ORDERS);
            assertInstanceOf(TableOutcome.Unchanged.class, outcome(ORDERS));
        }

        @Test
        void aFileThatAnotherProgramDropsGetsThemInItsCopy() throws Exception {
            register(CLIENTS, false, QueryMode.LOCAL);
            Path dropped = data.resolve("extracts/scripted/data/" + CLIENTS + ".parquet");
            Files.createDirectories(dropped.getParent());
            ScriptedSource.write(dropped, 5);
            byte[] bytes = Files.readAllBytes(dropped);
            assertInstanceOf(TableOutcome.Published.class, outcome(CLIENTS));
            assertEquals(both, fieldIds(current(CLIENTS)));
            assertArrayEquals(bytes, Files.readAllBytes(dropped));
            assertInstanceOf(TableOutcome.Unchanged.class, outcome(CLIENTS));
        }

        @Test
        void aTableThatIsRemovedInTheMeantimeIsNotPublished() throws Exception {
            register(ORDERS, false);
            source.script(ORDERS, draft -> {
                ScriptedSource.write(draft, 3);
                registry.remove(ORDERS);
                return new TableSource.Fetched.Table(3, FileDigests.of(draft.path()), null);
            });
            assertInstanceOf(TableOutcome.Failed.class, outcome(ORDERS));
            assertEquals(List.of(), filesBelow(data));
        }
    }

    @Nested
    class Outcomes {
        @Test
        void whatIsNewIsPublishedWithItsRowsColumnsAndLink() throws Exception {
            register(ORDERS, false);
            source.rows(ORDERS, 10);
            assertInstanceOf(TableOutcome.Published.class, outcome(ORDERS));
            TableVersion version = current(ORDERS);
            assertEquals(10, version.rows());
            assertEquals(
                    "[Column[name=id, type=BIGINT], Column[name=name, type=VARCHAR]]",
                    version.columns().toString());
            assertServed(version);
        }

        @Test
        void theSameContentAgainIsUnchangedAndItsMarkerIsKept() throws Exception {
            register(ORDERS, false);
            source.rows(ORDERS, 10);
            run(ORDERS);
            source.script(ORDERS, draft -> {
                ScriptedSource.write(draft, 10);
                return new TableSource.Fetched.Table(10, FileDigests.of(draft.path()), "later");
            });
            assertInstanceOf(TableOutcome.Unchanged.class, outcome(ORDERS));
            assertEquals("later", current(ORDERS).marker());
            assertEquals(1, registry.versions().size());
        }

        @Test
        void versionsRiseAndSoDoTheirTimesByASecondAtLeast() throws Exception {
            register(ORDERS, false);
            for (int rows = 1; rows <= 3; rows++) {
                source.rows(ORDERS, rows);
                run(ORDERS);
            }
            List<TableVersion> versions = registry.versions();
            for (int i = 1; i < versions.size(); i++) {
                assertEquals(versions.get(i - 1).sequence() + 1, versions.get(i).sequence());
                assertTrue(versions.get(i)
                        .publishedAt()
                        .isAfter(versions.get(i - 1).publishedAt()));
                assertEquals(
                        versions.get(i).publishedAt(),
                        Files.getLastModifiedTime(data.resolve(versions.get(i).name()))
                                .toInstant());
            }
        }

        @Test
        void anEmptyTableDoesNotReplaceOneWithRowsUnlessItMay() throws Exception {
            register(ORDERS, false);
            register(CLIENTS, true);
            for (TableId table : List.of(ORDERS, CLIENTS)) {
                source.rows(table, 5);
                run(table);
                source.rows(table, 0);
            }
            assertEquals(new TableOutcome.RefusedEmpty(5), outcome(ORDERS));
            assertEquals(5, current(ORDERS).rows());
            assertInstanceOf(TableOutcome.Published.class, outcome(CLIENTS));
            assertEquals(0, current(CLIENTS).rows());
        }

        @Test
        void whatTheSourceRefusesFailsWithItsCodeAndStopsNoOtherTable() throws Exception {
            register(ORDERS, false);
            register(CLIENTS, false);
            source.script(ORDERS, draft -> {
                throw new Refusal();
            });
            source.rows(CLIENTS, 3);
            SyncRun run = run();
            assertEquals(
                    new TableOutcome.Failed(AgnesException.Kind.SOURCE_FINAL, "no_such_table", "gone"),
                    run.outcomes().get(ORDERS));
            assertInstanceOf(TableOutcome.Published.class, run.outcomes().get(CLIENTS));
            assertEquals(SyncRun.Status.PARTIAL, run.status());
        }

        @Test
        void aRunIsPartialIfSomeTablesFailedAndFailedIfAllDid() throws Exception {
            register(ORDERS, false);
            register(CLIENTS, false);
            source.script(ORDERS, draft -> {
                throw new IOException("No space left on device");
            });
            source.rows(CLIENTS, 3);
            assertEquals(SyncRun.Status.PARTIAL, run().status());
            assertEquals(SyncRun.Status.FAILED, run(ORDERS).status());
            assertEquals(SyncRun.Status.SUCCEEDED, run(CLIENTS).status());
        }

        @Test
        void theLastSuccessIsThatOfARunInWhichNoTableFailed() throws Exception {
            register(ORDERS, false);
            register(CLIENTS, false);
            source.rows(ORDERS, 3);
            source.script(CLIENTS, draft -> {
                throw new Refusal();
            });
            assertEquals(Optional.empty(), registry.lastSuccess());
            run();
            assertEquals(Optional.empty(), registry.lastSuccess(), "partial");
            SyncRun good = run(ORDERS);
            assertEquals(Optional.ofNullable(good.finishedAt()), registry.lastSuccess());
            run();
            assertEquals(Optional.ofNullable(good.finishedAt()), registry.lastSuccess(), "partial again");
        }

        @Test
        void rowsThatWereNotInTheFooterAreNotPublished() throws Exception {
            register(ORDERS, false);
            source.script(ORDERS, draft -> {
                ScriptedSource.write(draft, 9);
                return new TableSource.Fetched.Table(10, FileDigests.of(draft.path()), null);
            });
            TableOutcome.Failed failed = assertInstanceOf(TableOutcome.Failed.class, outcome(ORDERS));
            assertEquals("draft_rejected", failed.code());
            assertTrue(registry.versions().isEmpty());
        }

        @Test
        void whatIsNoParquetIsNotPublished() throws Exception {
            register(ORDERS, false);
            source.script(ORDERS, draft -> {
                Files.writeString(draft.path(), "id,name\n1,a\n");
                return new TableSource.Fetched.Table(1, FileDigests.of(draft.path()), null);
            });
            TableOutcome.Failed failed = assertInstanceOf(TableOutcome.Failed.class, outcome(ORDERS));
            assertEquals("draft_rejected", failed.code());
            assertTrue(filesBelow(data).isEmpty());
        }

        @Test
        void aBugIsAFailureOfItsTableAndTellsNothingOfItself() throws Exception {
            register(ORDERS, false);
            source.script(ORDERS, draft -> {
                throw new IllegalStateException("secret detail");
            });
            TableOutcome.Failed failed = assertInstanceOf(TableOutcome.Failed.class, outcome(ORDERS));
            assertEquals("internal_error", failed.code());
            assertTrue(!failed.message().contains("secret"), failed.message());
        }
    }

    private static final class Refusal extends AgnesException {
        private static final long serialVersionUID = 1L;

        Refusal() {
            super(Kind.SOURCE_FINAL, "no_such_table", "gone", null);
        }
    }

    @Nested
    class OneAtATime {
        @Test
        void manyTriggersStartOneRunAndNameItToTheOthers() throws Exception {
            register(ORDERS, false);
            CountDownLatch go = new CountDownLatch(1);
            source.script(ORDERS, draft -> {
                go.await();
                ScriptedSource.write(draft, 1);
                return new TableSource.Fetched.Table(1, FileDigests.of(draft.path()), null);
            });
            List<Future<SyncEngine.Trigger>> answers = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 200; i++) {
                    answers.add(threads.submit(() -> engine.trigger(List.of(), "test")));
                }
                Set<RunId> named = new HashSet<>();
                int started = 0;
                for (Future<SyncEngine.Trigger> answer : answers) {
                    switch (answer.get(20, TimeUnit.SECONDS)) {
                        case SyncEngine.Trigger.Started one -> {
                            named.add(one.run());
                            started++;
                        }
                        case SyncEngine.Trigger.Busy busy -> named.add(busy.run());
                    }
                }
                assertEquals(1, started);
                assertEquals(1, named.size());
                go.countDown();
                assertEquals(
                        SyncRun.Status.SUCCEEDED, await(named.iterator().next()).status());
            }
            assertEquals(1, source.fetches());
        }

        @Test
        void aRunOfAnotherProcessIsNamedAndLeftAlone() throws Exception {
            register(ORDERS, false);
            source.rows(ORDERS, 1);
            SyncRun other = new SyncRun(
                    RunId.random(),
                    new RunOwner("other"),
                    "test",
                    Instant.parse("2026-03-01T07:00:00Z"),
                    List.of(),
                    SyncRun.Status.RUNNING,
                    null,
                    Map.of());
            registry.start(other);
            assertEquals(new SyncEngine.Trigger.Busy(other.id(), other.startedAt()), engine.trigger(List.of(), "test"));
            assertFalse(engine.cancel(other.id()));
            assertEquals(Optional.of(other), registry.running());
            registry.finished(other.id(), SyncRun.Status.SUCCEEDED, other.startedAt());
            assertEquals(SyncRun.Status.SUCCEEDED, run().status());
        }

        @Test
        void anEndThatCouldNotBeStoredIsStoredBeforeTheNextRun() throws Exception {
            register(ORDERS, false);
            source.rows(ORDERS, 1);
            registry.failNextEnd();
            SyncRun first = run();
            assertEquals(SyncRun.Status.RUNNING, first.status());
            assertEquals(SyncRun.Status.SUCCEEDED, run().status());
            assertEquals(
                    SyncRun.Status.SUCCEEDED,
                    registry.find(first.id()).orElseThrow().status());
        }

        @Test
        void aCancelledRunIsOverWhenTheCallReturnsAndLeavesNothing() throws Exception {
            register(ORDERS, false);
            CountDownLatch begun = new CountDownLatch(1);
            source.script(ORDERS, draft -> {
                ScriptedSource.write(draft, 1000);
                begun.countDown();
                new CountDownLatch(1).await();
                throw new IllegalStateException("never");
            });
            RunId run = assertInstanceOf(SyncEngine.Trigger.Started.class, engine.trigger(List.of(), "test"))
                    .run();
            begun.await();
            assertTrue(engine.cancel(run));
            assertEquals(
                    SyncRun.Status.CANCELLED, registry.find(run).orElseThrow().status());
            assertTrue(filesBelow(data).isEmpty());
        }

        @Test
        void aTableThatIsNotDoneByItsDeadlineFailsAndFreesItsScratch() throws Exception {
            open(new SyncConfig(1, Duration.ofMillis(50), Duration.ZERO));
            register(ORDERS, false);
            source.script(ORDERS, draft -> {
                Files.writeString(draft.path(), "begun");
                new CountDownLatch(1).await();
                throw new IllegalStateException("never");
            });
            TableOutcome.Failed failed = assertInstanceOf(TableOutcome.Failed.class, outcome(ORDERS));
            assertEquals("table_deadline", failed.code());
            assertTrue(filesBelow(data).isEmpty());
        }
    }

    @Nested
    class Dropped {
        private static final String PLAIN = "extracts/scripted/data/in.c-crm.orders.parquet";
        private static final String LEGACY = "src_data/parquet/crm/2025/in.c-crm.orders.parquet";

        private Path drop(String name, long rows, Instant modified) throws IOException {
            Path file = data.resolve(name);
            Files.createDirectories(file.getParent());
            Path fresh = Files.createDirectories(data.resolve("elsewhere")).resolve("fresh.parquet");
            ScriptedSource.write(fresh, rows);
            Files.setLastModifiedTime(fresh, FileTime.from(modified));
            return Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        }

        @ParameterizedTest
        @ValueSource(strings = {PLAIN, LEGACY})
        void whatAnotherProgramDropsIsAdoptedAndStaysWhatItIs(String name) throws Exception {
            register(ORDERS, false, QueryMode.LOCAL);
            Path file = drop(name, 5, Instant.EPOCH);
            Object inode = Files.getAttribute(file, "unix:ino");
            assertInstanceOf(TableOutcome.Published.class, outcome(ORDERS));
            assertEquals(5, current(ORDERS).rows());
            assertEquals(inode, Files.getAttribute(file, "unix:ino"));
            assertInstanceOf(TableOutcome.Unchanged.class, outcome(ORDERS));
            drop(name, 6, Instant.EPOCH.plusSeconds(1));
            assertInstanceOf(TableOutcome.Published.class, outcome(ORDERS));
            publisher.sweep(List.of());
            drop(name, 7, Instant.EPOCH.plusSeconds(2));
            publisher.sweep(List.of());
            assertInstanceOf(TableOutcome.Published.class, outcome(ORDERS));
            assertEquals(7, current(ORDERS).rows());
        }

        @Test
        void theNewerOfTwoIsTaken() throws Exception {
            register(ORDERS, false, QueryMode.LOCAL);
            drop(PLAIN, 1, Instant.EPOCH);
            drop(LEGACY, 2, Instant.EPOCH.plusSeconds(1));
            assertInstanceOf(TableOutcome.Published.class, outcome(ORDERS));
            assertEquals(2, current(ORDERS).rows());
        }

        @Test
        void noFileAndNoParquetAreFailuresThatNameTheTable() throws Exception {
            register(ORDERS, false, QueryMode.LOCAL);
            TableOutcome.Failed missing = assertInstanceOf(TableOutcome.Failed.class, outcome(ORDERS));
            assertEquals("local_file_missing", missing.code());
            Files.writeString(drop(PLAIN, 1, Instant.EPOCH), "id,name");
            TableOutcome.Failed text = assertInstanceOf(TableOutcome.Failed.class, outcome(ORDERS));
            assertEquals("draft_rejected", text.code());
            assertTrue(text.message().contains("in.c-crm.orders"), text.message());
        }

        @Test
        void whatAnotherProgramKeepsBesideItIsLeftAlone() throws Exception {
            register(ORDERS, false, QueryMode.LOCAL);
            Path part = Files.createDirectories(data.resolve("extracts/scripted/data/clients"))
                    .resolve("part-0.parquet");
            Files.writeString(part, "theirs");
            assertEquals(0, publisher.sweep(List.of()));
            assertTrue(Files.exists(part));
        }
    }

    @Nested
    class Disk {
        /** Fails each disk step of a publish in turn, until a publish has no step left to fail. */
        @Tag("slow")
        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void whicheverStepFailsTheLastVersionIsServedAndTheNextRunSucceeds(boolean forEver) throws Exception {
            register(ORDERS, false);
            source.rows(ORDERS, 1);
            run(ORDERS);
            int steps = 0;
            boolean met = true;
            for (int k = 1; met; k++) {
                assertTrue(k < 100, "a publish does not take a hundred steps");
                TableVersion before = current(ORDERS);
                source.rows(ORDERS, 1 + k);
                files.failAt(k, forEver);
                TableOutcome outcome = outcome(ORDERS);
                met = files.failed();
                files.heal();
                TableVersion after = current(ORDERS);
                assertEquals(after.digest(), FileDigests.of(data.resolve(after.name())), "step " + k);
                if (outcome instanceof TableOutcome.Failed failed) {
                    assertEquals("disk_error", failed.code());
                    assertEquals("table in.c-crm.orders: No space left on device", failed.message());
                    steps++;
                } else {
                    assertTrue(after.sequence() > before.sequence(), "step " + k);
                }
                source.rows(ORDERS, 1000 + k);
                assertInstanceOf(TableOutcome.Published.class, outcome(ORDERS), "after step " + k);
                assertServed(current(ORDERS));
            }
            assertTrue(steps > 5, steps + " steps failed");
        }

        @Test
        void whatNoVersionRefersToIsSweptAndNothingElse() throws Exception {
            register(ORDERS, false);
            source.rows(ORDERS, 1);
            run(ORDERS);
            TableVersion version = current(ORDERS);
            Path versions = data.resolve(version.name()).getParent();
            Path left = Files.writeString(versions.resolve("2-0123456789ab.parquet"), "left by a crash");
            Files.writeString(versions.resolveSibling("." + ORDERS + ".parquet.copy"), "left by a crash");
            assertEquals(1, publisher.sweep(List.of()));
            assertTrue(Files.exists(left), "it may be a version of a newer registry");
            Path replaced = Files.writeString(versions.resolve("1-0123456789ab.parquet"), "left by a crash");
            Path newer = Files.writeString(versions.resolve("3-0123456789ab.parquet"), "of a newer registry");
            Path older = Files.writeString(versions.resolve("1-ba9876543210.parquet"), "of an older registry");
            Files.setLastModifiedTime(older, FileTime.from(Instant.EPOCH.minusSeconds(1)));
            SyncRun ended = registry.newest(Optional.empty(), 1).getFirst();
            assertEquals(2, publisher.sweep(List.of(ended)));
            assertEquals(0, publisher.sweep(List.of(ended)));
            assertTrue(Files.exists(newer) && Files.exists(older));
            assertFalse(Files.exists(left) || Files.exists(replaced));
            assertServed(version);
        }
    }
}
