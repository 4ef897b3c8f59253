// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Google Cloud Storage through its XML API. A bearer token is valid for an hour. */
record GoogleLocation(URI endpoint, String bucket, String key, Secret token, Duration idle) implements StorageLocation {
    private static final URI ENDPOINT = URI.create("https://storage.googleapis.com");
    private static final int UNAUTHORIZED = 401;

    static GoogleLocation of(ExportFile.Detail detail, KeboolaConfig config) {
        return new GoogleLocation(
                config.storageEndpoint().orElse(ENDPOINT),
                detail.text("gcsPath", "bucket"),
                detail.text("gcsPath", "key"),
                Secret.of(detail.text("gcsCredentials", "access_token")),
                config.sliceIdleTimeout());
    }

    @Override
    public String prefix() {
        return "gs://" + bucket + "/";
    }

    @Override
    public List<String> webPrefixes() {
        String path = endpoint + "/" + PercentEncoding.segment(bucket) + "/";
        return endpoint.equals(ENDPOINT)
                ? List.of(path, "https://" + bucket + ".storage.googleapis.com/")
                : List.of(path);
    }

    @Override
    public Transport.Request read(String name, String range, Instant now) {
        URI uri = URI.create(endpoint + "/" + PercentEncoding.segment(bucket) + "/" + PercentEncoding.path(name));
        return Transport.Request.read(
                uri, StorageLocation.ranged(range, Map.of("authorization", "Bearer " + token.reveal())), idle);
    }

    @Override
    public boolean mayBeExpired(int status, String body) {
        return status == UNAUTHORIZED;
    }
}
