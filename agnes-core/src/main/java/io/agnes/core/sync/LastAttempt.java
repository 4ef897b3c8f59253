// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.AgnesException.Kind;
import io.agnes.core.table.Schedule;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the scheduler needs to know of the last time that a table was to be brought, whoever asked for it.
 *
 * @param startedAt when the run started that was to bring it
 * @param endedAt when its outcome was known; null while there is none, and for good if the run was cancelled before
 * @param backoff with this attempt counted, if it ended
 */
public record LastAttempt(Instant startedAt, @Nullable Instant endedAt, Backoff backoff) {
    /** A run has started that is to bring the table. */
    public static LastAttempt started(Optional<LastAttempt> before, Instant at) {
        return new LastAttempt(at, null, before.map(LastAttempt::backoff).orElse(Backoff.NONE));
    }

    /** The run has stored what became of the table. */
    public LastAttempt ended(TableOutcome outcome, Instant at) {
        return new LastAttempt(startedAt, at, backoff.after(outcome));
    }

    /** The process ended before the table did. A failure: a table that takes the process down is not tried at every start. */
    public LastAttempt interrupted(Instant at) {
        return new LastAttempt(startedAt, at, backoff.failed(Kind.LIMIT));
    }

    /**
     * Whether the scheduler should bring the table now. While it fails, its slot stays open and the backoff alone says
     * when to try again, sooner than the schedule or later.
     */
    public boolean isDue(Schedule schedule, Instant now) {
        if (backoff.failures() > 0) {
            return backoff.isOver(endedAt == null ? startedAt : endedAt, now);
        }
        return schedule.isDue(Optional.of(startedAt), now);
    }
}
