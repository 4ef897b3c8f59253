// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Parses a form body like PHP: {@code a[0][b]=x} nests, {@code a[]=x} appends, and the last of equal names wins. */
final class PhpForm {
    private PhpForm() {}

    static Map<String, @Nullable Object> read(String body) {
        Map<String, Object> root = new LinkedHashMap<>();
        for (String pair : body.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = Request.decode(equals < 0 ? pair : pair.substring(0, equals));
                put(root, path(name), equals < 0 ? "" : Request.decode(pair.substring(equals + 1)));
            }
        }
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        root.forEach((name, value) -> form.put(name, listed(value)));
        return form;
    }

    private static List<String> path(String name) {
        List<String> path = new ArrayList<>();
        int bracket = name.indexOf('[');
        path.add(bracket < 0 ? name : name.substring(0, bracket));
        while (bracket >= 0) {
            int end = name.indexOf(']', bracket);
            if (end < 0) {
                break;
            }
            path.add(name.substring(bracket + 1, end));
            bracket = name.indexOf('[', end);
        }
        return path;
    }

    private static void put(Map<String, Object> root, List<String> path, String value) {
        Map<String, Object> at = root;
        for (String step : path.subList(0, path.size() - 1)) {
            at = child(at, key(at, step));
        }
        at.put(key(at, path.get(path.size() - 1)), value);
    }

    private static String key(Map<String, Object> at, String step) {
        return step.isEmpty() ? String.valueOf(at.size()) : step;
    }

    @SuppressWarnings("unchecked") // only this class puts maps in
    private static Map<String, Object> child(Map<String, Object> at, String key) {
        if (!(at.get(key) instanceof Map)) {
            at.put(key, new LinkedHashMap<String, Object>());
        }
        return (Map<String, Object>) Objects.requireNonNull(at.get(key));
    }

    /** Converts a map with the keys 0, 1, 2 … to a list, since PHP treats it as an array. */
    private static Object listed(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        Map<String, Object> named = new LinkedHashMap<>();
        map.forEach((key, item) -> named.put(String.valueOf(key), listed(Objects.requireNonNull(item))));
        int next = 0;
        for (String key : named.keySet()) {
            if (!key.equals(String.valueOf(next++))) {
                return named;
            }
        }
        return new ArrayList<>(named.values());
    }
}
