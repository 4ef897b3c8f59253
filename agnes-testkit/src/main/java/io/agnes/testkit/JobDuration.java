// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Duration;

/** The time until a job ends. */
sealed interface JobDuration {
    /** The job ends after this many polls. */
    record Polls(int count) implements JobDuration {}

    /** The job ends after this time by the fake's clock. */
    record Elapsed(Duration time) implements JobDuration {}

    /** The job never ends. */
    record Endless() implements JobDuration {}
}
