// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Runs one exchange with a server in its own thread, and interrupts it when too few bytes arrive. The thread is
 * virtual, because an interrupt of a virtual thread closes the socket that it waits on, also during the connect, the
 * TLS handshake and a slow header.
 */
final class WatchedExchange {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    /** The code of the exchange. */
    interface Work<T> {
        /** @param arrived receives the number of bytes of the body as they arrive */
        T run(LongConsumer arrived) throws IOException;
    }

    private final ExchangeLimits limits;
    private final Time time;

    WatchedExchange(ExchangeLimits limits, Time time) {
        this.limits = limits;
        this.time = time;
    }

    /** Runs the exchange without a limit on its total time. */
    <T> T run(Work<T> work) throws IOException {
        return run(work, Duration.ofNanos(Long.MAX_VALUE));
    }

    /**
     * Runs the exchange.
     *
     * @param longest the longest total time
     * @throws ExchangeException if too few bytes arrived, the time ran out or the connection failed
     */
    <T> T run(Work<T> work, Duration longest) throws IOException {
        AtomicLong arrived = new AtomicLong();
        FutureTask<T> task = new FutureTask<>(() -> work.run(arrived::addAndGet));
        Thread thread = Thread.ofVirtual().name("exchange").start(task);
        try {
            return await(task, arrived, longest);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandException.interrupted();
        } finally {
            end(thread);
        }
    }

    private <T> T await(FutureTask<T> task, AtomicLong arrived, Duration longest)
            throws IOException, InterruptedException {
        long start = time.nanos();
        long markedAt = start;
        long marked = 0;
        while (true) {
            try {
                return task.get(BETWEEN_LOOKS.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException notYet) {
                long bytes = arrived.get();
                if (bytes - marked >= limits.leastBytes()) {
                    marked = bytes;
                    markedAt = time.nanos();
                } else if (time.since(markedAt).compareTo(limits.silence()) > 0) {
                    throw ExchangeException.stalled(bytes, limits);
                }
                if (time.since(start).compareTo(longest) > 0) {
                    throw ExchangeException.tooLong(limits);
                }
            } catch (ExecutionException e) {
                throw failure(e.getCause() == null ? e : e.getCause());
            }
        }
    }

    /** Returns a local disk error as it is, and every other failure as a failure of the connection. */
    private IOException failure(Throwable cause) {
        return switch (cause) {
            case CommandException known -> throw known;
            case MalformedException known -> throw known;
            case Error error -> throw error;
            case LocalException local -> local.disk();
            case UncheckedIOException io -> ExchangeException.of(io, limits);
            default -> ExchangeException.of(cause, limits);
        };
    }

    private static void end(Thread thread) {
        thread.interrupt();
        try {
            thread.join(LONGEST_END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Carries a local disk error through library code that treats every {@link IOException} as a failure of the
     * connection.
     */
    static final class LocalException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final IOException disk;

        LocalException(IOException disk) {
            super(disk);
            this.disk = disk;
        }

        IOException disk() {
            return disk;
        }
    }
}
