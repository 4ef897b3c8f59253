// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.assembly;

import io.agnes.core.Time;
import java.time.Duration;
import java.util.OptionalLong;

/** How fast bytes arrive, measured once a second. Safe for use by several threads. */
final class ByteRate {
    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final double NANOS = WINDOW.toNanos();

    private final Time time;
    private long windowStart;
    private long bytesBefore;

    ByteRate(Time time) {
        this.time = time;
        this.windowStart = time.nanos();
    }

    /**
     * Bytes in a second, if a window has ended.
     *
     * @param done bytes that have arrived in all
     */
    synchronized OptionalLong look(long done) {
        Duration elapsed = time.since(windowStart);
        if (elapsed.compareTo(WINDOW) < 0) {
            return OptionalLong.empty();
        }
        long rate = Math.max(0, (long) ((done - bytesBefore) * NANOS / elapsed.toNanos()));
        windowStart = time.nanos();
        bytesBefore = done;
        return OptionalLong.of(rate);
    }
}
