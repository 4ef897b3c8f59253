// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The progress of one table in the current run.
 *
 * @param phase of its source, in a word or two
 * @param bytes received
 * @param totalBytes in all, or -1 while unknown
 * @param rows of the table, or -1 while unknown
 */
public record TableProgress(String phase, long bytes, long totalBytes, long rows) {
    private static final TableProgress BEGUN = new TableProgress("starting", 0, -1, -1);

    /** Keeps the latest progress. Safe for use by several threads. */
    static final class Meter implements SyncProgress {
        private final AtomicReference<TableProgress> now = new AtomicReference<>(BEGUN);

        @Override
        public void phase(String phase) {
            now.updateAndGet(before -> new TableProgress(phase, before.bytes(), before.totalBytes(), before.rows()));
        }

        @Override
        public void bytes(long done, long total) {
            now.updateAndGet(before -> new TableProgress(before.phase(), done, total, before.rows()));
        }

        @Override
        public void rows(long rows) {
            now.updateAndGet(before -> new TableProgress(before.phase(), before.bytes(), before.totalBytes(), rows));
        }

        TableProgress now() {
            return now.get();
        }
    }
}
