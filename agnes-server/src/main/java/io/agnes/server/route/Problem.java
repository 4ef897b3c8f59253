// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.api.ProblemCode;
import io.helidon.http.Header;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ends a request with {@code application/problem+json} (RFC 9457). */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final String detail;
    private final transient Map<String, JsonValue> members = new LinkedHashMap<>();
    private final transient List<Header> headers = new ArrayList<>();

    private Problem(ProblemCode code, String detail) {
        // It is never logged with a trace, so it has none.
        super(detail, null, false, false);
        this.code = code;
        this.detail = detail;
    }

    /** @param detail one sentence for a person, without paths and secrets */
    static Problem of(ProblemCode code, String detail) {
        return new Problem(code, detail);
    }

    /** Adds a member of the contract. */
    Problem with(String member, String value) {
        return with(member, Json.createValue(value));
    }

    /** Adds a member of the contract. */
    Problem with(String member, JsonValue value) {
        members.put(member, value);
        return this;
    }

    /** Adds a header of the contract. */
    Problem with(Header header) {
        headers.add(header);
        return this;
    }

    List<Header> headers() {
        return headers;
    }

    ProblemCode code() {
        return code;
    }

    /** @param request the id of the request in the log */
    JsonObject json(String request) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("type", "/docs/problems#" + code.text())
                .add("title", code.title())
                .add("status", code.status())
                .add("detail", detail)
                .add("instance", request)
                .add("code", code.text());
        members.forEach(json::add);
        return json.build();
    }
}
