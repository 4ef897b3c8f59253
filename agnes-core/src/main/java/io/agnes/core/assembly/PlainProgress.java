// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.assembly;

import io.agnes.core.sync.SyncProgress;

/**
 * A listener that is not interested in parts and rates.
 *
 * @param to receives the rest
 */
record PlainProgress(SyncProgress to) implements AssemblyProgress {
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
