// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Actions that run at the same time, each on a virtual thread of its own, and succeed or fail together: the first failure
 * interrupts the others. Safe for use by several threads.
 */
public final class TaskGroup implements AutoCloseable {
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // All below are guarded by the lock.
    private final List<Thread> threads = new ArrayList<>();
    private int running;
    /** The first one counts: it causes the others. */
    private @Nullable Throwable failure;

    private boolean closed;

    /** @param name of the threads, each of which gets a number too */
    public TaskGroup(String name) {
        this.name = name;
    }

    /**
     * Does all pieces of some numbered work, in order, several at once. Returns when no thread works any more. The first
     * failure interrupts the others and is thrown; so does an interrupt of the caller.
     *
     * @param name of the threads, each of which gets a number too
     * @param atOnce threads at most
     * @param count of pieces
     */
    public static void run(String name, int atOnce, int count, IndexedAction work)
            throws IOException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        try (TaskGroup group = new TaskGroup(name)) {
            for (int i = Math.min(atOnce, count); i > 0; i--) {
                group.start(() -> {
                    for (int at = next.getAndIncrement(); at < count && !group.failed(); at = next.getAndIncrement()) {
                        work.run(at);
                    }
                });
            }
            group.await();
        }
    }

    /**
     * Starts an action. After a failure it does nothing: {@link #await} reports the failure.
     *
     * @throws IllegalStateException if the group is closed
     */
    public void start(Action action) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(name + " is closed");
            }
            if (failure == null) {
                Thread thread =
                        Thread.ofVirtual().name(name + "-" + threads.size()).unstarted(() -> run(action));
                threads.add(thread);
                running++;
                thread.start();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run(Action action) {
        Throwable thrown = null;
        try {
            action.run();
        } catch (Throwable e) {
            thrown = e;
        }
        lock.lock();
        try {
            running--;
            if (failure == null) {
                failure = thrown;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean failed() {
        lock.lock();
        try {
            return failure != null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until all actions have ended. The first failure interrupts the others and is thrown once they have ended; so does
     * an interrupt of the caller.
     *
     * @throws IOException an action's own, as with every failure of one
     * @throws InterruptedException if the caller was interrupted, or an action before any other failed
     */
    public void await() throws IOException, InterruptedException {
        Throwable found;
        try {
            found = firstFailure();
        } catch (InterruptedException e) {
            fail(e);
            Interruption.untilEnded(started());
            throw e;
        }
        if (found != null) {
            Interruption.restore(Interruption.untilEnded(started()));
            Failures.rethrow(found);
        }
    }

    /** Waits for a failure or the end of all actions. */
    private @Nullable Throwable firstFailure() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (running > 0 && failure == null) {
                changed.await();
            }
            return failure;
        } finally {
            lock.unlock();
        }
    }

    private void fail(InterruptedException e) {
        lock.lock();
        try {
            if (failure == null) {
                failure = e;
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Thread> started() {
        lock.lock();
        try {
            return List.copyOf(threads);
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts what still runs until it has ended, and refuses new actions. An interrupt of the caller stays set. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        Interruption.restore(Interruption.untilEnded(started()));
    }

    @Override
    public String toString() {
        return "TaskGroup[" + name + "]";
    }
}
