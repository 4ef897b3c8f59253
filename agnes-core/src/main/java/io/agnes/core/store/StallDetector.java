// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import io.agnes.core.Time;
import java.time.Duration;

/**
 * Detects a connection that has stalled although it sends a byte now and then: within each window a least number of bytes must
 * arrive. For one thread.
 */
public final class StallDetector {
    private final Time time;
    private final Duration window;
    private final int leastBytes;
    private long windowStart;
    private long bytes;

    /**
     * A detector whose first window begins now.
     *
     * @param leastBytes within each window
     */
    public StallDetector(Time time, Duration window, int leastBytes) {
        this.time = time;
        this.window = window;
        this.leastBytes = leastBytes;
        this.windowStart = time.nanos();
    }

    /** Counts bytes that arrived; true if a window has ended with too few. */
    public boolean stalled(int count) {
        bytes += count;
        if (bytes >= leastBytes) {
            bytes = 0;
            windowStart = time.nanos();
            return false;
        }
        return time.since(windowStart).compareTo(window) >= 0;
    }
}
