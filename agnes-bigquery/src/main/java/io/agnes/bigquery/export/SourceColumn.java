// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import com.google.cloud.bigquery.Field;
import com.google.cloud.bigquery.FieldElementType;
import com.google.cloud.bigquery.FieldList;
import java.util.List;
import java.util.Objects;

/**
 * A column of a table or of a result, or a field of a STRUCT.
 *
 * @param type the name in GoogleSQL, without parameters: {@code INT64}, {@code STRUCT}, {@code RANGE}
 * @param repeated whether it is an ARRAY of the type
 * @param precision digits of a NUMERIC or BIGNUMERIC; 0 for those of the type
 * @param scale digits behind the point of a NUMERIC or BIGNUMERIC with a precision
 * @param element of a RANGE: {@code DATE}, {@code DATETIME} or {@code TIMESTAMP}; empty text otherwise
 * @param fields of a STRUCT, in order
 */
record SourceColumn(
        String name,
        String type,
        boolean repeated,
        int precision,
        int scale,
        String element,
        List<SourceColumn> fields) {
    SourceColumn {
        fields = List.copyOf(fields);
    }

    /** @param parameters precision and scale of a number, or the bound of a text; often none */
    static SourceColumn scalar(String name, String type, List<Integer> parameters) {
        boolean number = type.equals("NUMERIC") || type.equals("BIGNUMERIC");
        int precision = number && !parameters.isEmpty() ? parameters.getFirst() : 0;
        int scale = number && parameters.size() > 1 ? parameters.get(1) : 0;
        return new SourceColumn(name, type, false, precision, scale, "", List.of());
    }

    static SourceColumn scalar(String name, String type) {
        return scalar(name, type, List.of());
    }

    static SourceColumn struct(String name, List<SourceColumn> fields) {
        return new SourceColumn(name, "STRUCT", false, 0, 0, "", fields);
    }

    static SourceColumn range(String name, String element) {
        return new SourceColumn(name, "RANGE", false, 0, 0, element, List.of());
    }

    /** The columns of a schema of Google's client. */
    static List<SourceColumn> of(FieldList fields) {
        return fields.stream().map(SourceColumn::of).toList();
    }

    private static SourceColumn of(Field field) {
        String type = field.getType().getStandardType().name();
        FieldElementType element = field.getRangeElementType();
        FieldList nested = field.getSubFields();
        SourceColumn single = switch (type) {
            case "STRUCT" -> struct(field.getName(), nested == null ? List.of() : of(nested));
            case "RANGE" ->
                range(field.getName(), element == null ? "" : Objects.requireNonNullElse(element.getType(), ""));
            default -> scalar(field.getName(), type, parameters(field));
        };
        return single.repeated(field.getMode() == Field.Mode.REPEATED);
    }

    private static List<Integer> parameters(Field field) {
        if (field.getPrecision() == null) {
            return List.of();
        }
        int scale = field.getScale() == null ? 0 : Math.toIntExact(field.getScale());
        return List.of(Math.toIntExact(field.getPrecision()), scale);
    }

    /** The same as an ARRAY, or as the element of one. */
    SourceColumn repeated(boolean value) {
        return new SourceColumn(name, type, value, precision, scale, element, fields);
    }

    /** One value of it: the element of an ARRAY. */
    SourceColumn single() {
        return repeated(false);
    }

    boolean isStruct() {
        return type.equals("STRUCT");
    }

    boolean isRange() {
        return type.equals("RANGE");
    }
}
