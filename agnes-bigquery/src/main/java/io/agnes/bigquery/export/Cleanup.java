// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.core.AgnesException;
import io.agnes.core.work.Action;
import io.agnes.core.work.Task;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Work that also an interrupted thread does, within a bound. Its failures are logged. */
final class Cleanup {
    private static final System.Logger LOG = System.getLogger(Cleanup.class.getName());

    /** Shorter than a sync waits for work that it interrupted. */
    private static final Duration LONGEST = Duration.ofSeconds(8);

    private Cleanup() {}

    /**
     * Does the work and waits for it. An interrupt of the caller stays set and ends nothing.
     *
     * @param what may be left if the work fails, for the log
     */
    static void run(String what, Action work) {
        boolean interrupted = Thread.interrupted();
        try (Task<@Nullable Void> task = Task.start("bigquery-cleanup", () -> logged(what, work))) {
            interrupted |= joined(task);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether an interrupt came meanwhile. */
    private static boolean joined(Task<?> task) {
        boolean interrupted = false;
        for (boolean waiting = true; waiting; ) {
            try {
                task.join(LONGEST);
                waiting = false;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    private static void logged(String what, Action work) throws InterruptedException {
        try {
            work.run();
        } catch (IOException | AgnesException e) {
            LOG.log(Level.WARNING, "{0} may be left: {1}", what, e.getMessage());
        }
    }
}
