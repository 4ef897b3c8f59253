// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.work.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/**
 * Starts a run for the tables that are due at each tick, until it is closed. One run includes all of them, also tables that
 * became due while the process was down. While another run is at work, the tables wait for the next tick.
 *
 * <p>The past is stored in {@link ScheduleState}, so that a new process continues after the last one. A failure in a tick is
 * logged, and the next tick follows. Metadata is refreshed on a separate thread, so that a slow source does not delay tables,
 * for the first time at a random moment after the start, so that processes that start together do not ask together.
 *
 * <pre>
 * DueTables due = new DueTables(registry, schedules, state, config.defaultSchedule());
 * Scheduler scheduler = new Scheduler(config, due, engine::trigger, metadata::refresh, time);
 * scheduler.start();    // after the leftovers of the last process were marked
 * scheduler.close();    // before the engine is closed
 * </pre>
 */
public final class Scheduler implements AutoCloseable {
    /** The user that is stored for its runs. */
    public static final String STARTED_BY = "scheduler";

    private static final System.Logger LOG = System.getLogger(Scheduler.class.getName());
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);
    /** The first refresh of metadata follows the grace by no more than this, and by no more than the interval. */
    static final Duration LATEST_FIRST_REFRESH = Duration.ofMinutes(5);

    private final SchedulerConfig config;
    private final DueTables due;
    private final RunStarter runs;
    private final Runnable metadata;
    private final Time time;
    private final UnaryOperator<Duration> offset;
    private final List<Task<?>> threads = new ArrayList<>();
    private volatile boolean closed;

    /** @param metadata refreshes cached metadata; called only if the configuration has an interval */
    public Scheduler(SchedulerConfig config, DueTables due, RunStarter runs, Runnable metadata, Time time) {
        this(config, due, runs, metadata, time, Scheduler::random);
    }

    /** @param offset takes a duration of at most this bound */
    Scheduler(
            SchedulerConfig config,
            DueTables due,
            RunStarter runs,
            Runnable metadata,
            Time time,
            UnaryOperator<Duration> offset) {
        this.config = config;
        this.due = due;
        this.runs = runs;
        this.metadata = metadata;
        this.time = time;
        this.offset = offset;
    }

    private static Duration random(Duration bound) {
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(bound.toMillis() + 1));
    }

    /** Starts the threads; the first tick follows after the grace. Called once. */
    public synchronized void start() {
        if (closed || !threads.isEmpty()) {
            throw new IllegalStateException("a scheduler is started once");
        }
        threads.add(repeated("scheduler", config.startGrace(), config.tick(), this::tick));
        Duration interval = config.metadataInterval();
        if (interval != null) {
            Duration bound = interval.compareTo(LATEST_FIRST_REFRESH) < 0 ? interval : LATEST_FIRST_REFRESH;
            Duration first = config.startGrace().plus(offset.apply(bound));
            threads.add(repeated("scheduler-metadata", first, interval, metadata));
        }
    }

    /** Stops and waits up to 10 seconds for a tick at work. Its runs continue until the engine ends them. */
    @Override
    public synchronized void close() {
        closed = true;
        threads.forEach(Task::cancel);
        for (Task<?> thread : threads) {
            if (!thread.end(LONGEST_CLOSE)) {
                LOG.log(System.Logger.Level.WARNING, "{0} goes on after it was closed", thread.name());
            }
        }
    }

    private Task<?> repeated(String name, Duration first, Duration interval, Runnable action) {
        return Task.start(name, () -> repeat(first, interval, action));
    }

    private void repeat(Duration first, Duration interval, Runnable action) {
        try {
            time.sleep(first);
            while (!closed) {
                attempt(action);
                time.sleep(interval);
            }
        } catch (InterruptedException end) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "{0} ends",
                    Thread.currentThread().getName());
        }
    }

    private static void attempt(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, Thread.currentThread().getName() + " failed and will try again", e);
        }
    }

    private void tick() {
        List<TableId> tables = due.at(time.now());
        // The engine takes an empty list for all tables.
        if (tables.isEmpty()) {
            return;
        }
        switch (runs.trigger(tables, STARTED_BY)) {
            case SyncEngine.Trigger.Started started ->
                LOG.log(System.Logger.Level.INFO, "run {0} for {1} due tables", started.run(), tables.size());
            case SyncEngine.Trigger.Busy busy ->
                LOG.log(System.Logger.Level.DEBUG, "{0} due tables wait for run {1}", tables.size(), busy.run());
        }
    }
}
