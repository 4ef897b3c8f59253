// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.core.file.ContentDigest;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.StoredDigest;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContentTagsTest {
    private static final String MD5 = "0".repeat(32);
    private static final String SHA_256 = "ab".repeat(32);

    private static String described(ContentDigest digest) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        ContentTags.describe(json, digest);
        return json.build().toString();
    }

    @Test
    void bytesThatWereReadAreNamedByTheirSha256() {
        FileDigests read = new FileDigests(5, MD5, SHA_256);
        assertEquals('"' + SHA_256 + '"', ContentTags.etag(read));
        assertEquals(
                Optional.of("sha-256=:q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=:"), ContentTags.reprDigest(read));
        assertEquals(
                "{\"hash\":\"" + MD5 + "\",\"sha256\":\"" + SHA_256 + "\",\"etag\":\"\\\"" + SHA_256 + "\\\"\"}",
                described(read));
    }

    @Test
    void contentThatAStoreComposedIsNamedByChecksumAndLength() {
        StoredDigest stored = new StoredDigest(5, "e3069283");
        assertEquals("\"crc32c-e3069283-5\"", ContentTags.etag(stored));
        assertEquals(Optional.empty(), ContentTags.reprDigest(stored));
        assertEquals("{\"crc32c\":\"e3069283\",\"etag\":\"\\\"crc32c-e3069283-5\\\"\"}", described(stored));
    }
}
