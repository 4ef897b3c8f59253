// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import io.agnes.core.Time;
import io.agnes.core.work.Work;
import java.io.IOException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The only place that repeats a call of Google: after 429, server errors, and connections that were refused or broke. Pauses
 * double and are jittered; {@code Retry-After} counts up to a minute. An interrupt ends a pause.
 */
final class CallRetries {
    /** Attempts of one call in all. */
    static final int ATTEMPTS = 6;

    static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

    private final Duration budget;
    private final FailureMapping mapping;
    private final Time time;
    private final RandomGenerator random;

    /** @param budget for all pauses between the attempts of one call */
    CallRetries(Duration budget, FailureMapping mapping, Time time, RandomGenerator random) {
        this.budget = budget;
        this.mapping = mapping;
        this.time = time;
        this.random = random;
    }

    /** @throws io.agnes.bigquery.GoogleCloudException if the last attempt failed */
    <T extends @Nullable Object> T call(Operation operation, Work<T> work) throws InterruptedException {
        Duration waited = Duration.ZERO;
        for (int attempt = 1; ; attempt++) {
            CallFailure failure;
            try {
                return work.call();
            } catch (IOException | RuntimeException e) {
                failure = mapping.of(operation, e);
            }
            Duration pause = failure.retryAfter().orElse(pause(attempt));
            waited = waited.plus(pause);
            if (attempt >= attempts(operation, failure) || waited.compareTo(budget) > 0) {
                throw failure.exception();
            }
            time.sleep(pause);
        }
    }

    private static int attempts(Operation operation, CallFailure failure) {
        return switch (failure.repeat()) {
            case NEVER -> 1;
            case IF_REPEATABLE -> operation.repeatable() ? ATTEMPTS : 1;
            case ALWAYS -> ATTEMPTS;
        };
    }

    /** A random pause between half and all of a bound that doubles with each attempt. */
    private Duration pause(int attempt) {
        long full = Math.min(FIRST_PAUSE.toMillis() << (attempt - 1), LONGEST_PAUSE.toMillis());
        return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    }
}
