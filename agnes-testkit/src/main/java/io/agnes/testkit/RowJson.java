// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.googlesql.GoogleColumn;
import io.agnes.testkit.googlesql.GoogleType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes rows as the REST API of BigQuery does: {@code {"f": [{"v": "1"}, {"v": [{"v": "a"}]}]}}. */
final class RowJson {
    private RowJson() {}

    /** @param cells the texts of one of the REST forms of {@link CellText} */
    static Map<String, @Nullable Object> row(List<GoogleColumn> columns, List<@Nullable String> cells) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            GoogleType type = columns.get(i).type();
            String cell = cells.get(i);
            boolean nested = type.kind() == GoogleType.Kind.ARRAY || type.kind() == GoogleType.Kind.STRUCT;
            values.add(cell(type, nested && cell != null ? Json.read(cell) : cell));
        }
        return Json.object("f", values);
    }

    private static Map<String, @Nullable Object> cell(GoogleType type, @Nullable Object value) {
        return Json.object("v", value(type, value));
    }

    private static @Nullable Object value(GoogleType type, @Nullable Object value) {
        return switch (value) {
            case List<?> array
            when type.kind() == GoogleType.Kind.ARRAY ->
                array.stream().map(element -> cell(type.elementType(), element)).toList();
            case Map<?, ?> struct
            when type.kind() == GoogleType.Kind.STRUCT -> {
                List<@Nullable Object> fields = new ArrayList<>();
                type.fields().forEach(field -> fields.add(cell(field.type(), struct.get(field.name()))));
                yield Json.object("f", fields);
            }
            case null, default -> value;
        };
    }
}
