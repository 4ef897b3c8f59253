// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.api.ProblemCode;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import java.util.HashSet;
import java.util.Set;

/**
 * One JSON value, no name twice in an object, and no more values than {@value #MOST_VALUES}: each takes many times the
 * memory of its text. Two readers may read a repeated name differently.
 */
final class StrictJson {
    static final int MOST_VALUES = 20_000;

    private final JsonParser parser;
    private int values;

    private StrictJson(JsonParser parser) {
        this.parser = parser;
    }

    static JsonValue read(JsonParser parser) {
        StrictJson json = new StrictJson(parser);
        JsonValue value = json.value(parser.next());
        if (parser.hasNext()) {
            throw Problem.of(ProblemCode.REQUEST_MALFORMED, "The body is more than one JSON value.");
        }
        return value;
    }

    private JsonValue value(JsonParser.Event event) {
        values++;
        if (values > MOST_VALUES) {
            throw Problem.of(ProblemCode.VALIDATION_FAILED, "The body has more than " + MOST_VALUES + " JSON values.");
        }
        return switch (event) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            default -> parser.getValue();
        };
    }

    private JsonObject object() {
        JsonObjectBuilder object = Json.createObjectBuilder();
        Set<String> names = new HashSet<>();
        for (JsonParser.Event event = parser.next(); event != JsonParser.Event.END_OBJECT; event = parser.next()) {
            String name = parser.getString();
            if (!names.add(name)) {
                throw Problem.of(ProblemCode.REQUEST_MALFORMED, "A name comes twice in one JSON object.");
            }
            object.add(name, value(parser.next()));
        }
        return object.build();
    }

    private JsonArray array() {
        JsonArrayBuilder array = Json.createArrayBuilder();
        for (JsonParser.Event event = parser.next(); event != JsonParser.Event.END_ARRAY; event = parser.next()) {
            array.add(value(event));
        }
        return array.build();
    }
}
