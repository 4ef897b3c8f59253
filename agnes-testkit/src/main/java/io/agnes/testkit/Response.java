// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An HTTP response of the fake. {@link ResponseWriter} sends it, with a fault if one was scripted. */
record Response(int status, Map<String, String> headers, Content body) {

    Response {
        headers = new LinkedHashMap<>(headers);
    }

    /** JSON without a charset in the content type, because the official PHP client does not decode a body with one. */
    static Response json(int status, @Nullable Object value) {
        return text(status, "application/json", Json.write(value));
    }

    static Response xml(int status, String text) {
        return text(status, "application/xml", text);
    }

    static Response text(int status, String contentType, String text) {
        return new Response(
                status, Map.of("Content-Type", contentType), new Content.Bytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    static Response empty(int status) {
        return new Response(status, Map.of(), Content.empty());
    }

    Response with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Response(status, more, body);
    }

    /** This response with another body. A range response becomes a whole one: 206 becomes 200 without Content-Range. */
    Response replacedBy(byte[] bytes) {
        Map<String, String> rest = new LinkedHashMap<>(headers);
        rest.remove("Content-Range");
        return new Response(status == 206 ? 200 : status, rest, new Content.Bytes(bytes));
    }

    /** This response with another body; status and headers stay. */
    Response withBody(byte[] bytes) {
        return new Response(status, headers, new Content.Bytes(bytes));
    }
}
