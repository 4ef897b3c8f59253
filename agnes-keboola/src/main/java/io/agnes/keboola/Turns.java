// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * What a client has under way at the same time, whichever exports it is for. Who comes first has the first turn. Safe for
 * use by several threads.
 */
final class Turns {
    private final Adjustable free;
    private int atOnce;

    Turns(int atOnce) {
        this.atOnce = atOnce;
        this.free = new Adjustable(atOnce);
    }

    /** Something that takes a turn. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    /** Waits for a turn, and does it. */
    <T> T take(Work<T> work) throws IOException, InterruptedException {
        free.acquire();
        try {
            return work.run();
        } finally {
            free.release();
        }
    }

    /** Another number from now on; turns that were taken go on. */
    synchronized void limit(int most) {
        free.adjust(most - atOnce);
        atOnce = most;
    }

    /** How many could be taken now. */
    int free() {
        return free.availablePermits();
    }

    private static final class Adjustable extends Semaphore {
        private static final long serialVersionUID = 1L;

        Adjustable(int permits) {
            super(permits, true);
        }

        void adjust(int change) {
            if (change > 0) {
                release(change);
            } else {
                reducePermits(-change);
            }
        }
    }
}
