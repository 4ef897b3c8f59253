// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.googlesql.GoogleColumn;
import io.agnes.testkit.googlesql.GoogleType;
import java.util.List;
import java.util.stream.Collectors;

/**
 * DuckDB's SQL for the text of a value of a BigQuery table, as one of BigQuery's formats writes it. Arrays and structs become
 * JSON of such texts.
 */
enum CellText {
    /** The REST API, timestamps in seconds with a fraction. */
    REST_SECONDS,
    /** The REST API, timestamps in microseconds: {@code formatOptions.useInt64Timestamp}. */
    REST_MICROS,
    /** The REST API, timestamps in the format of ISO 8601. */
    REST_ISO8601,
    /** CSV and JSON files. */
    FILE;

    /** The text of a column. */
    String of(GoogleColumn column) {
        return of(column.type(), Sql.name(column.name()));
    }

    /** The texts of all columns, separated by commas. */
    String of(List<GoogleColumn> columns) {
        return columns.stream()
                .map(column -> of(column) + " AS " + Sql.name(column.name()))
                .collect(Collectors.joining(", "));
    }

    private String of(GoogleType type, String value) {
        return switch (type.kind()) {
            case ARRAY, STRUCT -> "CAST(to_json(" + nested(type, value) + ") AS VARCHAR)";
            default -> text(type, value);
        };
    }

    private String nested(GoogleType type, String value) {
        return switch (type.kind()) {
            case ARRAY ->
                "list_transform(coalesce(" + value + ", []), lambda x: " + nested(type.elementType(), "x") + ")";
            case STRUCT ->
                type.fields().stream()
                        .map(field -> Sql.name(field.name()) + " := "
                                + nested(field.type(), "struct_extract(" + value + ", " + Sql.text(field.name()) + ")"))
                        .collect(Collectors.joining(
                                ", ", "CASE WHEN " + value + " IS NOT NULL THEN struct_pack(", ") END"));
            default -> text(type, value);
        };
    }

    private String text(GoogleType type, String value) {
        String plain = "CAST(" + value + " AS VARCHAR)";
        return switch (type.kind()) {
            case NUMERIC -> "bq_number(" + plain + ")";
            case FLOAT64 ->
                this == FILE
                        ? plain
                        : "CASE " + plain + " WHEN 'inf' THEN 'Infinity' WHEN '-inf' THEN '-Infinity'"
                                + " WHEN 'nan' THEN 'NaN' ELSE " + plain + " END";
            case BYTES -> "to_base64(" + value + ")";
            case TIME ->
                "strftime(DATE '1970-01-01' + " + value + ", '%H:%M:%S') || bq_fraction(epoch_us(" + value + "))";
            case DATETIME -> "strftime(" + value + ", '%Y-%m-%dT%H:%M:%S') || bq_fraction(epoch_us(" + value + "))";
            case TIMESTAMP -> timestamp(value);
            case INTERVAL -> "bq_interval(" + value + ")";
            case BIGNUMERIC, RANGE -> type.unmark(value);
            case GEOGRAPHY -> "bq_wkt(" + value + ")";
            default -> plain;
        };
    }

    private String timestamp(String value) {
        String micros = "epoch_us(" + value + ")";
        return switch (this) {
            case REST_MICROS -> "CAST(" + micros + " AS VARCHAR)";
            case REST_SECONDS ->
                "bq_number(CAST(CAST(" + micros + " AS DECIMAL(24, 6)) / 1000000 AS DECIMAL(24, 6)) :: VARCHAR)";
            case REST_ISO8601 ->
                "strftime(CAST(" + value + " AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S') || bq_fraction(" + micros + ") || 'Z'";
            case FILE ->
                "strftime(CAST(" + value + " AS TIMESTAMP), '%Y-%m-%d %H:%M:%S') || bq_fraction(" + micros
                        + ") || ' UTC'";
        };
    }

    /** DuckDB's SQL for the logical size of a value in bytes, as BigQuery's documentation of data types defines it. */
    static String logicalBytes(GoogleType type, String value) {
        String size = switch (type.kind()) {
            case INT64, FLOAT64, DATE, TIME, DATETIME, TIMESTAMP -> "8";
            case BOOL -> "1";
            case NUMERIC, INTERVAL, RANGE -> "16";
            case BIGNUMERIC -> "32";
            case BYTES -> "2 + octet_length(" + value + ")";
            case STRING, JSON -> "2 + strlen(CAST(" + value + " AS VARCHAR))";
            // Each vertex is separated from the next by a comma.
            case GEOGRAPHY ->
                "40 + 24 * (length(CAST(" + value + " AS VARCHAR)) - length(replace(CAST(" + value
                        + " AS VARCHAR), ',', '')))";
            case ARRAY ->
                "coalesce(list_sum(list_transform(" + value + ", lambda x: " + logicalBytes(type.elementType(), "x")
                        + ")), 0)";
            case STRUCT ->
                type.fields().stream()
                        .map(field -> logicalBytes(
                                field.type(), "struct_extract(" + value + ", " + Sql.text(field.name()) + ")"))
                        .collect(Collectors.joining(" + "));
        };
        return "CASE WHEN " + value + " IS NULL THEN 0 ELSE " + size + " END";
    }
}
