// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.api.ProblemCode;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a body. Each is read once, with its rule. {@link #done} then refuses the body if a field was invalid or not read,
 * and names every such field. A value read from a body that will be refused may be null.
 */
final class BodyFields {
    /** The bound for labels and descriptions. */
    static final int LONGEST_TEXT = 4000;

    /** The bound for lists; each item is a row, and one thread writes rows. */
    static final int MOST_IN_LIST = 100;

    private final JsonObject body;
    private final Set<String> taken = new HashSet<>();
    private final Map<String, String> errors = new TreeMap<>();

    BodyFields(Optional<JsonValue> body) {
        if (!(body.orElse(JsonValue.NULL) instanceof JsonObject object)) {
            throw Problem.of(ProblemCode.VALIDATION_FAILED, "The body is a JSON object.");
        }
        this.body = object;
    }

    /** A text that the parser accepts; null if it is missing or invalid, which is noted. */
    <T> @Nullable T required(String field, Function<String, Optional<T>> parser, String expected) {
        JsonValue value = take(field);
        if (value.getValueType() == JsonValue.ValueType.NULL) {
            errors.put(field, "is missing; it is " + expected);
            return null;
        }
        return parsed(field, value, parser, expected);
    }

    /** The same, where a missing field or null is no error. */
    <T> @Nullable T optional(String field, Function<String, Optional<T>> parser, String expected) {
        JsonValue value = take(field);
        return value.getValueType() == JsonValue.ValueType.NULL ? null : parsed(field, value, parser, expected);
    }

    private <T> @Nullable T parsed(
            String field, JsonValue value, Function<String, Optional<T>> parser, String expected) {
        if (value instanceof JsonString text && text.getString().length() <= LONGEST_TEXT) {
            Optional<T> parsed = parser.apply(text.getString());
            if (parsed.isPresent()) {
                return parsed.get();
            }
        }
        errors.put(field, "must be " + expected);
        return null;
    }

    /** Whether the body has the field, also if it is null. */
    boolean has(String field) {
        return body.containsKey(field);
    }

    /** True or false; false if it is missing. */
    boolean flag(String field) {
        JsonValue value = take(field);
        switch (value.getValueType()) {
            case TRUE, FALSE, NULL -> {}
            default -> errors.put(field, "must be true or false");
        }
        return value.getValueType() == JsonValue.ValueType.TRUE;
    }

    /** A whole number in these bounds. */
    int number(String field, int otherwise, int least, int most) {
        JsonValue value = take(field);
        if (value.getValueType() == JsonValue.ValueType.NULL) {
            return otherwise;
        }
        if (value instanceof JsonNumber number && number.isIntegral()) {
            BigInteger found = number.bigIntegerValue();
            if (found.bitLength() < Integer.SIZE && found.intValue() >= least && found.intValue() <= most) {
                return found.intValue();
            }
        }
        errors.put(field, "must be a whole number from " + least + " to " + most);
        return otherwise;
    }

    /** A list of texts that the parser accepts; empty if it is missing. */
    <T> List<T> list(String field, Function<String, Optional<T>> parser, String expected) {
        JsonValue value = take(field);
        List<T> parsed = new ArrayList<>();
        if (value instanceof JsonArray array && array.size() > MOST_IN_LIST) {
            errors.put(field, "must have at most " + MOST_IN_LIST + " items");
            return parsed;
        }
        boolean good =
                value.getValueType() == JsonValue.ValueType.NULL || value.getValueType() == JsonValue.ValueType.ARRAY;
        if (good && value.getValueType() == JsonValue.ValueType.ARRAY) {
            for (JsonValue item : value.asJsonArray()) {
                Optional<T> one = item instanceof JsonString text ? parser.apply(text.getString()) : Optional.empty();
                one.ifPresent(parsed::add);
                good &= one.isPresent();
            }
        }
        if (!good) {
            errors.put(field, "must be a list, each of it " + expected);
        }
        return parsed;
    }

    /** Notes an error that several fields make together. */
    void refuse(String field, String reason) {
        errors.putIfAbsent(field, reason);
    }

    /** Ends the reading. All values are valid when this returns. */
    void done() {
        body.keySet().stream()
                .filter(field -> !taken.contains(field))
                .forEach(field -> errors.put(field, "is not known"));
        if (errors.isEmpty()) {
            return;
        }
        JsonArrayBuilder listed = Json.createArrayBuilder();
        errors.forEach((field, reason) ->
                listed.add(Json.createObjectBuilder().add("field", field).add("reason", reason)));
        throw Problem.of(
                        ProblemCode.VALIDATION_FAILED, "Wrong in the body: " + String.join(", ", errors.keySet()) + ".")
                .with("errors", listed.build());
    }

    private JsonValue take(String field) {
        taken.add(field);
        return body.getOrDefault(field, JsonValue.NULL);
    }
}
