// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

/** Told by a source while it works; called from several threads, and must return at once. */
public interface SyncProgress {
    /** Nobody listens. */
    SyncProgress NONE = new SyncProgress() {};

    /** What the source does now, in a word or two: {@code exporting}, {@code downloading}. */
    default void phase(String phase) {}

    /**
     * How far the bytes are.
     *
     * @param done bytes that have arrived
     * @param total bytes to come in all, or -1 while unknown
     */
    default void bytes(long done, long total) {}

    /** How many rows the table will have, as soon as that is known; said at most a few times. */
    default void rows(long rows) {}
}
