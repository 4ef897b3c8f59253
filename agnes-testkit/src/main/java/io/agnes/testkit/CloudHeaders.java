// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Map;

/** The headers that both APIs of Cloud Storage add to the bytes of an object. */
final class CloudHeaders {
    /** The headers that fields of an object become. */
    private static final Map<String, String> OF_FIELDS = Map.of(
            "cacheControl", "Cache-Control",
            "contentDisposition", "Content-Disposition",
            "contentEncoding", "Content-Encoding",
            "contentLanguage", "Content-Language");

    private CloudHeaders() {}

    /** Adds the headers of the object to a response. */
    static Response add(Response answer, CloudObject object) {
        Response full = answer.with("Content-Type", object.contentType())
                .with("x-goog-generation", String.valueOf(object.generation()))
                .with("x-goog-metageneration", String.valueOf(object.metageneration()))
                .with("x-goog-hash", object.checksums().header())
                .with("x-goog-storage-class", "STANDARD")
                .with("x-goog-stored-content-encoding", encoding(object))
                .with("x-goog-stored-content-length", String.valueOf(object.size()));
        if (object.components() != null) {
            full = full.with("x-goog-component-count", String.valueOf(object.components()));
        }
        for (Map.Entry<String, String> header : OF_FIELDS.entrySet()) {
            Object value = object.fields().get(header.getKey());
            full = value == null ? full : full.with(header.getValue(), value.toString());
        }
        return object.fields().get("metadata") instanceof Map<?, ?> metadata ? with(full, metadata) : full;
    }

    private static Response with(Response answer, Map<?, ?> metadata) {
        Response full = answer;
        for (Map.Entry<?, ?> entry : metadata.entrySet()) {
            full = full.with("x-goog-meta-" + entry.getKey(), String.valueOf(entry.getValue()));
        }
        return full;
    }

    private static String encoding(CloudObject object) {
        Object encoding = object.fields().get("contentEncoding");
        return encoding == null ? "identity" : encoding.toString();
    }
}
