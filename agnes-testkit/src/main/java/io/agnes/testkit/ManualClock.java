// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A UTC clock that a test moves. Safe for use by several threads. */
public final class ManualClock extends Clock {
    private final Clock base;
    private final ZoneId zone;
    private final AtomicReference<Duration> ahead;

    private ManualClock(Clock base, ZoneId zone, AtomicReference<Duration> ahead) {
        this.base = base;
        this.zone = zone;
        this.ahead = ahead;
    }

    /** A clock that stands still until it is advanced. */
    public static ManualClock standingAt(Instant instant) {
        return new ManualClock(
                Clock.fixed(instant, ZoneOffset.UTC), ZoneOffset.UTC, new AtomicReference<>(Duration.ZERO));
    }

    /** A clock that runs with the system's clock and can be moved relative to it. */
    public static ManualClock running() {
        return new ManualClock(Clock.systemUTC(), ZoneOffset.UTC, new AtomicReference<>(Duration.ZERO));
    }

    /** Moves this clock, and every clock made from it by {@link #withZone}, forward; a negative duration moves it back. */
    public void advance(Duration duration) {
        ahead.updateAndGet(duration::plus);
    }

    @Override
    public Instant instant() {
        return base.instant().plus(ahead.get());
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public ManualClock withZone(ZoneId zone) {
        return new ManualClock(base, zone, ahead);
    }
}
