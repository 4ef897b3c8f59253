// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.work.Task;
import io.agnes.core.work.Work;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The running calls of one client. Each has a virtual thread of its own, where an interrupt closes the socket that the call
 * waits for. Safe for use by several threads.
 */
final class RunningCalls implements AutoCloseable {
    private final Set<Task<?>> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Does the work on a thread of its own and waits for it. An interrupt of the caller interrupts the work; then too this
     * returns only when the work has ended.
     *
     * @throws KeboolaException {@code client_closed}
     */
    <T> T call(String name, Work<T> work) throws IOException, InterruptedException {
        try (Task<T> task = Task.start(name, () -> unlessClosed(work))) {
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
    private <T> T unlessClosed(Work<T> work) throws IOException, InterruptedException {
        if (closed) {
            throw KeboolaException.clientClosed();
        }
        try {
            return work.call();
        } catch (InterruptedException | IOException | KeboolaException e) {
            if (closed) {
                throw KeboolaException.clientClosed();
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
