// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import com.google.api.services.bigquery.Bigquery;
import io.agnes.bigquery.BigQueryConfig;
import io.agnes.core.Time;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * BigQuery with the {@linkplain BigQueryConfig#readCredentials credentials that read}: metadata and listings. It is Google's
 * client of the REST API itself: the one above it drops fields, such as the location of a view.
 */
public final class ReadClient implements AutoCloseable {
    private final GoogleCalls calls;
    private final Lazy<Bigquery> api;

    /** A request to the API. */
    @FunctionalInterface
    public interface Request<T extends @Nullable Object> {
        /** Sends it and reads the answer. */
        T send(Bigquery api) throws IOException, InterruptedException;
    }

    private ReadClient(BigQueryConfig config, Time time) {
        this.calls = new GoogleCalls(config, time);
        this.api = new Lazy<>() {
            @Override
            Bigquery make() {
                return GoogleClients.reading(config);
            }
        };
    }

    /**
     * A client. Nothing is read or sent yet.
     *
     * @param time waits between the attempts of a call
     */
    public static ReadClient of(BigQueryConfig config, Time time) {
        return new ReadClient(config, time);
    }

    /**
     * Sends a request, and repeats it within the retry budget.
     *
     * @throws io.agnes.bigquery.GoogleCloudException with what went wrong
     */
    public <T extends @Nullable Object> T call(Operation operation, Request<T> request) throws InterruptedException {
        return calls.call(operation, () -> request.send(api.value()));
    }

    /** Ends the calls that run, which fail with {@code client_closed}. */
    @Override
    public void close() {
        calls.close();
    }
}
