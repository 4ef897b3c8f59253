// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Ending;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * The calls that run for one client, each on a virtual thread of its own, where an interrupt closes the socket that is
 * waited for. Safe for use by several threads.
 */
final class Calls implements AutoCloseable {
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Does the work and waits for it, whatever thread the caller is. An interrupt of the caller interrupts the work; then
     * too this returns only when the work has ended and touches nothing any more.
     *
     * @throws KeboolaException {@code client_closed}
     */
    <T> T call(String name, Callable<T> work) throws IOException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = Thread.ofVirtual().name(name).unstarted(task);
        running.add(thread);
        try {
            return await(thread, task);
        } finally {
            running.remove(thread);
        }
    }

    private <T> T await(Thread thread, FutureTask<T> task) throws IOException, InterruptedException {
        // After it was added: whoever closes either sees it, or is seen here.
        if (closed) {
            throw KeboolaException.clientClosed();
        }
        thread.start();
        try {
            return task.get();
        } catch (InterruptedException e) {
            Ending.of(List.of(thread));
            throw e;
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        }
    }

    private IOException rethrown(@Nullable Throwable cause) throws InterruptedException {
        return switch (cause) {
            case null -> throw new IllegalStateException();
            case IOException e -> e;
            case InterruptedException e -> throw interrupted(e);
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new IOException(cause);
        };
    }

    private InterruptedException interrupted(InterruptedException e) {
        if (closed) {
            throw KeboolaException.clientClosed();
        }
        return e;
    }

    /** Interrupts what runs and refuses what comes. */
    @Override
    public void close() {
        closed = true;
        running.forEach(Thread::interrupt);
    }
}
