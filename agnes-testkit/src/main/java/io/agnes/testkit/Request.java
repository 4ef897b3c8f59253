// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
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
record Request(String method, String path, @Nullable String query, Map<String, List<String>> headers, String body) {
    /** The longest body. A longer one is answered with 413. */
    static final int MAX_BODY_BYTES = 16 << 20;

    private static final int MAX_RECORDED_CHARS = 1 << 20;

    static Request of(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            throw ErrorResponseException.api(413, "", "The body is larger than " + MAX_BODY_BYTES + " bytes");
        }
        return new Request(
                exchange.getRequestMethod().toUpperCase(Locale.ROOT),
                exchange.getRequestURI().getRawPath(),
                exchange.getRequestURI().getRawQuery(),
                lowerCase(exchange.getRequestHeaders()),
                new String(body, StandardCharsets.UTF_8));
    }

    private static Map<String, List<String>> lowerCase(Map<String, List<String>> headers) {
        Map<String, List<String>> lower = new TreeMap<>();
        headers.forEach((name, values) -> lower.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
        return lower;
    }

    RecordedRequest recordedAt(Instant at) {
        String kept = body.length() > MAX_RECORDED_CHARS ? body.substring(0, MAX_RECORDED_CHARS) : body;
        return new RecordedRequest(at, method, path, query, headers, kept);
    }

    Request withPath(String other) {
        return new Request(method, other, query, headers, body);
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
