// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Ending;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
        int size = Math.min(atOnce, count);
        Crew crew = new Crew(size, count, work);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            threads.add(Thread.ofVirtual().name("keboola-slice-" + i).start(crew));
        }
        try {
            crew.await();
        } finally {
            // Whoever is left has nothing to do, or is not to do it.
            Ending.of(threads);
        }
        crew.rethrow();
    }

    private static final class Crew implements Runnable {
        private final int count;
        private final Work work;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        /** One for each thread; all at once after a failure. */
        private final CountDownLatch working;

        Crew(int size, int count, Work work) {
            this.count = count;
            this.work = work;
            this.working = new CountDownLatch(size);
        }

        void await() throws InterruptedException {
            try {
                working.await();
            } catch (InterruptedException e) {
                stop(e);
                throw e;
            }
        }

        @Override
        public void run() {
            try {
                for (int i = next.getAndIncrement(); i < count && failure.get() == null; i = next.getAndIncrement()) {
                    work.run(i);
                }
                working.countDown();
            } catch (Throwable e) {
                stop(e);
            }
        }

        /** Only the first failure counts: it causes the others. */
        void stop(Throwable e) {
            failure.compareAndSet(null, e);
            while (working.getCount() > 0) {
                working.countDown();
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
