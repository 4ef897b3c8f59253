// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import java.time.Duration;
import java.util.List;

/**
 * Ends threads. An interrupt is repeated until the thread has ended: a library may swallow one, and a command may begin just
 * after the one before it was cancelled.
 */
final class Interruption {
    private static final Duration AGAIN = Duration.ofMillis(100);

    private Interruption() {}

    /**
     * Interrupts the threads until all have ended.
     *
     * @return whether the caller was interrupted meanwhile
     */
    static boolean untilEnded(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            interrupted |= untilEnded(thread, () -> threads.forEach(Thread::interrupt));
        }
        return interrupted;
    }

    /**
     * Cancels a thread until it has ended.
     *
     * @return whether the caller was interrupted meanwhile
     */
    static boolean untilEnded(Thread thread, Runnable cancel) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            cancel.run();
            try {
                thread.join(AGAIN);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    /**
     * Cancels a thread until it has ended or the time is over.
     *
     * @return whether the caller was interrupted meanwhile
     */
    static boolean untilEnded(Thread thread, Runnable cancel, Duration longest) {
        boolean interrupted = false;
        for (Duration left = longest; thread.isAlive() && left.isPositive(); left = left.minus(AGAIN)) {
            cancel.run();
            try {
                thread.join(left.compareTo(AGAIN) < 0 ? left : AGAIN);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    /** Sets the interrupt of the caller again. */
    static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
