// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import java.time.Duration;
import java.util.List;

/**
 * The end of threads that somebody waits for. They are told again and again: a library may swallow an interrupt, and a
 * command may begin just after the one before it was cancelled.
 */
public final class Ending {
    private static final Duration AGAIN = Duration.ofMillis(100);

    private Ending() {}

    /** Interrupts them until they have ended. Interrupts of the caller meanwhile are taken for the one that led here. */
    public static void of(List<Thread> threads) {
        for (Thread thread : threads) {
            of(thread, () -> threads.forEach(Thread::interrupt));
        }
    }

    /** Tells it until it has ended. */
    public static void of(Thread thread, Runnable tell) {
        while (thread.isAlive()) {
            tell.run();
            try {
                thread.join(AGAIN);
            } catch (InterruptedException e) {
                // Of the same mind.
            }
        }
    }
}
