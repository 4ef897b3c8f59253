// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.AgnesException.Kind;
import io.agnes.core.table.Schedule;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The last attempt to sync a table, by the scheduler or a user.
 *
 * @param startedAt when the run of the attempt started
 * @param endedAt when the outcome was stored; null while there is none, and if the run was cancelled before
 * @param backoff includes this attempt once it has ended
 */
public record LastAttempt(Instant startedAt, @Nullable Instant endedAt, Backoff backoff) {
    /** A run that includes the table has started. */
    public static LastAttempt started(Optional<LastAttempt> before, Instant at) {
        return new LastAttempt(at, null, before.map(LastAttempt::backoff).orElse(Backoff.NONE));
    }

    /** The run has stored the outcome of the table. */
    public LastAttempt ended(TableOutcome outcome, Instant at) {
        return new LastAttempt(startedAt, at, backoff.after(outcome));
    }

    /** The process ended before the table did. This counts as a failure, so that a table that crashes the process backs off. */
    public LastAttempt interrupted(Instant at) {
        return new LastAttempt(startedAt, at, backoff.failed(Kind.LIMIT));
    }

    /**
     * Whether the scheduler should sync the table now. After a failure the backoff alone decides, which may be sooner or later
     * than the schedule.
     */
    public boolean isDue(Schedule schedule, Instant now) {
        if (backoff.failures() > 0) {
            return backoff.isOver(endedAt == null ? startedAt : endedAt, now);
        }
        return schedule.isDue(Optional.of(startedAt), now);
    }
}
