// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.file.FileDraft;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a signal to end (SIGTERM, SIGINT) remove a draft: interrupts the thread that made this, waits until it has let go
 * of the draft, and removes what is left. The process then ends as the signal says, 143 or 130.
 */
final class EndInOrder implements AutoCloseable {
    private static final long LONGEST_SECONDS = 10;

    private final Thread worker = Thread.currentThread();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final FileDraft draft;
    private final Thread hook = new Thread(this::end, "end in order");

    private EndInOrder(FileDraft draft) {
        this.draft = draft;
    }

    static EndInOrder removing(FileDraft draft) {
        EndInOrder ending = new EndInOrder(draft);
        Runtime.getRuntime().addShutdownHook(ending.hook);
        return ending;
    }

    private void end() {
        worker.interrupt();
        try {
            if (!closed.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                draft.close();
            }
        } catch (IOException | InterruptedException e) {
            System.getLogger(EndInOrder.class.getName())
                    .log(System.Logger.Level.WARNING, "a draft is left beside " + draft.path(), e);
        }
    }

    /** Says that the draft is gone. */
    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already, by that hook.
        }
    }
}
