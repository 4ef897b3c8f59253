// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.core.Time;
import io.agnes.core.work.RunningCalls;
import io.agnes.core.work.Work;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Calls of Google, each on a thread of its own and repeated within bounds. */
final class GoogleCalls implements AutoCloseable {
    private final RunningCalls running = new RunningCalls(GoogleCloudException::clientClosed);
    private final CallRetries retries;

    GoogleCalls(BigQueryConfig config, Time time) {
        this.retries = new CallRetries(
                config.retryBudget(),
                new FailureMapping(config.readTimeout()),
                time,
                () -> ThreadLocalRandom.current().nextLong());
    }

    /** @throws GoogleCloudException with what went wrong */
    <T extends @Nullable Object> T call(Operation operation, Work<T> work) throws InterruptedException {
        Work<T> repeated = () -> retries.call(operation, work);
        try {
            return running.call(operation.subject(), repeated);
        } catch (IOException e) {
            throw new IllegalStateException("the mapping of failures lets no IOException through", e);
        }
    }

    /** Ends the calls that run, which fail with {@code client_closed}. */
    @Override
    public void close() {
        running.close();
    }
}
