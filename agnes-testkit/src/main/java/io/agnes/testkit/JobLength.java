// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Duration;

/** When a job ends. */
sealed interface JobLength {
    /** After so many polls that said it had not. */
    record Polls(int count) implements JobLength {}

    /** After a time by the fake's clock, however often it is asked. */
    record Lasts(Duration time) implements JobLength {}

    record Endless() implements JobLength {}
}
