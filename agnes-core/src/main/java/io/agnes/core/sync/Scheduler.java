// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.work.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts a run for the tables that are due, over and over, until it is closed. All that are due go into one run; while
 * another run is at work nothing is started, and the next tick looks again. What came due while the process was down is
 * caught up by one run.
 *
 * <p>What it knows of the past is in {@link ScheduleState}, so a new process goes on where the last one ended. Whatever
 * fails in a tick is logged, and the next tick comes all the same. Metadata is refreshed on a thread of its own, for a
 * slow source must not keep tables waiting.
 *
 * <pre>
 * DueTables due = new DueTables(registry, schedules, state, config.defaultSchedule());
 * Scheduler scheduler = new Scheduler(config, due, engine::trigger, metadata::refresh, time);
 * scheduler.start();    // after the leftovers of the last process were marked
 * scheduler.close();    // before the engine is closed
 * </pre>
 */
public final class Scheduler implements AutoCloseable {
    /** Who starts its runs. */
    public static final String STARTED_BY = "scheduler";

    private static final System.Logger LOG = System.getLogger(Scheduler.class.getName());
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

    private final SchedulerConfig config;
    private final DueTables due;
    private final RunStarter runs;
    private final Runnable metadata;
    private final Time time;
    private final List<Task<?>> threads = new ArrayList<>();
    private volatile boolean closed;

    /** @param metadata brings the cached metadata up to date; not called without an interval */
    public Scheduler(SchedulerConfig config, DueTables due, RunStarter runs, Runnable metadata, Time time) {
        this.config = config;
        this.due = due;
        this.runs = runs;
        this.metadata = metadata;
        this.time = time;
    }

    /** Begins; the first tick comes after the grace. Once only. */
    public synchronized void start() {
        if (closed || !threads.isEmpty()) {
            throw new IllegalStateException("a scheduler is started once");
        }
        threads.add(repeated("scheduler", config.tick(), this::tick));
        Duration interval = config.metadataInterval();
        if (interval != null) {
            threads.add(repeated("scheduler-metadata", interval, metadata));
        }
    }

    /** Ends, and waits up to 10 seconds for a tick at work. Runs that it started go on; ending them is the engine's. */
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

    private Task<?> repeated(String name, Duration interval, Runnable action) {
        return Task.<@Nullable Void>start(name, () -> {
            repeat(interval, action);
            return null;
        });
    }

    private void repeat(Duration interval, Runnable action) {
        try {
            time.sleep(config.startGrace());
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
        // To the engine, no targets are all tables.
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
