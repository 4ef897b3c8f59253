// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.assembly.AssemblyProgress;

/** Receives the progress of an export; called from several threads, and must return at once. */
public interface ExportProgress extends AssemblyProgress {
    /**
     * How many slices have arrived.
     *
     * @param total slices of the export
     */
    default void slices(int done, int total) {}

    /** Reports {@link #slices}. */
    @Override
    default void parts(int done, int total) {
        slices(done, total);
    }
}
