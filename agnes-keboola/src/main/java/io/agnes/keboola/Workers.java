package io.agnes.keboola;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A few virtual threads that share a list of work, taken in order. */
final class Workers {
    private Workers() {}

    /** One piece of work. */
    @FunctionalInterface
    interface Work {
        /** Does the piece of that index. */
        void run(int index) throws IOException, InterruptedException;
    }

    /**
     * Does all of it and returns when nobody works any more. The first failure interrupts the others and is thrown; so
     * does an interrupt of the caller.
     *
     * @param atOnce threads at most
     * @param count of pieces
     */
    static void run(int atOnce, int count, Work work) throws IOException, InterruptedException {
        Crew crew = new Crew(count, work);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Math.min(atOnce, count); i++) {
            threads.add(Thread.ofVirtual().name("keboola-slice-" + i).unstarted(crew));
        }
        crew.threads = threads;
        threads.forEach(Thread::start);
        join(threads, crew);
        crew.rethrow();
    }

    private static void join(List<Thread> threads, Crew crew) throws InterruptedException {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    crew.stop(e);
                }
            }
        }
        if (interrupted) {
            throw new InterruptedException("downloading");
        }
    }

    private static final class Crew implements Runnable {
        private final int count;
        private final Work work;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private volatile List<Thread> threads = List.of();

        Crew(int count, Work work) {
            this.count = count;
            this.work = work;
        }

        @Override
        public void run() {
            try {
                for (int i = next.getAndIncrement(); i < count && failure.get() == null; i = next.getAndIncrement()) {
                    work.run(i);
                }
            } catch (Throwable e) {
                stop(e);
            }
        }

        /** Only the first failure counts: it causes the others. */
        void stop(Throwable e) {
            if (failure.compareAndSet(null, e)) {
                threads.forEach(Thread::interrupt);
            }
        }

        void rethrow() throws IOException, InterruptedException {
            switch (failure.get()) {
                case null -> {}
                case IOException e -> throw e;
                case InterruptedException e -> throw e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }
}
