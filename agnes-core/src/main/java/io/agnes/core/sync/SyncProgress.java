// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

/** Receives the progress of a source from several threads. Each method must return at once. */
public interface SyncProgress {
    /** Ignores the progress. */
    SyncProgress NONE = new SyncProgress() {};

    /** The current phase in a word or two: {@code exporting}, {@code downloading}. */
    default void phase(String phase) {}

    /**
     * The progress of the download.
     *
     * @param done bytes received
     * @param total bytes in all, or -1 while unknown
     */
    default void bytes(long done, long total) {}

    /** The number of rows of the table, as soon as it is known; called a few times at most. */
    default void rows(long rows) {}
}
