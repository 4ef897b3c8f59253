// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.sync.SyncProgress;

/** Told more than what every source tells; called from several threads, and must return at once. */
public interface ExportProgress extends SyncProgress {
    /**
     * How many slices have arrived.
     *
     * @param total slices of the export
     */
    default void slices(int done, int total) {}

    /** How fast bytes came in the last second or so; about once a second while they come. */
    default void rate(long bytesPerSecond) {}
}
