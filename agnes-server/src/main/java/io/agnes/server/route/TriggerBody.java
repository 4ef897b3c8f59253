// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.TableId;
import io.agnes.server.api.ProblemCode;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The body of a trigger: nothing, {@code null}, {@code ["id"]} or {@code {"tables": ["id"] or null}}. */
final class TriggerBody {
    private static final String SHAPES =
            "The body is absent, null, [\"id\"], or {\"tables\": [\"id\"]} with null for all tables.";

    /** The bound on named tables; each is looked up. */
    private static final int MOST_TARGETS = 1_000;

    private TriggerBody() {}

    /** The requested tables; empty for all. An error names every unknown table. */
    static Optional<List<TableId>> targets(Optional<JsonValue> body, Function<String, Optional<TableId>> resolve) {
        JsonValue wanted = body.orElse(JsonValue.NULL);
        if (wanted instanceof JsonObject object) {
            wanted = object.getOrDefault("tables", JsonValue.NULL);
        }
        return switch (wanted) {
            case JsonArray array -> Optional.of(known(array, resolve));
            case JsonValue none when none.getValueType() == JsonValue.ValueType.NULL -> Optional.empty();
            default -> throw Problem.of(ProblemCode.VALIDATION_FAILED, SHAPES);
        };
    }

    private static List<TableId> known(JsonArray array, Function<String, Optional<TableId>> resolve) {
        if (array.size() > MOST_TARGETS) {
            throw Problem.of(ProblemCode.VALIDATION_FAILED, "At most " + MOST_TARGETS + " tables can be named.");
        }
        List<TableId> known = new ArrayList<>();
        JsonArrayBuilder unknown = Json.createArrayBuilder();
        boolean all = true;
        for (JsonValue item : array) {
            if (!(item instanceof JsonString text)) {
                throw Problem.of(ProblemCode.VALIDATION_FAILED, SHAPES);
            }
            Optional<TableId> id = resolve.apply(text.getString());
            id.filter(found -> !known.contains(found)).ifPresent(known::add);
            if (id.isEmpty()) {
                unknown.add(text.getString());
                all = false;
            }
        }
        if (!all) {
            JsonArray named = unknown.build();
            throw Problem.of(ProblemCode.VALIDATION_FAILED, "Not registered: " + named + ".")
                    .with("unknown", named);
        }
        return known;
    }
}
