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
 * One exchange with a server, in a thread of its own that is interrupted when too little comes. It is a virtual one:
 * there an interrupt closes the socket that it waits on, also while it connects, shakes hands or reads a head that drips.
 */
final class WatchedExchange {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    /** The exchange itself. */
    interface Work<T> {
        /** @param arrived is told how many bytes of the body came */
        T run(LongConsumer arrived) throws IOException;
    }

    private final Patience patience;
    private final Time time;

    WatchedExchange(Patience patience, Time time) {
        this.patience = patience;
        this.time = time;
    }

    /** Without a bound for the whole of it. */
    <T> T run(Work<T> work) throws IOException {
        return run(work, Duration.ofNanos(Long.MAX_VALUE));
    }

    /** @throws LostException if too little came, or the work took longer than that, or the connection broke */
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
                if (bytes - marked >= patience.leastBytes()) {
                    marked = bytes;
                    markedAt = time.nanos();
                } else if (time.since(markedAt).compareTo(patience.silence()) > 0) {
                    throw LostException.stalled(bytes, patience);
                }
                if (time.since(start).compareTo(longest) > 0) {
                    throw LostException.tooLong(patience);
                }
            } catch (ExecutionException e) {
                throw failure(e.getCause() == null ? e : e.getCause());
            }
        }
    }

    /** A failure of this machine's disk stays what it is; all else is the connection's. */
    private IOException failure(Throwable cause) {
        return switch (cause) {
            case CommandException known -> throw known;
            case MalformedException known -> throw known;
            case Error error -> throw error;
            case LocalException local -> local.disk();
            case UncheckedIOException io -> LostException.of(io, patience);
            default -> LostException.of(cause, patience);
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

    /** Carries what the disk said through code that takes every {@link IOException} for the connection's. */
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
