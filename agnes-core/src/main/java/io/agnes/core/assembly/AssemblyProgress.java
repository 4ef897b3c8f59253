// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.assembly;

import io.agnes.core.sync.SyncProgress;

/** Receives the progress of an assembly; called from several threads, and must return at once. */
public interface AssemblyProgress extends SyncProgress {
    /** The listener itself if it is interested in parts and rates, or one that passes on the rest. */
    static AssemblyProgress of(SyncProgress progress) {
        return progress instanceof AssemblyProgress all ? all : new PlainProgress(progress);
    }

    /**
     * How many parts have arrived.
     *
     * @param total parts of the file
     */
    default void parts(int done, int total) {}

    /** How fast bytes arrived in the last second or so; called about once a second while they do. */
    default void rate(long bytesPerSecond) {}
}
