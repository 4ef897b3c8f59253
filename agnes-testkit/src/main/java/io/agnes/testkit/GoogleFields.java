// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object that a client sent. Numbers may be JSON numbers or strings, as in Google's APIs. */
record GoogleFields(Map<String, @Nullable Object> fields) {

    /** @throws GoogleJobException 400 if the body is no JSON object */
    static GoogleFields of(Request request) {
        try {
            return of(Json.read(request.body()));
        } catch (IllegalArgumentException e) {
            throw new GoogleJobException(400, "parseError", "Parse Error");
        }
    }

    /** The fields of an object; none if the value is another one. */
    static GoogleFields of(@Nullable Object value) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> object) {
            object.forEach((name, field) -> fields.put(String.valueOf(name), field));
        }
        return new GoogleFields(fields);
    }

    boolean has(String name) {
        return fields.get(name) != null;
    }

    GoogleFields object(String name) {
        return of(fields.get(name));
    }

    @Nullable
    String text(String name) {
        Object value = fields.get(name);
        return value == null ? null : String.valueOf(value);
    }

    String text(String name, String otherwise) {
        String value = text(name);
        return value == null ? otherwise : value;
    }

    /** @throws GoogleJobException 400 if there is none */
    String requireText(String name) {
        String value = text(name);
        if (value == null || value.isEmpty()) {
            throw new GoogleJobException(400, "required", "Required parameter is missing: " + name);
        }
        return value;
    }

    @Nullable
    Long number(String name) {
        String value = text(name);
        try {
            return value == null ? null : Long.valueOf(value);
        } catch (NumberFormatException e) {
            throw GoogleJobException.invalid("Invalid value for " + name + ": " + value);
        }
    }

    boolean flag(String name) {
        return Boolean.parseBoolean(text(name));
    }

    List<?> list(String name) {
        return fields.get(name) instanceof List<?> list ? list : List.of();
    }
}
