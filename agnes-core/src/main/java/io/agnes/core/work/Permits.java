// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A bound on how much work runs at the same time, in the order of arrival. The bound can be changed while work runs. Safe for
 * use by several threads.
 */
public final class Permits {
    private final Adjustable free;
    private int atOnce;

    /** @param atOnce how much work may run at the same time; 1 or more */
    public Permits(int atOnce) {
        this.atOnce = requirePositive(atOnce);
        this.free = new Adjustable(atOnce);
    }

    /** Waits for a permit, does the work and gives the permit back. */
    public <T extends @Nullable Object> T call(Work<T> work) throws IOException, InterruptedException {
        free.acquire();
        try {
            return work.call();
        } finally {
            free.release();
        }
    }

    /** Waits for a permit, does the work and gives the permit back. */
    public void run(Action work) throws IOException, InterruptedException {
        free.acquire();
        try {
            work.run();
        } finally {
            free.release();
        }
    }

    /** Changes the bound. Work that has a permit goes on; a lower bound holds once enough of it has ended. */
    public synchronized void limit(int most) {
        free.adjust(requirePositive(most) - atOnce);
        atOnce = most;
    }

    /** How many permits are free; negative while more work runs than a lowered bound allows. */
    public int available() {
        return free.availablePermits();
    }

    private static int requirePositive(int atOnce) {
        if (atOnce < 1) {
            throw new IllegalArgumentException("at least one at once, not " + atOnce);
        }
        return atOnce;
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
