// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.CoreException;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.work.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs syncs, one at a time over all processes that share the {@link RunLog}. A run is stored before its work begins. Each
 * table goes through its source into a draft and from there to its publisher, at most {@link SyncConfig#tablesAtOnce} at
 * once. The outcome of each table is stored and logged in one line; a failed table does not stop the others. Closing ends the
 * run of this engine.
 *
 * <p>The log alone knows which run is at work. The engine holds only the threads of its own run.
 *
 * <p>A run has one thread; under it each worker has one, and under that each table has one, so that the deadline and a
 * cancellation are interrupts of exactly the work that they end.
 */
public final class SyncEngine implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SyncEngine.class.getName());
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(15);

    /** The longest wait of a user who registers a table. */
    public static final Duration LONGEST_CHECK = Duration.ofSeconds(20);

    /** The result of {@link #trigger}. */
    public sealed interface Trigger {
        /** A run has begun; its record is stored. */
        record Started(RunId run) implements Trigger {}

        /** Another run is at work. */
        record Busy(RunId run, Instant startedAt) implements Trigger {}
    }

    private record Active(
            RunId run,
            Instant startedAt,
            long startedNanos,
            RunTally tally,
            CountDownLatch over,
            AtomicReference<@Nullable Thread> thread) {
        Active(Time time) {
            this(
                    RunId.random(),
                    time.now(),
                    time.nanos(),
                    new RunTally(),
                    new CountDownLatch(1),
                    new AtomicReference<>());
        }
    }

    /** An end that the log failed to store. */
    private record UnstoredEnd(RunId run, SyncRun.Status status, Instant at) {}

    private final SyncConfig config;
    private final RunOwner owner;
    private final TableRegistry registry;
    private final RunLog runs;
    private final TablePublisher publisher;
    private final Discovery discovery;
    private final TableSync tables;
    private final Time time;
    private final Map<RunId, Active> active = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable UnstoredEnd> unstoredEnd = new AtomicReference<>();
    private final Lock changing = new ReentrantLock();
    private final Condition changed = changing.newCondition();
    private long changes;

    /** An engine without discovery. Each source has another {@link TableSource#type}. */
    public SyncEngine(
            SyncConfig config,
            RunOwner owner,
            TableRegistry registry,
            RunLog runs,
            TablePublisher publisher,
            List<TableSource> sources,
            Time time) {
        this(config, owner, registry, runs, publisher, sources, new Discovery(registry, List.of(), time), time);
    }

    /**
     * An engine that fills an empty registry when it runs all tables.
     *
     * @param owner the name of this process in the log of runs
     * @param discovery lists the tables that an empty registry is filled with
     */
    public SyncEngine(
            SyncConfig config,
            RunOwner owner,
            TableRegistry registry,
            RunLog runs,
            TablePublisher publisher,
            List<TableSource> sources,
            Discovery discovery,
            Time time) {
        this.discovery = discovery;
        this.config = config;
        this.owner = owner;
        this.registry = registry;
        this.runs = runs;
        this.publisher = publisher;
        this.tables = new TableSync(config.tableDeadline(), publisher, sources);
        this.time = time;
    }

    /** The run that this engine works on: from the moment it is accepted until its end is stored. */
    public Optional<RunId> running() {
        return active.keySet().stream().findFirst();
    }

    /**
     * Asks the table's source whether it can fetch the table, for {@link #LONGEST_CHECK} at most.
     *
     * @throws io.agnes.core.AgnesException if not; {@code source_timeout} if the source does not answer in time
     */
    public void check(TableRecord table) throws InterruptedException {
        Deadline.within(LONGEST_CHECK, "table " + table.id(), () -> tables.check(table));
    }

    /**
     * Checks that a source answers and accepts our credentials, for {@link #LONGEST_CHECK} at most.
     *
     * @throws io.agnes.core.AgnesException if not; {@code source_timeout} if it does not answer in time
     */
    public void checkSource(String type) throws InterruptedException {
        Deadline.within(LONGEST_CHECK, "source " + type, () -> tables.checkAccess(type));
    }

    /** Waits until a table or a run ends, but no longer than this; returns whether one ended. */
    public boolean awaitChange(Duration longest) throws InterruptedException {
        changing.lock();
        try {
            long seen = changes;
            long left = longest.toNanos();
            while (changes == seen && left > 0) {
                left = changed.awaitNanos(left);
            }
            return changes != seen;
        } finally {
            changing.unlock();
        }
    }

    private void tellChange() {
        changing.lock();
        try {
            changes++;
            changed.signalAll();
        } finally {
            changing.unlock();
        }
    }

    /** The progress of the tables that are synced now; empty without a run. */
    public Map<TableId, TableProgress> progress() {
        return tables.progress();
    }

    /**
     * Starts a run unless one is at work in any process, and returns once it is stored.
     *
     * @param targets registered tables; empty for all
     * @param startedBy the user, for the record
     */
    public Trigger trigger(List<TableId> targets, String startedBy) {
        storeEnd();
        Active mine = new Active(time);
        active.put(mine.run(), mine);
        boolean started = false;
        try {
            SyncRun run = new SyncRun(
                    mine.run(), owner, startedBy, mine.startedAt(), targets, SyncRun.Status.RUNNING, null, Map.of());
            if (runs.start(run) instanceof RunLog.Start.AlreadyRunning elsewhere) {
                return new Trigger.Busy(elsewhere.run().id(), elsewhere.run().startedAt());
            }
            Thread thread = Thread.ofVirtual().name("sync-" + mine.run()).unstarted(() -> run(mine, targets));
            mine.thread().set(thread);
            thread.start();
            started = true;
        } finally {
            if (!started) {
                active.remove(mine.run());
            }
        }
        return new Trigger.Started(mine.run());
    }

    /** Stores the end of the previous run if the log failed to. Without it the log would show that run as running forever. */
    private void storeEnd() {
        UnstoredEnd end = unstoredEnd.get();
        if (end != null) {
            runs.finished(end.run(), end.status(), end.at());
            unstoredEnd.compareAndSet(end, null);
        }
    }

    /** Ends a run of this engine and waits for its end; false if the engine works on no such run. Its tables keep their versions. */
    public boolean cancel(RunId run) throws InterruptedException {
        Active current = active.get(run);
        if (current == null) {
            return false;
        }
        Thread thread = current.thread().get();
        if (thread != null) {
            thread.interrupt();
        }
        return current.over().await(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends the run of this engine, and waits up to 15 seconds for its resources to be free. */
    @Override
    public void close() {
        try {
            for (RunId run : List.copyOf(active.keySet())) {
                if (!cancel(run) && active.containsKey(run)) {
                    LOG.log(System.Logger.Level.WARNING, "run {0} did not end within {1}", run, LONGEST_CLOSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Active run, List<TableId> targets) {
        SyncRun.Status status = SyncRun.Status.FAILED;
        try {
            if (targets.isEmpty()) {
                discovery.fillIfEmpty();
            }
            status = work(run, targets);
            publisher.retire(config.versionGrace());
        } catch (InterruptedException cancelled) {
            status = SyncRun.Status.CANCELLED;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "run {0}: {1}", run.run(), CoreException.reason(e));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "run " + run.run() + " broke off", e);
        } finally {
            end(run, status);
        }
    }

    private void end(Active run, SyncRun.Status status) {
        OutcomeLog.run(run.run(), status, run.tally(), time.since(run.startedNanos()));
        unstoredEnd.set(new UnstoredEnd(run.run(), status, time.now()));
        try {
            storeEnd();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the end of run " + run.run() + " could not be stored", e);
        } finally {
            active.remove(run.run());
            run.over().countDown();
            tellChange();
        }
    }

    private SyncRun.Status work(Active run, List<TableId> targets) throws IOException {
        Queue<TableRegistry.Entry> waiting = new ConcurrentLinkedQueue<>(selected(targets));
        try (TaskGroup workers = new TaskGroup("sync-" + run.run())) {
            for (int i = Math.min(config.tablesAtOnce(), waiting.size()); i > 0; i--) {
                workers.start(() -> syncAll(run, waiting));
            }
            workers.await();
            return run.tally().status();
        } catch (InterruptedException cancelled) {
            return SyncRun.Status.CANCELLED;
        }
    }

    private List<TableRegistry.Entry> selected(List<TableId> targets) {
        return registry.all().stream()
                .filter(entry -> targets.isEmpty()
                        ? entry.table().queryMode() != QueryMode.REMOTE
                        : targets.contains(entry.table().id()))
                .toList();
    }

    /** Syncs waiting tables until none is left or the run is cancelled. */
    private void syncAll(Active run, Queue<TableRegistry.Entry> waiting) {
        try {
            for (TableRegistry.Entry entry = waiting.poll(); entry != null; entry = waiting.poll()) {
                sync(run, entry);
            }
        } catch (InterruptedException cancelled) {
            run.tally().breakOff();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "an outcome of run " + run.run() + " could not be stored", e);
            run.tally().breakOff();
        }
    }

    private void sync(Active run, TableRegistry.Entry entry) throws InterruptedException {
        TableId table = entry.table().id();
        long began = time.nanos();
        TableOutcome outcome = tables.sync(entry);
        OutcomeLog.table(run.run(), table, outcome, time.since(began));
        runs.finished(run.run(), table, outcome, time.now());
        run.tally().add(outcome);
        tellChange();
    }
}
