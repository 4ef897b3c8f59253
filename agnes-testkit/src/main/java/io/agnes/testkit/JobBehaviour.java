// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Duration;

/** The scripted course of one export job. A job without a script succeeds after the fake's number of polls or time. */
public sealed interface JobBehaviour {

    /**
     * Succeeds after a number of polls.
     *
     * @param polls the number of polls that answer {@code waiting} or {@code processing}; 0 to 1,000,000
     */
    record Succeeds(int polls) implements JobBehaviour {
        public Succeeds {
            if (polls < 0 || polls > 1_000_000) {
                throw new IllegalArgumentException("polls must be 0 to 1,000,000, not " + polls);
            }
        }
    }

    /**
     * Succeeds after a time by the fake's clock, independent of the number of polls.
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

    /** Has succeeded in the response to the POST. */
    record EndsAtOnce() implements JobBehaviour {}

    /** Ends as {@code error} with a complete error object. */
    record Fails(String code, String message) implements JobBehaviour {}

    /** Ends as {@code error} without an error object. */
    record FailsWithoutError() implements JobBehaviour {}

    /** Ends as {@code error} with an object as its message. */
    record FailsWithOddMessage() implements JobBehaviour {}

    /** Stays {@code processing}. */
    record NeverEnds() implements JobBehaviour {}

    /**
     * Ends as {@code success} without a file.
     *
     * @param results the JSON of {@code results}: {@code null}, {@code []} or {@code {}}
     */
    record SucceedsWithoutFile(String results) implements JobBehaviour {}

    /** Has an unknown status for some polls, then succeeds. */
    record Says(String status, int polls) implements JobBehaviour {}

    /** Succeeds with the ids of job and file as JSON strings. */
    record SucceedsWithTextIds() implements JobBehaviour {}
}
