// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.googlesql.GoogleColumn;
import io.agnes.testkit.googlesql.GoogleType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes columns as the REST API of BigQuery describes them. */
final class GoogleSchema {
    private GoogleSchema() {}

    static Map<String, @Nullable Object> field(GoogleColumn column) {
        boolean repeated = column.type().kind() == GoogleType.Kind.ARRAY;
        GoogleType type = repeated ? column.type().elementType() : column.type();
        Map<String, @Nullable Object> json = Json.object(
                "name",
                column.name(),
                "type",
                type.kind().apiName(),
                "mode",
                repeated ? "REPEATED" : column.required() ? "REQUIRED" : "NULLABLE");
        if (column.description() != null) {
            json.put("description", column.description());
        }
        switch (type.kind()) {
            case STRUCT ->
                json.put(
                        "fields",
                        type.fields().stream().map(GoogleSchema::field).toList());
            case RANGE ->
                json.put(
                        "rangeElementType",
                        Json.object("type", type.elementType().kind().apiName()));
            case STRING, BYTES -> putIfPresent(json, "maxLength", type.precision());
            case NUMERIC, BIGNUMERIC -> {
                putIfPresent(json, "precision", type.precision());
                putIfPresent(json, "scale", type.scale());
            }
            default -> {}
        }
        return json;
    }

    private static void putIfPresent(Map<String, @Nullable Object> json, String name, @Nullable Integer value) {
        if (value != null) {
            json.put(name, String.valueOf(value));
        }
    }
}
