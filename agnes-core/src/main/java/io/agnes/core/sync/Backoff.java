// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.AgnesException.Kind;
import io.agnes.core.Problems;
import java.time.Duration;
import java.time.Instant;

/**
 * The delay before the scheduler retries a table that keeps failing: 1, 2, 4, 8, 16, 32, then 60 minutes. Runs that a user
 * starts ignore it.
 *
 * @param failures in a row
 * @param permanent whether the last failure needs a person to act; it delays like the others
 */
public record Backoff(int failures, boolean permanent) {
    /** No delay: the last attempt did not fail. */
    public static final Backoff NONE = new Backoff(0, false);

    private static final Duration LONGEST = Duration.ofMinutes(60);
    private static final int DOUBLINGS = 6;

    /** @throws IllegalArgumentException if the failures are negative, or permanent without a failure */
    public Backoff {
        new Problems("backoff")
                .require(failures >= 0, "failures must be 0 or more")
                .require(failures > 0 || !permanent, "permanent needs a failure")
                .throwIfAny();
    }

    /** Grows after a failure, resets after a success, and stays after a skipped attempt. */
    public Backoff after(TableOutcome outcome) {
        return switch (outcome) {
            case TableOutcome.Failed failed -> failed(failed.kind());
            case TableOutcome.Skipped skipped -> this;
            case TableOutcome.Published published -> NONE;
            case TableOutcome.Unchanged unchanged -> NONE;
            case TableOutcome.RefusedEmpty refused -> NONE;
        };
    }

    /** The backoff after one more failure. */
    public Backoff failed(Kind kind) {
        return new Backoff(failures == Integer.MAX_VALUE ? failures : failures + 1, kind == Kind.SOURCE_FINAL);
    }

    /** The delay, counted from the end of the last failure; zero without a failure. */
    public Duration delay() {
        if (failures == 0) {
            return Duration.ZERO;
        }
        return failures > DOUBLINGS ? LONGEST : Duration.ofMinutes(1L << (failures - 1));
    }

    /** Whether the delay has passed. A failure in the future, after the clock was set back, causes no delay. */
    public boolean isOver(Instant lastFailure, Instant now) {
        return Duration.between(lastFailure, now).abs().compareTo(delay()) >= 0;
    }
}
