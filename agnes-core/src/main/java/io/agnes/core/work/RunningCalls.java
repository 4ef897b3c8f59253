// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The running calls of one client. Each has a virtual thread of its own, where an interrupt closes the socket that the call
 * waits for. Safe for use by several threads.
 */
public final class RunningCalls implements AutoCloseable {
    private final Set<Task<?>> running = ConcurrentHashMap.newKeySet();
    private final Supplier<? extends RuntimeException> whenClosed;
    private volatile boolean closed;

    /** @param whenClosed makes the failure of a call that the end of the client prevents or ends */
    public RunningCalls(Supplier<? extends RuntimeException> whenClosed) {
        this.whenClosed = whenClosed;
    }

    /**
     * Does the work on a thread of its own and waits for it. An interrupt of the caller interrupts the work; then too this
     * returns only when the work has ended.
     *
     * @param name of the thread
     */
    public <T extends @Nullable Object> T call(String name, Work<T> work) throws IOException, InterruptedException {
        Work<T> unlessClosed = () -> unlessClosed(work);
        try (Task<T> task = Task.start(name, unlessClosed)) {
            running.add(task);
            try {
                // After it was added: close either sees the task, or is seen here.
                if (closed) {
                    task.cancel();
                }
                return task.await();
            } finally {
                running.remove(task);
            }
        }
    }

    /** A closed client closes its connections too, so that a call may see a broken connection before the interrupt. */
    private <T extends @Nullable Object> T unlessClosed(Work<T> work) throws IOException, InterruptedException {
        if (closed) {
            throw whenClosed.get();
        }
        try {
            return work.call();
        } catch (InterruptedException | IOException | RuntimeException e) {
            if (closed) {
                throw whenClosed.get();
            }
            throw e;
        }
    }

    /** Interrupts the running calls and refuses new ones. */
    @Override
    public void close() {
        closed = true;
        running.forEach(Task::cancel);
    }
}
