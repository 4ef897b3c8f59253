// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of an object that clients may set. */
final class ObjectFields {
    private static final Set<String> WRITABLE = Set.of(
            "cacheControl",
            "contentDisposition",
            "contentEncoding",
            "contentLanguage",
            "contentType",
            "customTime",
            "eventBasedHold",
            "metadata",
            "storageClass",
            "temporaryHold");

    private ObjectFields() {}

    /** The writable fields of an object resource; other fields are ignored, as the real service does. */
    static Map<String, @Nullable Object> of(Map<?, ?> resource) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        resource.forEach((name, value) -> {
            if (WRITABLE.contains(String.valueOf(name)) && value != null) {
                fields.put(String.valueOf(name), value);
            }
        });
        return fields;
    }

    /** The fields after a patch: null removes a field or an entry of {@code metadata}. */
    static Map<String, @Nullable Object> merged(Map<String, @Nullable Object> fields, Map<?, ?> patch) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(fields);
        patch.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (!WRITABLE.contains(name)) {
                return;
            }
            if (name.equals("metadata") && value instanceof Map<?, ?> entries) {
                merged.put(name, mergedEntries(merged.get(name), entries));
            } else if (value == null) {
                merged.remove(name);
            } else {
                merged.put(name, value);
            }
        });
        return merged;
    }

    private static Map<String, @Nullable Object> mergedEntries(@Nullable Object current, Map<?, ?> patch) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>();
        if (current instanceof Map<?, ?> entries) {
            entries.forEach((name, value) -> merged.put(String.valueOf(name), value));
        }
        patch.forEach((name, value) -> {
            if (value == null) {
                merged.remove(String.valueOf(name));
            } else {
                merged.put(String.valueOf(name), value);
            }
        });
        return merged;
    }
}
