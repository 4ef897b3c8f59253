// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Time;
import java.time.Duration;

/**
 * Tells a connection that brings a byte now and then, so that no silence is ever long, from one that works: within each
 * window at least so many bytes must come. For one thread.
 */
final class Trickle {
    private final Time time;
    private final Duration window;
    private final int leastBytes;
    private long windowStart;
    private long bytes;

    /** @param leastBytes within each window */
    Trickle(Time time, Duration window, int leastBytes) {
        this.time = time;
        this.window = window;
        this.leastBytes = leastBytes;
        this.windowStart = time.nanos();
    }

    /** Counts what came; true if a window has ended with too little. */
    boolean tooSlow(int count) {
        bytes += count;
        if (bytes >= leastBytes) {
            bytes = 0;
            windowStart = time.nanos();
            return false;
        }
        return time.since(windowStart).compareTo(window) >= 0;
    }
}
