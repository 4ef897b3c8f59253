// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import io.agnes.bigquery.GoogleCloudException;
import java.time.Duration;
import java.util.Optional;

/**
 * The failure of one attempt.
 *
 * @param exception for the caller, if there is no further attempt
 * @param repeat whether a further attempt may succeed
 * @param retryAfter the pause that Google asks for
 */
record CallFailure(GoogleCloudException exception, Repeat repeat, Optional<Duration> retryAfter) {
    /** Whether a call is sent again. */
    enum Repeat {
        /** Another attempt will fail too. */
        NEVER,
        /** The call may have been carried out. */
        IF_REPEATABLE,
        /** The call was not carried out. */
        ALWAYS
    }

    static CallFailure last(GoogleCloudException exception) {
        return new CallFailure(exception, Repeat.NEVER, Optional.empty());
    }

    static CallFailure passing(GoogleCloudException exception) {
        return new CallFailure(exception, Repeat.IF_REPEATABLE, Optional.empty());
    }

    static CallFailure refused(GoogleCloudException exception, Optional<Duration> retryAfter) {
        return new CallFailure(exception, Repeat.ALWAYS, retryAfter);
    }
}
