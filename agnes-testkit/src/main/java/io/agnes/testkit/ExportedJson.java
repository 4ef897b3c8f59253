// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.googlesql.GoogleColumn;
import io.agnes.testkit.googlesql.GoogleType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lines of BigQuery's JSON files: integers and decimals are strings, fields without a value are left out, and {@code <},
 * {@code >} and {@code &} are escaped.
 */
final class ExportedJson {
    private ExportedJson() {}

    /** @param cells the texts of {@link CellText#FILE} */
    static String line(List<GoogleColumn> columns, List<@Nullable String> cells) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            GoogleType type = columns.get(i).type();
            String cell = cells.get(i);
            boolean nested = type.kind() == GoogleType.Kind.ARRAY || type.kind() == GoogleType.Kind.STRUCT;
            Object value = cell == null ? null : value(type, nested ? Json.read(cell) : cell);
            if (value != null) {
                object.put(columns.get(i).name(), value);
            }
        }
        return Json.write(object)
                        .replace("<", "\\u003c")
                        .replace(">", "\\u003e")
                        .replace("&", "\\u0026")
                + "\n";
    }

    private static @Nullable Object value(GoogleType type, @Nullable Object value) {
        return switch (value) {
            case null -> null;
            case List<?> array
            when type.kind() == GoogleType.Kind.ARRAY ->
                array.stream()
                        .map(element -> value(type.elementType(), element))
                        .toList();
            case Map<?, ?> struct when type.kind() == GoogleType.Kind.STRUCT -> struct(type, struct);
            default -> scalar(type, value.toString());
        };
    }

    private static Map<String, @Nullable Object> struct(GoogleType type, Map<?, ?> struct) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (GoogleColumn field : type.fields()) {
            Object value = value(field.type(), struct.get(field.name()));
            if (value != null) {
                object.put(field.name(), value);
            }
        }
        return object;
    }

    private static @Nullable Object scalar(GoogleType type, String text) {
        return switch (type.kind()) {
            case BOOL -> Boolean.valueOf(text);
            case FLOAT64 -> text.matches(".*[a-z]") ? text : (Object) Double.valueOf(text);
            case JSON -> Json.read(text);
            default -> text;
        };
    }
}
