// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import io.agnes.core.AgnesException;
import io.agnes.core.Time;
import io.agnes.core.sync.SyncEngine;
import io.agnes.server.route.SourceState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Checks every five minutes in a background thread whether each source is reachable and accepts our credentials. Logs
 * changes.
 */
final class SourceWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SourceWatch.class.getName());

    /** Creating the client of a source is slow, so the first check waits until the server has started. */
    private static final Duration FIRST = Duration.ofMillis(500);

    private static final Duration INTERVAL = Duration.ofMinutes(5);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private final SyncEngine engine;
    private final Time time;
    private final Map<String, SourceState> states = new ConcurrentSkipListMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    private SourceWatch(SyncEngine engine, List<String> types, Time time) {
        this.engine = engine;
        this.time = time;
        types.forEach(type -> states.put(type, SourceState.UNCHECKED));
        this.thread = Thread.ofVirtual().name("source-watch").unstarted(this::watch);
    }

    /** @param types the source types to check; the engine must know them */
    static SourceWatch start(SyncEngine engine, List<String> types, Time time) {
        SourceWatch watch = new SourceWatch(engine, types, time);
        watch.thread.start();
        return watch;
    }

    /** The last known state of each source, by type. */
    Map<String, SourceState> states() {
        return Map.copyOf(states);
    }

    private void watch() {
        try {
            // Waits in real time, because the server's clock stands still in tests.
            boolean over = closing.await(FIRST.toMillis(), TimeUnit.MILLISECONDS);
            while (!over) {
                for (String type : List.copyOf(states.keySet())) {
                    check(type);
                }
                over = closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException end) {
            LOG.log(System.Logger.Level.DEBUG, "the watch over sources ends");
        }
    }

    private void check(String type) throws InterruptedException {
        try {
            engine.checkSource(type);
            note(
                    type,
                    new SourceState(SourceState.Status.OK, null, time.now()),
                    "it answers and takes our credentials");
        } catch (AgnesException e) {
            SourceState.Status status = switch (e.kind()) {
                case REQUEST, SOURCE_FINAL -> SourceState.Status.REFUSED;
                case SOURCE_PASSING, LIMIT -> SourceState.Status.UNREACHABLE;
            };
            note(type, new SourceState(status, e.code(), time.now()), e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "source " + type + " could not be asked", e);
        }
    }

    private void note(String type, SourceState state, String message) {
        SourceState before = states.put(type, state);
        if (before == null || before.status() != state.status()) {
            LOG.log(
                    state.isBad() ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
                    "source " + type + ": status=" + state.status().text()
                            + (state.code() == null ? "" : " code=" + state.code()) + " message: " + message);
        }
    }

    /** Interrupts a check in progress and ends the thread. */
    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
        try {
            if (!thread.join(LONGEST_CLOSE)) {
                LOG.log(System.Logger.Level.WARNING, "the watch over sources goes on after it was closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
