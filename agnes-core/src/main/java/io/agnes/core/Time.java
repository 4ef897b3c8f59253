// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import java.time.Duration;
import java.time.Instant;

/**
 * The only clock and the only way to wait. Instants are for people and files; durations are measured with
 * {@link #nanos()}, which never jumps.
 */
public interface Time {
    /** This machine's time. */
    static Time system() {
        return SystemTime.INSTANCE;
    }

    /** The time of the clock, which an operator may set. */
    Instant now();

    /** A rising count of nanoseconds; the difference of two is a duration. */
    long nanos();

    /** Waits for this duration; returns at once if it is not positive. */
    void sleep(Duration duration) throws InterruptedException;

    /** The duration since {@link #nanos()} had this value. */
    default Duration since(long startNanos) {
        return Duration.ofNanos(nanos() - startNanos);
    }
}
