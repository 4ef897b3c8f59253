// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import io.agnes.core.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. Sleeping moves it as well. */
public final class ManualTime implements Time {
    private final AtomicReference<Instant> now;

    public ManualTime(Instant now) {
        this.now = new AtomicReference<>(now);
    }

    public void advance(Duration duration) {
        now.updateAndGet(before -> before.plus(duration));
    }

    @Override
    public Instant now() {
        return now.get();
    }

    @Override
    public long nanos() {
        return Duration.between(Instant.EPOCH, now.get()).toNanos();
    }

    @Override
    public void sleep(Duration duration) {
        advance(duration);
    }
}
