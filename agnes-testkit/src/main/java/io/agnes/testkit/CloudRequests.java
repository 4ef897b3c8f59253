// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Map;

/** Reads the JSON bodies of requests to Cloud Storage. */
final class CloudRequests {
    private CloudRequests() {}

    /**
     * The resource in a body; empty if the body is, or if it is {@code null}, which clients of Go send for no resource.
     *
     * @throws CloudRefusal 400 unless it is a JSON object
     */
    static Map<?, ?> resource(String body) {
        if (body.isBlank()) {
            return Map.of();
        }
        try {
            Object value = Json.read(body);
            if (value == null) {
                return Map.of();
            }
            if (value instanceof Map<?, ?> resource) {
                return resource;
            }
        } catch (IllegalArgumentException e) {
            throw new CloudRefusal(CloudRefusal.Reason.INVALID, "Parse Error: " + e.getMessage());
        }
        throw CloudRefusal.invalid("Parse Error");
    }
}
