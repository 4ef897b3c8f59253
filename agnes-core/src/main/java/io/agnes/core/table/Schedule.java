// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a table is due, in UTC.
 *
 * <pre>
 * every 15m               once that time has passed since the last start; m or h, up to 8784h
 * every 2h
 * 0                       always
 * daily 07:30,19:30       at those times of day
 * cron 0 5 * * mon-fri    minute, hour, day of month, month, day of week
 * </pre>
 *
 * <p>A field of cron is {@code *}, {@code *}{@code /step}, or a list of numbers, ranges and {@code range/step}; months
 * and days of week have names of three letters in whatever case, and Sunday is 0 or 7. If neither the day of month nor
 * the day of week begins with {@code *}, a day that fits one of them will do, else it has to fit both. A schedule that
 * no day ever fits is refused.
 *
 * <p>Slots that nobody was there to serve are caught up by one run and not by many: a table is due if any slot has come
 * since its last start. Clocks are set, so a last start may lie in the future. It still counts as one, for no slot is
 * served twice, unless it lies ahead by the interval of {@code every} or more, or by a day or more of the others; then
 * nobody can say what it means, and the table is due at once.
 *
 * <p>Two schedules are equal if their canonical texts are.
 */
public sealed interface Schedule permits Always, Every, Slots {
    /**
     * The schedule that the text says, with spaces, names and numbers written as they may be.
     *
     * @throws io.agnes.core.CoreException code {@code schedule_invalid}, naming the field, what was expected and found
     */
    static Schedule parse(String text) {
        return ScheduleText.parse(text);
    }

    /** From when on a table is due that was last started then: the first slot later than that. */
    Instant next(Instant after);

    /** The last slot that is not later; nothing for {@code every} and {@code 0}, which follow the last start alone. */
    Optional<Instant> latest(Instant until);

    /**
     * Whether a table should be brought now.
     *
     * @param lastStart when it last began to be brought, for whatever reason; nothing if it never did
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

    /** The canonical text, which {@link #parse} takes. */
    @Override
    String toString();
}
