// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object in a request to {@link ControlApi}. After reading the fields that it knows, the caller calls
 * {@link #requireAllRead}, which refuses the others, so that a misspelt field is an error.
 */
final class ControlFields {
    private final Map<?, ?> object;
    private final Set<String> read = new HashSet<>();

    private ControlFields(Map<?, ?> object) {
        this.object = object;
    }

    /** @throws ErrorResponseException 400 unless the text is a JSON object */
    static ControlFields of(String json) {
        try {
            if (Json.read(json) instanceof Map<?, ?> object) {
                return new ControlFields(object);
            }
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
        throw wrong("expected a JSON object");
    }

    static ErrorResponseException wrong(String message) {
        return new ErrorResponseException(Response.json(400, Json.object("error", message)));
    }

    boolean has(String name) {
        return object.get(name) != null;
    }

    @Nullable
    Object any(String name) {
        read.add(name);
        return object.get(name);
    }

    String text(String name) {
        if (any(name) instanceof String text) {
            return text;
        }
        throw unexpected(name, "a text");
    }

    @Nullable
    String textOrNull(String name) {
        return has(name) ? text(name) : null;
    }

    long number(String name) {
        if (any(name) instanceof Long number) {
            return number;
        }
        throw unexpected(name, "a whole number");
    }

    int integer(String name) {
        try {
            return Math.toIntExact(number(name));
        } catch (ArithmeticException e) {
            throw unexpected(name, "a number of 32 bits");
        }
    }

    List<?> list(String name) {
        if (any(name) instanceof List<?> list) {
            return list;
        }
        throw unexpected(name, "a list");
    }

    Map<String, String> texts(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (has(name)) {
            if (!(any(name) instanceof Map<?, ?> map)) {
                throw unexpected(name, "an object of texts");
            }
            map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
        }
        return texts;
    }

    /** @throws ErrorResponseException 400 if the object has a field that was not read */
    void requireAllRead() {
        for (Object name : object.keySet()) {
            if (!read.contains(String.valueOf(name))) {
                throw wrong("there is no field \"" + name + "\" here; those read are "
                        + read.stream().sorted().toList());
            }
        }
    }

    private ErrorResponseException unexpected(String name, String expected) {
        Object found = object.get(name);
        return wrong(
                "\"" + name + "\": expected " + expected + ", got " + (found == null ? "nothing" : Json.write(found)));
    }
}
