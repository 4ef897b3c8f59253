// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * An answer from the wire.
 *
 * @param headers by name in lower case
 * @param body all bytes after the headers, with chunks joined
 */
public record Reply(int status, Map<String, List<String>> headers, byte[] body) {
    /** The only value of the header, or "" if it is missing. */
    public String header(String name) {
        List<String> values = headers.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw new AssertionError(name + " came " + values.size() + " times: " + values);
        }
        return values.isEmpty() ? "" : values.getFirst();
    }

    public boolean has(String name) {
        return headers.containsKey(name);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public JsonObject json() {
        try (JsonReader reader = Json.createReader(new ByteArrayInputStream(body))) {
            return reader.readObject();
        }
    }
}
