// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.List;
import java.util.OptionalInt;

/**
 * A leaf column of a schema.
 *
 * @param path the names from the outermost group to the column
 * @param repetition {@code required}, {@code optional} or {@code repeated}
 * @param physicalType as in schema text, for example {@code int64} or {@code fixed_len_byte_array(16)}
 * @param logicalType as in schema text, for example {@code TIMESTAMP(MICROS,true)}; empty if the column has none
 * @param fieldId the id by which table formats identify the column
 */
public record ParquetColumn(
        List<String> path, String repetition, String physicalType, String logicalType, OptionalInt fieldId) {
    public ParquetColumn {
        path = List.copyOf(path);
    }

    static ParquetColumn of(SchemaElement element, List<String> path) {
        return new ParquetColumn(
                path,
                element.repetitionText(),
                element.typeText(),
                element.annotation().text(),
                element.fieldId());
    }

    /** The path joined by dots, for display; the names themselves may contain dots. */
    public String name() {
        return String.join(".", path);
    }

    /** The DuckDB type of the column. Without a known logical type it follows from the physical type, else {@code BLOB}. */
    public String sqlType() {
        String kind = logicalType.replaceAll("\\(.*", "");
        return switch (kind) {
            case "STRING", "ENUM" -> "VARCHAR";
            case "JSON", "UUID", "DATE", "VARIANT", "GEOMETRY", "INTERVAL" -> kind;
            case "DECIMAL" -> logicalType;
            case "TIME" -> logicalType.endsWith(",true)") ? "TIME WITH TIME ZONE" : "TIME";
            case "TIMESTAMP" -> timestamp();
            case "INTEGER" -> integer();
            case "FLOAT16" -> "FLOAT";
            default -> physical();
        };
    }

    private String timestamp() {
        if (logicalType.endsWith(",true)")) {
            return "TIMESTAMP WITH TIME ZONE";
        }
        return logicalType.contains("NANOS") ? "TIMESTAMP_NS" : "TIMESTAMP";
    }

    private String integer() {
        return switch (logicalType) {
            case "INTEGER(8,true)" -> "TINYINT";
            case "INTEGER(16,true)" -> "SMALLINT";
            case "INTEGER(32,true)" -> "INTEGER";
            case "INTEGER(64,true)" -> "BIGINT";
            case "INTEGER(8,false)" -> "UTINYINT";
            case "INTEGER(16,false)" -> "USMALLINT";
            case "INTEGER(32,false)" -> "UINTEGER";
            case "INTEGER(64,false)" -> "UBIGINT";
            default -> physical();
        };
    }

    private String physical() {
        return switch (physicalType) {
            case "boolean" -> "BOOLEAN";
            case "int32" -> "INTEGER";
            case "int64" -> "BIGINT";
            case "int96" -> "TIMESTAMP";
            case "float" -> "FLOAT";
            case "double" -> "DOUBLE";
            default -> "BLOB";
        };
    }
}
