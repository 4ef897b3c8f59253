// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Due once the interval has passed since the last start. */
record Every(Duration interval) implements Schedule {
    /** A leap year. */
    static final Duration LONGEST = Duration.ofDays(366);

    @Override
    public Instant next(Instant after) {
        return after.plus(interval);
    }

    @Override
    public Optional<Instant> latest(Instant until) {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return interval.toMinutesPart() == 0
                ? "every " + interval.toHours() + "h"
                : "every " + interval.toMinutes() + "m";
    }
}
