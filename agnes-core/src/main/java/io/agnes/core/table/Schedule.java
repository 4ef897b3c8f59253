// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a table is due, in UTC.
 *
 * <pre>
 * every 15m               15 minutes after the last start; m or h, up to 8784h
 * every 2h
 * 0                       always
 * daily 07:30,19:30       at those times of day
 * cron 0 5 * * mon-fri    minute, hour, day of month, month, day of week
 * </pre>
 *
 * <p>A field of cron is {@code *}, {@code *}{@code /step}, or a list of numbers, ranges and {@code range/step}; months
 * and days of week have names of three letters, ignoring case, and Sunday is 0 or 7. If neither the day of month nor the day
 * of week begins with {@code *}, a day has to match one of them, else both. A schedule that matches no day is refused.
 *
 * <p>One run catches up on any number of missed slots: a table is due if at least one slot lies after its last start. After
 * a clock was set back, the last start may lie in the future. It counts as it is, so that no slot is served twice, unless it
 * is ahead by the interval of {@code every} or more, or by a day or more for other schedules: then the table is due at once.
 *
 * <p>Two schedules are equal if their canonical texts are.
 */
public sealed interface Schedule permits Always, Every, Slots {
    /**
     * Parses a schedule.
     *
     * @throws io.agnes.core.CoreException code {@code schedule_invalid}, naming the field, what was expected and found
     */
    static Schedule parse(String text) {
        return ScheduleText.parse(text);
    }

    /** When a table becomes due that was last started at this time: the first slot after it. */
    Instant next(Instant after);

    /** The last slot up to this time; empty for {@code every} and {@code 0}, which have no slots. */
    Optional<Instant> latest(Instant until);

    /**
     * Whether a table is due.
     *
     * @param lastStart of a run that included the table; empty before the first
     */
    default boolean isDue(Optional<Instant> lastStart, Instant now) {
        return lastStart.isEmpty()
                || !next(lastStart.get()).isAfter(now)
                || !lastStart.get().minus(farthestAhead()).isBefore(now);
    }

    private Duration farthestAhead() {
        return switch (this) {
            case Always always -> Duration.ZERO;
            case Every every -> every.interval();
            case Slots slots -> Duration.ofDays(1);
        };
    }

    /** The canonical text, accepted by {@link #parse}. */
    @Override
    String toString();
}
