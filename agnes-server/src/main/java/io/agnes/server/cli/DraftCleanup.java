// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.file.FileDraft;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Removes a draft when the process receives SIGTERM or SIGINT: interrupts the thread that created this object, waits up
 * to ten seconds until that thread has closed the draft, and otherwise removes the draft itself. The process then ends
 * with exit code 143 or 130.
 */
final class DraftCleanup implements AutoCloseable {
    private static final long LONGEST_SECONDS = 10;

    private final Thread worker = Thread.currentThread();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final FileDraft draft;
    private final Thread hook = new Thread(this::clean, "draft-cleanup");

    private DraftCleanup(FileDraft draft) {
        this.draft = draft;
    }

    static DraftCleanup removing(FileDraft draft) {
        DraftCleanup cleanup = new DraftCleanup(draft);
        Runtime.getRuntime().addShutdownHook(cleanup.hook);
        return cleanup;
    }

    private void clean() {
        worker.interrupt();
        try {
            if (!closed.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                draft.close();
            }
        } catch (IOException | InterruptedException e) {
            System.getLogger(DraftCleanup.class.getName())
                    .log(System.Logger.Level.WARNING, "a draft is left beside " + draft.path(), e);
        }
    }

    /** Reports that the draft is closed. */
    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook is running already.
        }
    }
}
