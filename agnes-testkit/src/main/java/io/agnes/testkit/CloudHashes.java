// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the checksums that a client sends with the bytes of an object, by {@code crc32c} and {@code md5}, in Base64. */
final class CloudHashes {
    private CloudHashes() {}

    /** The checksums in the headers of a request. */
    static Map<String, String> of(Request request) {
        Map<String, String> hashes = new LinkedHashMap<>();
        for (String header : request.headers().getOrDefault("x-goog-hash", List.of())) {
            for (String hash : header.split(",", -1)) {
                int equals = hash.indexOf('=');
                if (equals > 0) {
                    hashes.put(
                            hash.substring(0, equals).trim(),
                            hash.substring(equals + 1).trim());
                }
            }
        }
        String md5 = request.header("content-md5");
        if (md5 != null) {
            hashes.put("md5", md5);
        }
        return hashes;
    }

    /** The checksums in the resource of an object. */
    static Map<String, String> of(Map<?, ?> resource) {
        Map<String, String> hashes = new LinkedHashMap<>();
        if (resource.get("crc32c") instanceof String crc32c) {
            hashes.put("crc32c", crc32c);
        }
        if (resource.get("md5Hash") instanceof String md5) {
            hashes.put("md5", md5);
        }
        return hashes;
    }
}
