// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.api;

import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Writes a request for a shell and for an address line. */
final class Curl {
    private Curl() {}

    /** A command that calls the endpoint of the server at {@code $AGNES_URL}. */
    static String of(Endpoint endpoint) {
        String method = endpoint.methods().getFirst();
        StringBuilder command = new StringBuilder("curl");
        if (!method.equals("GET")) {
            command.append(" -X ").append(method);
        }
        if (endpoint.who() != Who.PUBLIC) {
            command.append(" -H \"Authorization: Bearer $AGNES_TOKEN\"");
        }
        Endpoint.Body body = endpoint.body();
        if (body != null) {
            command.append(" -H 'Content-Type: application/json' \\\n  -d '")
                    .append(SchemaJson.example(body.schema()).toString().replace("'", "'\\''"))
                    .append("' \\\n ");
        }
        return command.append(" \"$AGNES_URL")
                .append(path(endpoint))
                .append('"')
                .toString();
    }

    /** The path with an example for each parameter. */
    private static String path(Endpoint endpoint) {
        String path = endpoint.path();
        for (Parameter parameter : endpoint.parameters()) {
            path = path.replace("{" + parameter.name() + "}", encoded(parameter));
        }
        return path;
    }

    /** The example of a parameter as it stands in an address. */
    static String encoded(Parameter parameter) {
        return URLEncoder.encode(example(parameter), StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The example of a parameter as text. */
    static String example(Parameter parameter) {
        return switch (SchemaJson.example(parameter.schema())) {
            case JsonString text -> text.getString();
            case JsonValue value -> value.toString();
        };
    }
}
