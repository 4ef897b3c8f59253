// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Limits a stream of bytes to a rate. It sends about twenty portions a second, so that bytes arrive evenly. */
final class RateLimiter {
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int PORTIONS_PER_SECOND = 20;

    private final long bytesPerSecond;
    private final CountDownLatch closing;
    private final long start = System.nanoTime();
    private long sent;

    /** @param closing ends every wait when it reaches 0 */
    RateLimiter(long bytesPerSecond, CountDownLatch closing) {
        this.bytesPerSecond = bytesPerSecond;
        this.closing = closing;
    }

    static int portion(long bytesPerSecond, int mostBytes) {
        return (int) Math.max(1, Math.min(mostBytes, bytesPerSecond / PORTIONS_PER_SECOND));
    }

    /**
     * Waits until the rate allows these bytes.
     *
     * @return false if the fake is closing
     */
    boolean await(int bytes) throws InterruptedException {
        sent += bytes;
        long due = start + (long) ((double) sent / bytesPerSecond * NANOS);
        return !closing.await(due - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
}
