// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the resources of the JSON API of Cloud Storage. Numbers of 64 bits are strings, as Google writes them. */
final class CloudJson {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final URI endpoint;

    /** @param endpoint the base URL of the links in resources, without a trailing slash */
    CloudJson(URI endpoint) {
        this.endpoint = endpoint;
    }

    Map<String, @Nullable Object> bucket(CloudBucket bucket) {
        return Json.object(
                "kind",
                "storage#bucket",
                "id",
                bucket.name(),
                "selfLink",
                endpoint + "/storage/v1/b/" + bucket.name(),
                "name",
                bucket.name(),
                "projectNumber",
                "123456789012",
                "generation",
                "1",
                "metageneration",
                "1",
                "location",
                bucket.location(),
                "locationType",
                "region",
                "storageClass",
                "STANDARD",
                "etag",
                "CAE=",
                "timeCreated",
                time(bucket.created()),
                "updated",
                time(bucket.created()),
                "softDeletePolicy",
                Json.object(
                        "retentionDurationSeconds",
                        String.valueOf(bucket.softDelete().toSeconds()),
                        "effectiveTime",
                        time(bucket.created())),
                "iamConfiguration",
                Json.object("uniformBucketLevelAccess", Json.object("enabled", true)));
    }

    Map<String, @Nullable Object> object(CloudObject object) {
        String bucket = object.name().bucket();
        String path = "/storage/v1/b/" + bucket + "/o/"
                + SignatureV4.encode(object.name().key(), false);
        Map<String, @Nullable Object> resource = Json.object(
                "kind",
                "storage#object",
                "id",
                bucket + "/" + object.name().key() + "/" + object.generation(),
                "selfLink",
                endpoint + path,
                "mediaLink",
                endpoint + "/download" + path + "?generation=" + object.generation() + "&alt=media",
                "name",
                object.name().key(),
                "bucket",
                bucket,
                "generation",
                String.valueOf(object.generation()),
                "metageneration",
                String.valueOf(object.metageneration()),
                "contentType",
                object.contentType(),
                "storageClass",
                "STANDARD",
                "size",
                String.valueOf(object.size()),
                "crc32c",
                object.checksums().crc32c(),
                "etag",
                object.version(),
                "timeCreated",
                time(object.created()),
                "updated",
                time(object.modified()),
                "timeStorageClassUpdated",
                time(object.created()),
                "timeFinalized",
                time(object.created()));
        if (object.checksums().md5() != null) {
            resource.put("md5Hash", object.checksums().md5());
        }
        if (object.components() != null) {
            resource.put("componentCount", object.components());
        }
        resource.putAll(object.fields());
        return resource;
    }

    static String time(Instant instant) {
        return TIME.format(instant);
    }
}
