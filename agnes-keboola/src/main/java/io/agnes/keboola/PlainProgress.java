// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.sync.SyncProgress;

/**
 * A listener that hears less than there is to tell.
 *
 * @param to who listens
 */
record PlainProgress(SyncProgress to) implements ExportProgress {
    /** The listener itself if it listens to all of it. */
    static ExportProgress of(SyncProgress progress) {
        return progress instanceof ExportProgress all ? all : new PlainProgress(progress);
    }

    @Override
    public void phase(String phase) {
        to.phase(phase);
    }

    @Override
    public void bytes(long done, long total) {
        to.bytes(done, total);
    }

    @Override
    public void rows(long rows) {
        to.rows(rows);
    }
}
