// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import io.agnes.core.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The time of this machine, where pauses are noted and not waited for. */
public final class HurriedTime implements Time {
    private final List<Duration> pauses = new CopyOnWriteArrayList<>();

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        pauses.add(duration);
    }

    /** The pauses so far. */
    public List<Duration> pauses() {
        return List.copyOf(pauses);
    }
}
