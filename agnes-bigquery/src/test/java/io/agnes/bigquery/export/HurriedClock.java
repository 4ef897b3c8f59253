// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.core.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that sleeps by advancing, and records the durations. */
final class HurriedClock implements Time {
    private final List<Duration> waits = new CopyOnWriteArrayList<>();
    private final AtomicLong ahead = new AtomicLong();

    @Override
    public Instant now() {
        return Instant.now().plusNanos(ahead.get());
    }

    @Override
    public long nanos() {
        return System.nanoTime() + ahead.get();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        waits.add(duration);
        ahead.addAndGet(duration.toNanos());
    }

    void advance(Duration duration) {
        ahead.addAndGet(duration.toNanos());
    }

    List<Duration> waits() {
        return waits;
    }
}
