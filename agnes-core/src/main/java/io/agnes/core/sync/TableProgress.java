// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import java.util.concurrent.atomic.AtomicReference;

/**
 * How far one table of the run at work is.
 *
 * @param phase what its source does now, in a word or two
 * @param bytes that have arrived
 * @param totalBytes to come in all, or -1 while unknown
 * @param rows that the table will have, or -1 while unknown
 */
public record TableProgress(String phase, long bytes, long totalBytes, long rows) {
    private static final TableProgress BEGUN = new TableProgress("starting", 0, -1, -1);

    /** Keeps the latest; told by several threads. */
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
