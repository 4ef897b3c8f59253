// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.file.ContentDigest;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.StoredDigest;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import jakarta.json.JsonObjectBuilder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** The digest of a version in HTTP headers and in the manifest. */
final class ContentTags {
    static final HeaderName REPR_DIGEST = HeaderNames.create("Repr-Digest");

    private ContentTags() {}

    /** A strong entity tag, with its quotes: the SHA-256, or CRC32C and length. */
    static String etag(ContentDigest digest) {
        return switch (digest) {
            case FileDigests read -> '"' + read.sha256() + '"';
            case StoredDigest stored -> "\"crc32c-" + stored.crc32c() + "-" + stored.length() + '"';
        };
    }

    /** The value of {@code Repr-Digest}; empty without a SHA-256, since RFC 9530 calls all checksums insecure. */
    static Optional<String> reprDigest(ContentDigest digest) {
        return switch (digest) {
            case FileDigests read ->
                Optional.of("sha-256=:"
                        + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(read.sha256())) + ":");
            case StoredDigest stored -> Optional.empty();
        };
    }

    /** Adds {@code hash} and {@code sha256}, or {@code crc32c}; then {@code etag}. */
    static void describe(JsonObjectBuilder json, ContentDigest digest) {
        switch (digest) {
            case FileDigests read -> json.add("hash", read.md5()).add("sha256", read.sha256());
            case StoredDigest stored -> json.add("crc32c", stored.crc32c());
        }
        json.add("etag", etag(digest));
    }
}
