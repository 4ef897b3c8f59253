// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Amazon S3. Session credentials, valid for twelve hours, sign each request. */
record AwsLocation(URI base, boolean gateway, String bucket, String key, AwsSignature signature, Duration idle)
        implements StorageLocation {
    // Both end up in a host name.
    private static final Pattern REGION = Pattern.compile("\\A[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}\\z");
    private static final Pattern BUCKET = Pattern.compile("\\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\\z");
    private static final int FORBIDDEN = 403;
    private static final int BAD_REQUEST = 400;

    static AwsLocation of(ExportFile.Detail detail, KeboolaConfig config) {
        String region = detail.text("region");
        String bucket = detail.text("s3Path", "bucket");
        if (!REGION.matcher(region).matches() || !BUCKET.matcher(bucket).matches()) {
            throw KeboolaException.storageUnknown(detail.id(), "region or bucket is not one of S3");
        }
        return new AwsLocation(
                config.storageEndpoint()
                        .map(endpoint -> URI.create(endpoint + "/" + bucket))
                        .orElseGet(() -> base(region, bucket)),
                config.storageEndpoint().isPresent(),
                bucket,
                detail.text("s3Path", "key"),
                new AwsSignature(
                        detail.text("credentials", "AccessKeyId"),
                        Secret.of(detail.text("credentials", "SecretAccessKey")),
                        Optional.of(Secret.of(detail.text("credentials", "SessionToken"))),
                        region),
                config.sliceIdleTimeout());
    }

    /** A dot in a bucket's name would not be covered by the certificate of its host. */
    private static URI base(String region, String bucket) {
        String host = host(region);
        return URI.create(
                bucket.indexOf('.') < 0 ? "https://" + bucket + "." + host : "https://" + host + "/" + bucket);
    }

    private static String host(String region) {
        return "s3." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : "");
    }

    @Override
    public String prefix() {
        return "s3://" + bucket + "/";
    }

    @Override
    public List<String> webPrefixes() {
        String host = host(signature.region());
        return gateway
                ? List.of(base + "/")
                : List.of(
                        "https://" + bucket + "." + host + "/",
                        "https://" + host + "/" + bucket + "/",
                        "https://" + bucket + ".s3.amazonaws.com/");
    }

    @Override
    public Transport.Request read(String name, String range, Instant now) {
        URI uri = URI.create(base + "/" + PercentEncoding.path(name));
        Map<String, String> signed = range.isEmpty() ? Map.of() : Map.of("range", range);
        return Transport.Request.read(
                uri, StorageLocation.ranged(range, signature.headers("GET", uri, signed, now)), idle);
    }

    @Override
    public boolean mayBeExpired(int status, String body) {
        return status == FORBIDDEN || (status == BAD_REQUEST && StorageError.names(body, "ExpiredToken"));
    }
}
