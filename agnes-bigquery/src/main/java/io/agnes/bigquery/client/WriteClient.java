// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import com.google.auth.Credentials;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.storage.Storage;
import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.core.Time;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * BigQuery and Cloud Storage with the {@linkplain BigQueryConfig#writeCredentials credentials that write}: jobs, objects,
 * signatures.
 */
public final class WriteClient implements AutoCloseable {
    private final GoogleCalls calls;
    private final Lazy<BigQuery> bigQuery;
    private final Lazy<Storage> storage;

    /** A request to BigQuery. */
    @FunctionalInterface
    public interface BigQueryRequest<T extends @Nullable Object> {
        /** Sends it and reads the answer. */
        T send(BigQuery client) throws IOException, InterruptedException;
    }

    /** A request to Cloud Storage. */
    @FunctionalInterface
    public interface StorageRequest<T extends @Nullable Object> {
        /** Sends it and reads the answer. */
        T send(Storage client) throws IOException, InterruptedException;
    }

    private WriteClient(BigQueryConfig config, Time time) {
        Lazy<Credentials> credentials = new Lazy<>() {
            @Override
            Credentials make() {
                return GoogleClients.writeCredentials(config);
            }
        };
        this.calls = new GoogleCalls(config, time);
        this.bigQuery = new Lazy<>() {
            @Override
            BigQuery make() throws IOException, InterruptedException {
                return GoogleClients.bigQuery(config, credentials.value());
            }
        };
        this.storage = new Lazy<>() {
            @Override
            Storage make() throws IOException, InterruptedException {
                return GoogleClients.storage(config, credentials.value());
            }
        };
    }

    /**
     * A client. Nothing is read or sent yet.
     *
     * @param time waits between the attempts of a call
     */
    public static WriteClient of(BigQueryConfig config, Time time) {
        return new WriteClient(config, time);
    }

    /**
     * Sends a request to BigQuery, and repeats it within the retry budget. A missing resource is a failure and never null.
     *
     * @throws GoogleCloudException with what went wrong
     */
    public <T extends @Nullable Object> T bigQuery(Operation operation, BigQueryRequest<T> request)
            throws InterruptedException {
        return calls.call(operation, () -> request.send(bigQuery.value()));
    }

    /**
     * Sends a request to Cloud Storage, and repeats it within the retry budget. Google's client returns null for an object
     * that is missing.
     *
     * @throws GoogleCloudException with what went wrong
     */
    public <T extends @Nullable Object> T storage(Operation operation, StorageRequest<T> request)
            throws InterruptedException {
        return calls.call(operation, () -> request.send(storage.value()));
    }

    /**
     * The failure that the error of a job means.
     *
     * @param operation made or watched the job
     * @param reason Google's word for the error, as {@code accessDenied}
     * @param said Google's sentence for people
     */
    public static GoogleCloudException jobFailure(Operation operation, String reason, String said) {
        return FailureMapping.ofJob(operation, reason, said);
    }

    /** Ends the calls that run, which fail with {@code client_closed}. */
    @Override
    public void close() {
        calls.close();
    }
}
