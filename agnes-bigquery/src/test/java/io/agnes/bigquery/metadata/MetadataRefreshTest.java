// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.metadata.MetadataCache.Known;
import io.agnes.bigquery.metadata.MetadataRefresh.Outcome;
import io.agnes.bigquery.metadata.MetadataRefresh.Target;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.work.Task;
import io.agnes.core.work.TaskGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetadataRefreshTest {
    private static final Target ORDERS = target("orders");
    private static final Target CLIENTS = target("clients");

    private final MetadataCache cache = MetadataCache.inMemory();
    private final Scripted bigQuery = new Scripted();
    private List<Target> registered = List.of(ORDERS, CLIENTS);
    private final MetadataRefresh refresh = new MetadataRefresh(bigQuery, cache, () -> registered, 4, Time.system());

    private static Target target(String name) {
        return new Target(new TableId("sales." + name), new BigQueryTable("my-project", "sales", name));
    }

    private static TableMetadata metadata(BigQueryTable name, Long rows) {
        return new TableMetadata(
                name,
                EntityType.TABLE,
                rows,
                1L,
                Optional.empty(),
                List.of(),
                List.of(new MetadataColumn("id", "INT64", false, "")),
                Optional.empty(),
                "etag",
                Instant.EPOCH,
                "EU",
                "");
    }

    /** Answers as told, counts the calls, and can hold them. */
    private static final class Scripted implements MetadataRefresh.Lookup {
        private final Map<BigQueryTable, GoogleCloudException> failures = new ConcurrentHashMap<>();
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger peak = new AtomicInteger();
        private volatile Long rows = 5L;
        private volatile CountDownLatch begun = new CountDownLatch(1);
        private volatile CountDownLatch held = new CountDownLatch(0);

        @Override
        public TableMetadata table(BigQueryTable table) throws InterruptedException {
            calls.incrementAndGet();
            peak.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                begun.countDown();
                held.await();
                GoogleCloudException failure = failures.get(table);
                if (failure != null) {
                    throw failure;
                }
                return metadata(table, rows);
            } finally {
                running.decrementAndGet();
            }
        }
    }

    private RefreshReport done() throws InterruptedException {
        return assertInstanceOf(Outcome.Done.class, refresh.all()).report();
    }

    @Test
    void allTablesComeIntoTheCache() throws Exception {
        RefreshReport report = done();
        assertEquals(
                List.of(2, 2, 0, 0), List.of(report.total(), report.succeeded(), report.noData(), report.failed()));
        assertTrue(report.runId().matches("[0-9a-f]{8}"), report.runId());
        assertEquals(
                metadata(ORDERS.table(), 5L),
                cache.find(ORDERS.id()).orElseThrow().known().orElseThrow().metadata());
    }

    @Test
    void aFailureKeepsTheGoodValuesAndSaysWhy() throws Exception {
        done();
        bigQuery.failures.put(
                ORDERS.table(), GoogleCloudException.accessDenied("table x", "bigquery.tables.get", "no"));
        RefreshReport report = done();
        assertEquals(
                List.of(2, 1, 0, 1), List.of(report.total(), report.succeeded(), report.noData(), report.failed()));
        MetadataCache.Entry entry = cache.find(ORDERS.id()).orElseThrow();
        assertEquals(5L, entry.known().orElseThrow().metadata().rows());
        assertEquals("access_denied", entry.failure().orElseThrow().code());
        assertTrue(entry.failure().orElseThrow().message().contains("bigquery.tables.get"));
    }

    @Test
    void anAnswerInPartKeepsTheGoodValuesAndSaysWhatIsMissing() throws Exception {
        done();
        bigQuery.rows = null;
        RefreshReport report = done();
        assertEquals(
                List.of(2, 0, 2, 0), List.of(report.total(), report.succeeded(), report.noData(), report.failed()));
        MetadataCache.Entry entry = cache.find(ORDERS.id()).orElseThrow();
        assertEquals(5L, entry.known().orElseThrow().metadata().rows());
        assertEquals(
                "table my-project.sales.orders: BigQuery answered without rows",
                entry.failure().orElseThrow().message());
        assertEquals("no_data", refresh.one(ORDERS).status());
    }

    @Test
    void aSuccessForgetsTheFailure() throws Exception {
        bigQuery.failures.put(ORDERS.table(), GoogleCloudException.notFound("table", "table x", "no"));
        assertEquals("error", refresh.one(ORDERS).status());
        bigQuery.failures.clear();
        assertEquals("ok", refresh.one(ORDERS).status());
        assertEquals(Optional.empty(), cache.find(ORDERS.id()).orElseThrow().failure());
    }

    @Test
    void aTableThatIsNoLongerRegisteredLeavesTheCache() throws Exception {
        done();
        registered = List.of(CLIENTS);
        done();
        assertEquals(Optional.empty(), cache.find(ORDERS.id()));
        assertTrue(cache.find(CLIENTS.id()).isPresent());
    }

    @Test
    void theValuesOfAnotherTableUnderTheSameIdAreForgotten() throws Exception {
        done();
        Target moved = new Target(ORDERS.id(), new BigQueryTable("my-project", "archive", "orders"));
        bigQuery.failures.put(moved.table(), GoogleCloudException.notFound("table", "table x", "no"));
        refresh.one(moved);
        assertEquals(Optional.empty(), cache.find(ORDERS.id()).orElseThrow().known());
    }

    @Test
    void noMoreCallsRunAtOnceThanTheBound() throws Exception {
        registered = IntStream.range(0, 40).mapToObj(i -> target("t" + i)).toList();
        bigQuery.held = new CountDownLatch(1);
        bigQuery.begun = new CountDownLatch(4);
        try (Task<Outcome> run = Task.start("run", refresh::all)) {
            assertTrue(bigQuery.begun.await(20, TimeUnit.SECONDS));
            bigQuery.held.countDown();
            run.await();
        }
        assertEquals(4, bigQuery.peak.get());
        assertEquals(40, bigQuery.calls.get());
    }

    /** Each round starts eight callers at once: one refreshes, and each of the others learns its id. */
    @Test
    void fiftyRoundsOfConcurrentCallersAreFiftyRuns() throws Exception {
        for (int round = 0; round < 50; round++) {
            bigQuery.held = new CountDownLatch(1);
            Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
            CyclicBarrier together = new CyclicBarrier(8);
            CountDownLatch refused = new CountDownLatch(7);
            try (TaskGroup callers = new TaskGroup("callers")) {
                for (int i = 0; i < 8; i++) {
                    callers.start(() -> {
                        await(together);
                        Outcome outcome = refresh.all();
                        outcomes.add(outcome);
                        if (outcome instanceof Outcome.AlreadyRunning) {
                            refused.countDown();
                        }
                    });
                }
                assertTrue(refused.await(20, TimeUnit.SECONDS), "one run at a time");
                bigQuery.held.countDown();
                callers.await();
            }
            List<RefreshReport> reports = outcomes.stream()
                    .filter(Outcome.Done.class::isInstance)
                    .map(done -> ((Outcome.Done) done).report())
                    .toList();
            assertEquals(1, reports.size());
            outcomes.stream()
                    .filter(Outcome.AlreadyRunning.class::isInstance)
                    .map(Outcome.AlreadyRunning.class::cast)
                    .forEach(other -> assertEquals(
                            new Outcome.AlreadyRunning(
                                    reports.getFirst().runId(),
                                    reports.getFirst().startedAt()),
                            other));
        }
        assertEquals(100, bigQuery.calls.get());
    }

    private static void await(CyclicBarrier barrier) throws InterruptedException {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (BrokenBarrierException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTableThatTwoWantAtOnceIsAskedForOnce() throws Exception {
        registered = List.of(ORDERS);
        bigQuery.held = new CountDownLatch(1);
        List<TableRefresh> results = new ArrayList<>();
        try (Task<Outcome> run = Task.start("run", refresh::all)) {
            assertTrue(bigQuery.begun.await(20, TimeUnit.SECONDS));
            try (Task<TableRefresh> one = Task.start("one", () -> refresh.one(ORDERS));
                    Task<TableRefresh> other = Task.start("other", () -> refresh.one(ORDERS))) {
                awaitWaiting(2);
                bigQuery.held.countDown();
                results.add(one.await());
                results.add(other.await());
            }
            run.await();
        }
        assertEquals(1, bigQuery.calls.get());
        assertEquals(
                List.of("ok", "ok"), results.stream().map(TableRefresh::status).toList());
    }

    private void awaitWaiting(int count) {
        long start = System.nanoTime();
        while (refresh.waiting(ORDERS.id()) < count) {
            assertTrue(System.nanoTime() - start < 20_000_000_000L, "they wait");
            Thread.onSpinWait();
        }
    }

    @Test
    void anInterruptEndsTheRunAndFreesTheNext() throws Exception {
        bigQuery.held = new CountDownLatch(1);
        Task<Outcome> run = Task.start("run", refresh::all);
        assertTrue(bigQuery.begun.await(20, TimeUnit.SECONDS));
        run.close();
        assertThrows(InterruptedException.class, run::await);
        assertEquals(0, bigQuery.running.get());
        assertEquals(List.of(), cache.all());
        bigQuery.held = new CountDownLatch(0);
        assertEquals(2, done().succeeded());
    }

    @Test
    void anotherTakesOverFromTheOneThatWasInterrupted() throws Exception {
        bigQuery.held = new CountDownLatch(1);
        Task<TableRefresh> first = Task.start("first", () -> refresh.one(ORDERS));
        assertTrue(bigQuery.begun.await(20, TimeUnit.SECONDS));
        try (Task<TableRefresh> second = Task.start("second", () -> refresh.one(ORDERS))) {
            awaitWaiting(1);
            first.close();
            bigQuery.held.countDown();
            assertEquals("ok", second.await().status());
        }
    }

    /** The server closes the client when it stops; no table has failed then. */
    @Test
    void aClosedClientEndsTheRunAndIsNoFailureOfATable() {
        bigQuery.failures.put(ORDERS.table(), GoogleCloudException.clientClosed());
        registered = List.of(ORDERS);
        assertThrows(GoogleCloudException.class, refresh::all);
        assertEquals(List.of(), cache.all());
    }

    @Test
    void runsHaveDifferentIds() throws Exception {
        assertNotEquals(done().runId(), done().runId());
    }

    @Test
    void freshnessFollowsTheLastAttemptAndItsAge() {
        Instant now = Instant.parse("2026-05-07T10:00:00Z");
        Duration interval = Duration.ofHours(4);
        assertEquals(Freshness.NEVER_FETCHED, Freshness.of(cache.find(ORDERS.id()), interval, now));
        cache.store(ORDERS.id(), new Known(metadata(ORDERS.table(), 1L), now.minus(interval.multipliedBy(2))));
        assertEquals(Freshness.FRESH, Freshness.of(cache.find(ORDERS.id()), interval, now));
        assertEquals(Freshness.STALE, Freshness.of(cache.find(ORDERS.id()), interval, now.plusMillis(1)));
        cache.fail(ORDERS.id(), new MetadataCache.Failure("c", "m", now));
        assertEquals(Freshness.ERROR, Freshness.of(cache.find(ORDERS.id()), interval, now));
        assertEquals("never_fetched", Freshness.NEVER_FETCHED.text());
    }
}
