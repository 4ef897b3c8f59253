// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException.Kind;
import io.agnes.core.CoreException;
import io.agnes.core.ManualTime;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.contract.InMemoryRegistry;
import io.agnes.core.file.FailingFileStore;
import io.agnes.core.file.Scratch;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.Schedule;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableSchedules;
import io.agnes.core.version.DirectoryVersions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class SchedulerTest {
    private static final RunOwner OWNER = new RunOwner("test");
    private static final TableId ORDERS = new TableId("in.c-crm.orders");
    private static final TableId CLIENTS = new TableId("in.c-crm.clients");
    private static final Instant MORNING = Instant.parse("2026-03-01T07:00:00Z");
    private static final Duration TICK = Duration.ofMinutes(1);
    private static final SchedulerConfig CONFIG =
            new SchedulerConfig(TICK, Duration.ofSeconds(30), Schedule.parse("every 1h"), null);

    private final ManualTime time = new ManualTime(MORNING);
    private final InMemoryRegistry registry = new InMemoryRegistry();
    private final Map<TableId, Schedule> schedules = new ConcurrentHashMap<>();
    private final ScriptedRuns runs = new ScriptedRuns();
    private final AtomicInteger refreshes = new AtomicInteger();
    private Scheduler scheduler;

    /** An engine whose runs end at once with a scripted outcome. */
    private final class ScriptedRuns implements RunStarter {
        private final List<String> started = new ArrayList<>();
        private TableOutcome outcome = new TableOutcome.Unchanged();
        private boolean busy;
        private boolean unfinished;

        @Override
        public synchronized SyncEngine.Trigger trigger(List<TableId> targets, String startedBy) {
            if (busy) {
                return new SyncEngine.Trigger.Busy(RunId.random(), time.now());
            }
            assertFalse(targets.isEmpty(), "no targets are all tables");
            RunId run = RunId.random();
            registry.start(
                    new SyncRun(run, OWNER, startedBy, time.now(), targets, SyncRun.Status.RUNNING, null, Map.of()));
            started.add(time.now() + " " + targets);
            if (!unfinished) {
                targets.forEach(table -> registry.finished(run, table, outcome, time.now()));
                registry.finished(run, SyncRun.Status.SUCCEEDED, time.now());
            }
            return new SyncEngine.Trigger.Started(run);
        }

        synchronized void behave(TableOutcome next, boolean nowBusy) {
            outcome = next;
            busy = nowBusy;
        }

        synchronized List<String> take() {
            List<String> all = List.copyOf(started);
            started.clear();
            return all;
        }
    }

    private void register(TableId id, QueryMode mode, String schedule) {
        registry.register(TableRecord.builder(id, "scripted")
                .bucket("in.c-crm")
                .sourceTable("orders")
                .queryMode(mode)
                .registered("test", Instant.EPOCH)
                .build());
        if (!schedule.isEmpty()) {
            schedules.put(id, Schedule.parse(schedule));
        }
    }

    private DueTables due(SchedulerConfig config) {
        return new DueTables(
                registry, table -> Optional.ofNullable(schedules.get(table.id())), registry, config.defaultSchedule());
    }

    private void start(SchedulerConfig config) throws InterruptedException {
        scheduler = new Scheduler(config, due(config), runs, refreshes::incrementAndGet, time);
        scheduler.start();
        time.awaitSleepers(1);
    }

    private void startAndFirstTick(SchedulerConfig config) throws InterruptedException {
        start(config);
        advance(config.startGrace());
    }

    private void advance(Duration duration) throws InterruptedException {
        time.advance(duration);
        time.awaitSleepers(1);
    }

    @AfterEach
    void close() {
        if (scheduler != null) {
            scheduler.close();
        }
    }

    @Nested
    class Ticks {
        @Test
        void nothingIsStartedBeforeTheGraceIsOver() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "0");
            start(CONFIG);
            advance(Duration.ofSeconds(29));
            assertEquals(List.of(), runs.take());
            advance(Duration.ofSeconds(1));
            assertEquals(List.of("2026-03-01T07:00:30Z [in.c-crm.orders]"), runs.take());
        }

        @Test
        void allThatAreDueGoIntoOneRun() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "daily 07:30");
            register(CLIENTS, QueryMode.MATERIALIZED, "every 15m");
            startAndFirstTick(CONFIG);
            assertEquals(List.of("2026-03-01T07:00:30Z [in.c-crm.clients, in.c-crm.orders]"), runs.take());
            advance(TICK);
            assertEquals(List.of(), runs.take());
            advance(Duration.ofMinutes(14));
            assertEquals(List.of("2026-03-01T07:15:30Z [in.c-crm.clients]"), runs.take());
            advance(Duration.ofMinutes(15));
            assertEquals(List.of("2026-03-01T07:30:30Z [in.c-crm.clients, in.c-crm.orders]"), runs.take());
        }

        @Test
        void theRecordSaysThatTheSchedulerStartedIt() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "0");
            startAndFirstTick(CONFIG);
            assertEquals("scheduler", registry.newest(1).getFirst().startedBy());
        }

        @Test
        void tablesWithoutCopiesAreNotScheduled() throws Exception {
            register(ORDERS, QueryMode.REMOTE, "0");
            register(CLIENTS, QueryMode.REMOTE, "0");
            startAndFirstTick(CONFIG);
            assertEquals(List.of(), runs.take());
        }

        @Test
        void aTableWithoutAScheduleHasTheDefaultOrNone() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "");
            assertEquals(List.of(), due(CONFIG.withDefaultSchedule(null)).at(MORNING));
            startAndFirstTick(CONFIG);
            advance(Duration.ofMinutes(59));
            advance(TICK);
            assertEquals(
                    List.of("2026-03-01T07:00:30Z [in.c-crm.orders]", "2026-03-01T08:00:30Z [in.c-crm.orders]"),
                    runs.take());
        }

        @Test
        void aScheduleThatCannotBeReadKeepsNoOtherTableFromItsTurn() {
            register(ORDERS, QueryMode.MATERIALIZED, "");
            register(CLIENTS, QueryMode.MATERIALIZED, "");
            TableSchedules broken = table -> {
                if (table.id().equals(ORDERS)) {
                    throw CoreException.scheduleInvalid("a schedule", "none");
                }
                return Optional.empty();
            };
            DueTables due = new DueTables(registry, broken, registry, CONFIG.defaultSchedule());
            assertEquals(List.of(CLIENTS), due.at(MORNING));
        }

        @Test
        void anEngineAtWorkIsAskedAgainAtTheNextTick() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "daily 07:30");
            runs.behave(new TableOutcome.Unchanged(), true);
            startAndFirstTick(CONFIG);
            assertEquals(List.of(), runs.take());
            runs.behave(new TableOutcome.Unchanged(), false);
            advance(TICK);
            assertEquals(List.of("2026-03-01T07:01:30Z [in.c-crm.orders]"), runs.take());
        }

        @Test
        void aTickThatFailsIsFollowedByTheNext() throws Exception {
            AtomicInteger ticks = new AtomicInteger();
            ScheduleState broken = () -> {
                ticks.incrementAndGet();
                throw new IllegalStateException("the registry is away");
            };
            DueTables due = new DueTables(registry, table -> Optional.empty(), broken, null);
            scheduler = new Scheduler(CONFIG, due, runs, () -> {}, time);
            scheduler.start();
            time.awaitSleepers(1);
            advance(Duration.ofSeconds(30));
            advance(TICK);
            assertEquals(2, ticks.get());
        }
    }

    @Nested
    class Restarts {
        @Test
        void manySlotsMissedWhileTheProcessWasDownAreOneRun() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "daily 07:00,19:00");
            startAndFirstTick(CONFIG);
            scheduler.close();
            runs.take();
            time.advance(Duration.ofDays(3).plusHours(1));
            startAndFirstTick(CONFIG);
            for (int i = 0; i < 60; i++) {
                advance(TICK);
            }
            assertEquals(List.of("2026-03-04T08:01:00Z [in.c-crm.orders]"), runs.take());
        }

        @Test
        void aRestartDoesNotRepeatWhatHasRun() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "daily 07:00");
            startAndFirstTick(CONFIG);
            assertEquals(1, runs.take().size());
            scheduler.close();
            startAndFirstTick(CONFIG);
            assertEquals(List.of(), runs.take());
        }

        @Test
        void aTableThatTakesTheProcessDownIsTriedLessAndLess() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "daily 07:00");
            runs.unfinished = true;
            Instant began = time.now();
            for (int i = 0; i < 100; i++) {
                registry.interruptLeftovers(OWNER, time.now());
                startAndFirstTick(CONFIG);
                advance(TICK);
                scheduler.close();
            }
            assertEquals(Duration.ofMinutes(150), Duration.between(began, time.now()));
            assertEquals(8, runs.take().size());
        }

        @Test
        void closingEndsTheThreadsAndNothingIsStartedAfter() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "0");
            start(CONFIG.withMetadataInterval(Duration.ofMinutes(1)));
            time.awaitSleepers(2);
            scheduler.close();
            time.advance(Duration.ofHours(1));
            assertEquals(List.of(), runs.take());
            assertEquals(0, refreshes.get());
            assertThrows(IllegalStateException.class, scheduler::start);
            scheduler.close();
        }

        @Test
        void aSchedulerIsStartedOnce() throws Exception {
            start(CONFIG);
            assertThrows(IllegalStateException.class, scheduler::start);
        }
    }

    @Nested
    class Failures {
        @ParameterizedTest
        @EnumSource
        void aTableThatFailsIsTriedAgainAfter1And2And4To60Minutes(Kind kind) throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "daily 07:00");
            runs.behave(new TableOutcome.Failed(kind, "code", "message"), false);
            startAndFirstTick(CONFIG);
            List<Long> gaps = new ArrayList<>();
            long minutes = 0;
            runs.take();
            while (gaps.size() < 8) {
                advance(TICK);
                minutes++;
                if (!runs.take().isEmpty()) {
                    gaps.add(minutes);
                    minutes = 0;
                }
            }
            assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L), gaps);
            Backoff backoff = registry.lastAttempts().get(ORDERS).backoff();
            assertEquals(new Backoff(9, kind == Kind.SOURCE_FINAL), backoff);
        }

        @Test
        void aTableThatFailsAlwaysDueIsLeftAloneAsWell() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "0");
            runs.behave(new TableOutcome.Failed(Kind.SOURCE_PASSING, "code", "message"), false);
            startAndFirstTick(CONFIG);
            for (int i = 0; i < 60; i++) {
                advance(TICK);
            }
            assertEquals(6, runs.take().size());
        }

        @Test
        void successEndsTheBackoffAndTheScheduleCountsAgain() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "daily 07:00");
            runs.behave(new TableOutcome.Failed(Kind.SOURCE_PASSING, "code", "message"), false);
            startAndFirstTick(CONFIG);
            runs.behave(new TableOutcome.Published(1, 1, 1, List.of()), false);
            advance(TICK);
            assertEquals(2, runs.take().size());
            assertEquals(Backoff.NONE, registry.lastAttempts().get(ORDERS).backoff());
            advance(Duration.ofHours(23));
            assertEquals(List.of(), runs.take());
            advance(Duration.ofHours(1));
            assertEquals(1, runs.take().size());
        }

        @Test
        void aRunByHandDoesNotAskTheBackoffAndItsSuccessEndsIt() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "every 1h");
            runs.behave(new TableOutcome.Failed(Kind.SOURCE_PASSING, "code", "message"), false);
            startAndFirstTick(CONFIG);
            runs.behave(new TableOutcome.Unchanged(), false);
            assertInstanceOf(SyncEngine.Trigger.Started.class, runs.trigger(List.of(ORDERS), "ada"));
            runs.take();
            advance(Duration.ofMinutes(59));
            assertEquals(List.of(), runs.take());
            advance(TICK);
            assertEquals(1, runs.take().size());
        }

        @Test
        void aRunThatWasCancelledWaitsForTheNextSlot() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "daily 07:00");
            runs.unfinished = true;
            startAndFirstTick(CONFIG);
            registry.finished(registry.newest(1).getFirst().id(), SyncRun.Status.CANCELLED, time.now());
            advance(Duration.ofHours(23));
            assertEquals(1, runs.take().size());
            advance(Duration.ofHours(1));
            assertEquals(1, runs.take().size());
        }
    }

    @Nested
    class Clocks {
        @Test
        void anHourBackAndAnHourForwardNeitherRepeatNorSkipASlot() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "daily 07:00");
            startAndFirstTick(CONFIG);
            runs.take();
            time.set(time.now().minus(Duration.ofHours(1)));
            for (int i = 0; i < 120; i++) {
                advance(TICK);
            }
            assertEquals(List.of(), runs.take());
            time.set(Instant.parse("2026-03-02T06:30:00Z"));
            advance(TICK);
            time.set(time.now().plus(Duration.ofHours(1)));
            advance(TICK);
            advance(TICK);
            assertEquals(List.of("2026-03-02T07:32:00Z [in.c-crm.orders]"), runs.take());
        }

        @Test
        void tenYearsForwardAndBackAreTwoRuns() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "daily 07:00");
            startAndFirstTick(CONFIG);
            runs.take();
            time.set(Instant.parse("2036-02-29T12:00:00Z"));
            advance(TICK);
            advance(TICK);
            time.set(Instant.parse("2026-03-01T12:00:00Z"));
            advance(TICK);
            advance(TICK);
            assertEquals(
                    List.of("2036-02-29T12:01:00Z [in.c-crm.orders]", "2026-03-01T12:01:00Z [in.c-crm.orders]"),
                    runs.take());
        }
    }

    @Nested
    class Metadata {
        @Test
        void itIsRefreshedAtItsIntervalWhateverBecomesOfIt() throws Exception {
            SchedulerConfig config = CONFIG.withMetadataInterval(Duration.ofMinutes(15));
            Runnable refresh = () -> {
                refreshes.incrementAndGet();
                throw new IllegalStateException("the source is away");
            };
            scheduler = new Scheduler(config, due(config), runs, refresh, time, bound -> Duration.ZERO);
            scheduler.start();
            time.awaitSleepers(2);
            for (int minute = 0; minute < 30; minute++) {
                time.advance(TICK);
                time.awaitSleepers(2);
            }
            assertEquals(2, refreshes.get());
        }

        @Test
        void theFirstOneFollowsTheGraceByAnOffsetWithinItsBound() throws Exception {
            List<Duration> bounds = new ArrayList<>();
            for (Duration interval : List.of(Duration.ofMinutes(2), Duration.ofHours(4))) {
                SchedulerConfig config = CONFIG.withMetadataInterval(interval);
                refreshes.set(0);
                scheduler = new Scheduler(config, due(config), runs, refreshes::incrementAndGet, time, bound -> {
                    bounds.add(bound);
                    return Duration.ofSeconds(90);
                });
                scheduler.start();
                time.awaitSleepers(2);
                time.advance(config.startGrace().plusSeconds(89));
                time.awaitSleepers(2);
                assertEquals(0, refreshes.get());
                time.advance(Duration.ofSeconds(1));
                time.awaitSleepers(2);
                assertEquals(1, refreshes.get());
                scheduler.close();
            }
            assertEquals(List.of(Duration.ofMinutes(2), Scheduler.LATEST_FIRST_REFRESH), bounds);
        }

        @Test
        void aSlowRefreshKeepsNoTableWaiting() throws Exception {
            register(ORDERS, QueryMode.MATERIALIZED, "0");
            SchedulerConfig config = CONFIG.withMetadataInterval(Duration.ofMinutes(15));
            CountDownLatch begun = new CountDownLatch(1);
            Runnable refresh = () -> {
                try {
                    begun.countDown();
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            };
            scheduler = new Scheduler(config, due(config), runs, refresh, time, bound -> Duration.ZERO);
            scheduler.start();
            time.awaitSleepers(2);
            time.advance(Duration.ofSeconds(30));
            begun.await();
            time.awaitSleepers(1);
            advance(TICK);
            assertEquals(2, runs.take().size());
        }
    }

    @Test
    void withTheEngineADueTableIsPublished(@TempDir Path data) throws Exception {
        FailingFileStore files = new FailingFileStore();
        TablePublisher publisher = new TablePublisher(
                new DirectoryVersions(files, data, true),
                Scratch.of(files, data.resolve("tmp")),
                registry,
                registry,
                time);
        ScriptedSource source = new ScriptedSource();
        register(ORDERS, QueryMode.MATERIALIZED, "daily 07:00");
        source.rows(ORDERS, 3);
        SchedulerConfig config = CONFIG;
        try (SyncEngine engine =
                new SyncEngine(SyncConfig.of(), OWNER, registry, registry, publisher, List.of(source), time)) {
            scheduler = new Scheduler(config, due(config), engine::trigger, () -> {}, time);
            scheduler.start();
            time.awaitSleepers(1);
            advance(config.startGrace());
            while (engine.running().isPresent()) {
                Time.system().sleep(Duration.ofMillis(2));
            }
            SyncRun run = registry.newest(1).getFirst();
            assertEquals("scheduler", run.startedBy());
            assertInstanceOf(TableOutcome.Published.class, run.outcomes().get(ORDERS));
            assertEquals(List.of(), due(config).at(time.now()));
            assertTrue(due(config).at(MORNING.plus(Duration.ofDays(1))).contains(ORDERS));
        }
    }

    @Test
    void settingsOutOfBoundsAreAllNamed() {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> new SchedulerConfig(Duration.ZERO, Duration.ofSeconds(-1), null, Duration.ofSeconds(59)));
        assertEquals(
                "scheduler: tick must be 1 s to 1 h; start-grace must be 0 s to 1 h;"
                        + " metadata-interval must be 1 min or more",
                refusal.getMessage());
    }

    /**
     * With random outcomes, downtimes and busy engines, no table is tried before its backoff has passed, and none is
     * forgotten.
     */
    @Property(tries = 500)
    void everyDueTableIsTriedOnceAndNoneBeforeItsBackoffIsOver(@ForAll long seed) {
        Random random = new Random(seed);
        register(
                ORDERS,
                QueryMode.MATERIALIZED,
                List.of("0", "every 7m", "daily 07:30").get(random.nextInt(3)));
        DueTables due = due(CONFIG);
        for (int tick = 0; tick < 300; tick++) {
            time.advance(random.nextInt(20) == 0 ? Duration.ofMinutes(random.nextInt(3_000)) : TICK);
            runs.behave(
                    random.nextInt(3) > 0
                            ? new TableOutcome.Failed(Kind.values()[random.nextInt(4)], "code", "message")
                            : new TableOutcome.Unchanged(),
                    false);
            Optional<LastAttempt> last =
                    Optional.ofNullable(registry.lastAttempts().get(ORDERS));
            Backoff backoff = last.map(LastAttempt::backoff).orElse(Backoff.NONE);
            List<TableId> tables = due.at(time.now());
            if (backoff.failures() > 0) {
                Duration since = Duration.between(last.orElseThrow().startedAt(), time.now());
                assertEquals(since.compareTo(backoff.delay()) >= 0, !tables.isEmpty());
            }
            if (!tables.isEmpty()) {
                runs.trigger(tables, Scheduler.STARTED_BY);
                assertEquals(time.now(), registry.lastAttempts().get(ORDERS).startedAt());
            }
        }
    }
}
