// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import com.google.auth.Credentials;
import com.google.cloud.ServiceOptions;
import com.google.cloud.bigquery.BigQueryOptions;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.StorageOptions;
import io.agnes.bigquery.BigQueryConfig;
import java.net.URI;
import java.time.Duration;

/** Options of Google's clients. They repeat nothing themselves: {@link CallRetries} does. */
final class ClientOptions {
    private ClientOptions() {}

    static BigQueryOptions bigQuery(BigQueryConfig config, Credentials credentials) {
        BigQueryOptions.Builder builder = BigQueryOptions.newBuilder()
                .setProjectId(config.project())
                .setCredentials(credentials)
                .setTransportOptions(transport(config))
                .setRetrySettings(ServiceOptions.getNoRetrySettings());
        config.location().ifPresent(builder::setLocation);
        config.endpoint().map(ClientOptions::host).ifPresent(builder::setHost);
        BigQueryOptions options = builder.build();
        options.setThrowNotFound(true);
        return options;
    }

    static StorageOptions storage(BigQueryConfig config, Credentials credentials) {
        StorageOptions.Builder builder = StorageOptions.http()
                .setProjectId(config.project())
                .setCredentials(credentials)
                .setTransportOptions(transport(config))
                .setRetrySettings(ServiceOptions.getNoRetrySettings());
        config.storageEndpoint().map(ClientOptions::host).ifPresent(builder::setHost);
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
    static String host(URI address) {
        return address.toString().replaceAll("/+\\z", "");
    }
}
