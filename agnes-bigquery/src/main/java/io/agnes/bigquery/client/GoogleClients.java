// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.bigquery.Bigquery;
import com.google.auth.Credentials;
import com.google.cloud.ServiceOptions;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryOptions;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.CredentialsSource;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Makes Google's clients. They repeat nothing themselves: {@link CallRetries} does. No other class that is loaded before the
 * first call makes anything of Google's, so that a program that makes no call loads none of its classes.
 */
final class GoogleClients {
    private static final List<String> READING = List.of("https://www.googleapis.com/auth/bigquery.readonly");
    private static final List<String> WRITING = List.of(
            "https://www.googleapis.com/auth/bigquery", "https://www.googleapis.com/auth/devstorage.read_write");
    private static final String BIGQUERY = "https://bigquery.googleapis.com";

    private GoogleClients() {}

    /** The client of the REST API itself, with the credentials that read. */
    static Bigquery reading(BigQueryConfig config) {
        BigQueryOptions options =
                options(config, credentials(config, config.readCredentials().source(), READING));
        HttpTransportOptions transport = (HttpTransportOptions) options.getTransportOptions();
        return new Bigquery.Builder(
                        transport.getHttpTransportFactory().create(),
                        GsonFactory.getDefaultInstance(),
                        transport.getHttpRequestInitializer(options))
                .setRootUrl(config.endpoint().map(GoogleClients::host).orElse(BIGQUERY) + "/")
                .setApplicationName("agnes")
                .build();
    }

    /** The credentials that write, for both clients below. */
    static Credentials writeCredentials(BigQueryConfig config) {
        return credentials(config, config.writeCredentials().source(), WRITING);
    }

    static BigQuery bigQuery(BigQueryConfig config, Credentials credentials) {
        return options(config, credentials).getService();
    }

    static Storage storage(BigQueryConfig config, Credentials credentials) {
        return storageOptions(config, credentials).getService();
    }

    private static Credentials credentials(BigQueryConfig config, CredentialsSource source, List<String> scopes) {
        return new CredentialsLoader(config.privateTargets()).load(source, scopes);
    }

    private static BigQueryOptions options(BigQueryConfig config, Credentials credentials) {
        BigQueryOptions.Builder builder = BigQueryOptions.newBuilder()
                .setProjectId(config.project())
                .setCredentials(credentials)
                .setTransportOptions(transport(config))
                .setRetrySettings(ServiceOptions.getNoRetrySettings());
        config.location().ifPresent(builder::setLocation);
        config.endpoint().map(GoogleClients::host).ifPresent(builder::setHost);
        BigQueryOptions options = builder.build();
        options.setThrowNotFound(true);
        return options;
    }

    private static StorageOptions storageOptions(BigQueryConfig config, Credentials credentials) {
        StorageOptions.Builder builder = StorageOptions.http()
                .setProjectId(config.project())
                .setCredentials(credentials)
                .setTransportOptions(transport(config))
                .setRetrySettings(ServiceOptions.getNoRetrySettings());
        config.storageEndpoint().map(GoogleClients::host).ifPresent(builder::setHost);
        return builder.build();
    }

    private static HttpTransportOptions transport(BigQueryConfig config) {
        return HttpTransportOptions.newBuilder()
                .setHttpTransportFactory(new AllowedTransport(config.privateTargets()))
                .setConnectTimeout(millis(config.connectTimeout()))
                .setReadTimeout(millis(config.readTimeout()))
                .build();
    }

    /** At least one: zero means no timeout. */
    private static int millis(Duration duration) {
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }

    /** Without a slash at its end. */
    private static String host(URI address) {
        return address.toString().replaceAll("/+\\z", "");
    }
}
