// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.googlesql.GoogleColumn;
import io.agnes.testkit.googlesql.GoogleType;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes Java values as DuckDB's SQL for a value of a BigQuery type. */
final class GoogleLiteral {
    private GoogleLiteral() {}

    /**
     * A value.
     *
     * @param value null for NULL; a {@code List} for an ARRAY; a {@code Map} by field name, or a {@code List} of the fields in
     *     order, for a STRUCT; {@code byte[]} for BYTES; else text, or a value whose text DuckDB can cast to the type
     */
    static String of(GoogleType type, @Nullable Object value) {
        if (value == null) {
            return "CAST(NULL AS " + type.duckDbType() + ")";
        }
        return switch (type.kind()) {
            case ARRAY -> array(type, value);
            case STRUCT -> struct(type, value);
            case BYTES -> "unhex('" + HexFormat.of().formatHex(bytes(value)) + "')";
            case BIGNUMERIC -> type.mark(Sql.text(plain(new BigDecimal(value.toString()))));
            case RANGE -> type.mark(Sql.text(value.toString()));
            default -> cast(value.toString(), type);
        };
    }

    private static String cast(String text, GoogleType type) {
        return "CAST(" + Sql.text(text) + " AS " + type.duckDbType() + ")";
    }

    private static String plain(BigDecimal number) {
        String text = number.toPlainString();
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    private static byte[] bytes(Object value) {
        return value instanceof byte[] bytes ? bytes : Signer.utf8(value.toString());
    }

    private static String array(GoogleType type, Object value) {
        if (!(value instanceof List<?> elements)) {
            throw new IllegalArgumentException("A value of " + type + " must be a List, not " + value.getClass());
        }
        return elements.stream()
                .map(element -> of(type.elementType(), element))
                .collect(Collectors.joining(", ", "CAST([", "] AS " + type.duckDbType() + ")"));
    }

    private static String struct(GoogleType type, Object value) {
        List<GoogleColumn> fields = type.fields();
        if (value instanceof List<?> values && values.size() == fields.size()) {
            StringBuilder packed = new StringBuilder();
            for (int i = 0; i < fields.size(); i++) {
                packed.append(i == 0 ? "" : ", ").append(field(fields.get(i), values.get(i)));
            }
            return "struct_pack(" + packed + ")";
        }
        if (value instanceof Map<?, ?> values) {
            return fields.stream()
                    .map(field -> field(field, values.get(field.name())))
                    .collect(Collectors.joining(", ", "struct_pack(", ")"));
        }
        throw new IllegalArgumentException(
                "A value of " + type + " must be a Map or a List of " + fields.size() + " values, not " + value);
    }

    private static String field(GoogleColumn field, @Nullable Object value) {
        return Sql.name(field.name()) + " := " + of(field.type(), value);
    }
}
