// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.AgnesException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A few platform threads that make native calls, as such a call holds its thread. At most {@value #WAITING} calls wait. */
final class CallThreads {
    static final int WAITING = 1000;

    private final ExecutorService threads;

    CallThreads(String name, int count) {
        this.threads = new ThreadPoolExecutor(
                count,
                count,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                Thread.ofPlatform().daemon().name(name, 0).factory());
    }

    /**
     * Makes the call and waits for its result. An interrupt of the caller stays set and ends nothing: a call is short, and its
     * outcome must be known.
     *
     * @throws RegistryException if the call failed, too many calls wait, or the threads have ended
     */
    <T extends @Nullable Object> T call(Callable<T> call) {
        Future<T> result;
        try {
            result = threads.submit(call);
        } catch (RejectedExecutionException e) {
            throw isClosed() ? RegistryException.closed() : RegistryException.busy(WAITING);
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof AgnesException known ? known : RegistryException.failed(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Makes the call later; false if too many calls wait or the threads have ended. */
    boolean later(Runnable call) {
        try {
            threads.execute(call);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    boolean isClosed() {
        return threads.isShutdown();
    }

    /** Takes no more calls. Those that wait are still made. */
    void close() {
        threads.shutdown();
    }

    /** Waits for the end of all calls; false if that takes longer. */
    boolean awaitEnd(Duration longest) throws InterruptedException {
        return threads.awaitTermination(longest.toMillis(), TimeUnit.MILLISECONDS);
    }
}
