// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An HTTP request with its body. Header names are in lower case. */
record Request(String method, String path, @Nullable String query, Map<String, List<String>> headers, Content content) {
    /** A request with a body of text in UTF-8. */
    Request(String method, String path, @Nullable String query, Map<String, List<String>> headers, String body) {
        this(method, path, query, headers, new Content.Bytes(Signer.utf8(body)));
    }

    /** The body as text in UTF-8. */
    String body() {
        return new String(content.bytes(), StandardCharsets.UTF_8);
    }

    /** @param bodyBytes the number of bytes of the body to record, at most */
    RecordedRequest recordedAt(Instant at, int bodyBytes) {
        byte[] kept = content.slice(0, Math.min(content.length(), bodyBytes)).bytes();
        return new RecordedRequest(at, method, path, query, headers, new String(kept, StandardCharsets.UTF_8));
    }

    Request withPath(String other) {
        return new Request(method, other, query, headers, content);
    }

    /** This request with the method in X-HTTP-Method-Override, for clients that cannot send PATCH. */
    Request overridden() {
        String other = header("x-http-method-override");
        return other == null ? this : new Request(other.toUpperCase(Locale.ROOT), path, query, headers, content);
    }

    Request withContent(Content other) {
        return new Request(method, path, query, headers, other);
    }

    Request withJson(String other) {
        Map<String, List<String>> typed = new TreeMap<>(headers);
        typed.put("content-type", List.of("application/json"));
        return new Request(method, path, query, typed, other);
    }

    @Nullable
    String header(String lowerCaseName) {
        List<String> values = headers.get(lowerCaseName);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    /** The host in lower case, without a port; empty if the request has none. */
    String host() {
        return HostNames.withoutPort(header("host"));
    }

    /** The decoded query parameters in their order; the last of equal names wins, as in PHP. */
    Map<String, String> parameters() {
        return parameters(query);
    }

    static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query != null && !query.isEmpty()) {
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                parameters.put(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return parameters;
    }

    static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Decodes the percent escapes of a path, where {@code +} is a plain character. */
    static String decodePath(String path) {
        return decode(path.replace("+", "%2B"));
    }
}
