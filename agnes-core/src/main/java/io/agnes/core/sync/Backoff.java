// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.AgnesException.Kind;
import io.agnes.core.Problems;
import java.time.Duration;
import java.time.Instant;

/**
 * How long the scheduler leaves a table alone that keeps failing: 1, 2, 4, 8, 16, 32, then 60 minutes. Whoever starts a
 * run by hand does not ask it.
 *
 * @param failures in a row
 * @param permanent whether the last of them will not pass by itself; it counts like the others, but somebody should know
 */
public record Backoff(int failures, boolean permanent) {
    /** Of a table that did not fail last. */
    public static final Backoff NONE = new Backoff(0, false);

    private static final Duration LONGEST = Duration.ofMinutes(60);
    private static final int DOUBLINGS = 6;

    /** @throws IllegalArgumentException if there are fewer failures than none, or none that is permanent */
    public Backoff {
        new Problems("backoff")
                .require(failures >= 0, "failures must be 0 or more")
                .require(failures > 0 || !permanent, "permanent needs a failure")
                .throwIfAny();
    }

    /** What it is after this outcome: more after a failure, none after an answer, the same if nothing was tried. */
    public Backoff after(TableOutcome outcome) {
        return switch (outcome) {
            case TableOutcome.Failed failed -> failed(failed.kind());
            case TableOutcome.Skipped skipped -> this;
            case TableOutcome.Published published -> NONE;
            case TableOutcome.Unchanged unchanged -> NONE;
            case TableOutcome.RefusedEmpty refused -> NONE;
        };
    }

    /** What it is after one more failure. */
    public Backoff failed(Kind kind) {
        return new Backoff(failures == Integer.MAX_VALUE ? failures : failures + 1, kind == Kind.SOURCE_FINAL);
    }

    /** From the end of the last failure on; zero if there was none. */
    public Duration delay() {
        if (failures == 0) {
            return Duration.ZERO;
        }
        return failures > DOUBLINGS ? LONGEST : Duration.ofMinutes(1L << (failures - 1));
    }

    /** Whether the delay has passed. A clock that was set back, so that the failure is to come, is waited for no longer. */
    public boolean isOver(Instant lastFailure, Instant now) {
        return Duration.between(lastFailure, now).abs().compareTo(delay()) >= 0;
    }
}
