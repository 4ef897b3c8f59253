// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.googlesql.GoogleColumn;
import io.agnes.testkit.googlesql.GoogleType;
import io.agnes.testkit.parquet.ParquetField;
import io.agnes.testkit.parquet.ParquetField.Leaf;
import io.agnes.testkit.parquet.ParquetField.Repetition;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The types of columns in BigQuery's Parquet files, as its documentation of exports lists them. */
final class ParquetTypes {
    private static final int NUMERIC_BYTES = 16;
    private static final int BIGNUMERIC_BYTES = 32;

    private ParquetTypes() {}

    static ParquetField field(GoogleColumn column) {
        boolean repeated = column.type().kind() == GoogleType.Kind.ARRAY;
        GoogleType type = repeated ? column.type().elementType() : column.type();
        Repetition repetition =
                repeated ? Repetition.REPEATED : column.required() ? Repetition.REQUIRED : Repetition.OPTIONAL;
        List<ParquetField> children =
                type.fields().stream().map(ParquetTypes::field).toList();
        return new ParquetField(column.name(), repetition, leaf(type), children);
    }

    private static @Nullable Leaf leaf(GoogleType type) {
        return switch (type.kind()) {
            case INT64 -> Leaf.Plain.INT64;
            case FLOAT64 -> Leaf.Plain.DOUBLE;
            case NUMERIC -> decimal(type, 38, 9, NUMERIC_BYTES);
            case BIGNUMERIC -> decimal(type, 76, 38, BIGNUMERIC_BYTES);
            case BOOL -> Leaf.Plain.BOOLEAN;
            case STRING -> Leaf.Plain.STRING;
            case BYTES -> Leaf.Plain.BYTES;
            case DATE -> Leaf.Plain.DATE;
            case TIME -> Leaf.Plain.TIME;
            case DATETIME, TIMESTAMP -> Leaf.Plain.TIMESTAMP;
            case GEOGRAPHY -> Leaf.Plain.GEOGRAPHY;
            case STRUCT -> null;
            case ARRAY, RANGE, JSON, INTERVAL -> throw new IllegalArgumentException("No Parquet type for " + type);
        };
    }

    private static Leaf decimal(GoogleType type, int precision, int scale, int bytes) {
        Integer given = type.precision();
        return given == null
                ? new Leaf.Decimal(precision, scale, bytes)
                : new Leaf.Decimal(given, scale(type, scale), bytes);
    }

    private static int scale(GoogleType type, int ofUnparameterized) {
        if (type.precision() == null) {
            return ofUnparameterized;
        }
        return type.scale() == null ? 0 : type.scale();
    }

    /** DuckDB's SQL for the value that has to be written: wide decimals as 32 bytes, geographies as well-known binary. */
    static String value(GoogleType type, String value) {
        return switch (type.kind()) {
            case NUMERIC -> "CAST(" + value + " AS DECIMAL(38, " + scale(type, 9) + "))";
            // DuckDB calls functions of Java for NULL too.
            case BIGNUMERIC ->
                "CASE WHEN " + value + " IS NOT NULL THEN unhex(" + WideDecimal.FUNCTION + "(" + type.unmark(value)
                        + ", " + scale(type, 38) + ")) END";
            case GEOGRAPHY -> "ST_AsWKB(" + value + ")";
            case ARRAY -> "list_transform(" + value + ", lambda x: " + value(type.elementType(), "x") + ")";
            case STRUCT ->
                type.fields().stream()
                        .map(field -> Sql.name(field.name()) + " := "
                                + value(field.type(), "struct_extract(" + value + ", " + Sql.text(field.name()) + ")"))
                        .collect(Collectors.joining(
                                ", ", "CASE WHEN " + value + " IS NOT NULL THEN struct_pack(", ") END"));
            default -> value;
        };
    }
}
