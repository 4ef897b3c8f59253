// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Work that ignores its first interrupt, as some libraries do, and ends at the second. */
final class Stubborn {
    private final AtomicInteger ended = new AtomicInteger();
    private final CountDownLatch waiting;

    /** @param expected the number of threads that {@link #awaitWaiting} waits for */
    Stubborn(int expected) {
        this.waiting = new CountDownLatch(expected);
    }

    void work() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        waiting.countDown();
        try {
            never.await();
        } catch (InterruptedException swallowed) {
            try {
                never.await();
            } finally {
                ended.incrementAndGet();
            }
        }
    }

    void awaitWaiting() throws InterruptedException {
        waiting.await();
    }

    int ended() {
        return ended.get();
    }
}
