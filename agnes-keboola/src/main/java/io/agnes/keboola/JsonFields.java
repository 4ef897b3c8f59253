// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads JSON as PHP writes it: absent, null and empty mean the same, and an empty map is a list. */
final class JsonFields {
    /** Offsets come with and without a colon. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss[.SSS][XXX][XX]");

    private JsonFields() {}

    /** The document, or nothing if the text is not JSON. */
    static Optional<JsonStructure> parse(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return Optional.of(reader.read());
        } catch (RuntimeException e) {
            // Not only JsonException: the bound on depth throws another type.
            return Optional.empty();
        }
    }

    /** The object at the key; an empty one for anything else. */
    static JsonObject object(JsonObject from, String key) {
        return from.get(key) instanceof JsonObject object ? object : JsonValue.EMPTY_JSON_OBJECT;
    }

    /** The objects in the list at the key. */
    static List<JsonObject> objects(JsonObject from, String key) {
        return from.get(key) instanceof JsonArray array ? objects(array) : List.of();
    }

    static List<JsonObject> objects(JsonArray array) {
        return array.stream()
                .filter(JsonObject.class::isInstance)
                .map(JsonValue::asJsonObject)
                .toList();
    }

    /** The texts in the list at the key. */
    static List<String> texts(JsonObject from, String key) {
        return from.get(key) instanceof JsonArray array
                ? array.stream().flatMap(value -> text(value).stream()).toList()
                : List.of();
    }

    /** Text or number at the key, as text; nothing if it is empty. */
    static Optional<String> text(JsonObject from, String key) {
        JsonValue value = from.get(key);
        return value == null ? Optional.empty() : text(value);
    }

    static String textOr(JsonObject from, String key, String otherwise) {
        return text(from, key).orElse(otherwise);
    }

    static OptionalLong number(JsonObject from, String key) {
        return from.get(key) instanceof JsonNumber number ? OptionalLong.of(number.longValue()) : OptionalLong.empty();
    }

    static boolean truth(JsonObject from, String key) {
        return JsonValue.TRUE.equals(from.get(key));
    }

    static Optional<Instant> time(JsonObject from, String key) {
        return text(from, key).flatMap(JsonFields::time);
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text, TIME).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(JsonValue value) {
        return switch (value) {
            case JsonString string -> Optional.of(string.getString()).filter(text -> !text.isEmpty());
            case JsonNumber number -> Optional.of(number.toString());
            default -> Optional.empty();
        };
    }
}
