// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Duration;

/** How one export job goes. A job asked for while nothing is scripted succeeds after the fake's usual polls or time. */
public sealed interface JobBehaviour {

    /** @param polls how many polls answer {@code waiting} or {@code processing} before the end; 0 to 1,000,000 */
    record Succeeds(int polls) implements JobBehaviour {
        public Succeeds {
            if (polls < 0 || polls > 1_000_000) {
                throw new IllegalArgumentException("polls must be 0 to 1,000,000, not " + polls);
            }
        }
    }

    /**
     * Succeeds after a time by the fake's clock, however often it is asked.
     *
     * @param time not negative
     */
    record Takes(Duration time) implements JobBehaviour {
        public Takes {
            if (time.isNegative()) {
                throw new IllegalArgumentException("time must not be negative, not " + time);
            }
        }
    }

    /** The answer to the POST is already terminal. */
    record EndsAtOnce() implements JobBehaviour {}

    /** Ends as {@code error} with a full error object. */
    record Fails(String code, String message) implements JobBehaviour {}

    /** Ends as {@code error} without an error object. */
    record FailsWithoutError() implements JobBehaviour {}

    /** Ends as {@code error} whose message is an object, not a text. */
    record FailsWithOddMessage() implements JobBehaviour {}

    /** Stays {@code processing} for ever. */
    record NeverEnds() implements JobBehaviour {}

    /**
     * Ends as {@code success} without a file.
     *
     * @param results what stands in its place, as JSON: {@code null}, {@code []} or {@code {}}
     */
    record SucceedsWithoutFile(String results) implements JobBehaviour {}

    /** Says a status nobody has heard of for some polls, then succeeds. */
    record Says(String status, int polls) implements JobBehaviour {}

    /** Succeeds; the ids of job and file are JSON strings. */
    record SucceedsWithTextIds() implements JobBehaviour {}
}
