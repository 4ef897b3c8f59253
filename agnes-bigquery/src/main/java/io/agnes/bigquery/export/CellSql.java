// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.core.duckdb.Sql;
import java.util.List;
import java.util.stream.Collectors;

/**
 * SQL of DuckDB that gives the cells of {@link Cells} the types that the README documents. Instants arrive as microseconds, bytes
 * in Base64, nested values as JSON whose scalars are all text.
 */
final class CellSql {
    /** DuckDB's decimals have so many digits at most. */
    private static final int MOST_DIGITS = 38;

    private static final int NUMERIC_SCALE = 9;

    private CellSql() {}

    /** The items of a SELECT over the cells, one for each column. */
    static String items(List<SourceColumn> columns) {
        return columns.stream()
                .map(column -> value(column) + " AS " + Sql.name(column.name()))
                .collect(Collectors.joining(", "));
    }

    private static String value(SourceColumn column) {
        String cell = Sql.name(column.name());
        String text = "substr(" + cell + ", " + (Cells.PRESENT.length() + 1) + ")";
        String whole = nested(column)
                ? converted(column, "CAST(CAST(" + text + " AS JSON) AS " + textType(column) + ")", 0)
                : scalar(column, text);
        return "CASE WHEN " + cell + " = '' THEN NULL ELSE " + whole + " END";
    }

    /** Whether the cell is JSON. */
    static boolean nested(SourceColumn column) {
        return column.repeated() || column.isStruct() || column.isRange();
    }

    /** The type of the column with text in place of every scalar. */
    private static String textType(SourceColumn column) {
        if (column.repeated()) {
            return textType(column.single()) + "[]";
        }
        return nested(column)
                ? fields(column).stream()
                        .map(field -> Sql.name(field.name()) + " " + textType(field))
                        .collect(Collectors.joining(", ", "STRUCT(", ")"))
                : "VARCHAR";
    }

    private static String converted(SourceColumn column, String value, int depth) {
        if (column.repeated()) {
            String element = "e" + depth;
            return "list_transform(" + value + ", lambda " + element + ": "
                    + converted(column.single(), element, depth + 1) + ")";
        }
        return nested(column)
                ? "CASE WHEN (" + value + ") IS NULL THEN NULL ELSE "
                        + fields(column).stream()
                                .map(field -> Sql.name(field.name()) + " := "
                                        + converted(
                                                field,
                                                "struct_extract(" + value + ", " + Sql.text(field.name()) + ")",
                                                depth))
                                .collect(Collectors.joining(", ", "struct_pack(", ")"))
                        + " END"
                : scalar(column, value);
    }

    private static List<SourceColumn> fields(SourceColumn column) {
        return column.isStruct()
                ? column.fields()
                : List.of(end(Cells.RANGE_START, column), end(Cells.RANGE_END, column));
    }

    private static SourceColumn end(String name, SourceColumn range) {
        return SourceColumn.scalar(name, range.element());
    }

    private static String scalar(SourceColumn column, String text) {
        return switch (column.type()) {
            case "INT64" -> cast(text, "BIGINT");
            case "FLOAT64" -> cast(text, "DOUBLE");
            case "BOOL" -> cast(text, "BOOLEAN");
            case "DATE", "TIME" -> cast(text, column.type());
            case "DATETIME" -> cast(text, "TIMESTAMP");
            // The session's time zone is UTC.
            case "TIMESTAMP" -> cast("make_timestamp(" + cast(text, "BIGINT") + ")", "TIMESTAMP WITH TIME ZONE");
            case "BYTES" -> "from_base64(" + text + ")";
            case "NUMERIC", "BIGNUMERIC" -> number(column, text);
            default -> text;
        };
    }

    /** Numbers with more digits than DuckDB has stay text. */
    private static String number(SourceColumn column, String text) {
        if (column.precision() > 0 && column.precision() <= MOST_DIGITS) {
            return cast(text, "DECIMAL(" + column.precision() + ", " + column.scale() + ")");
        }
        return column.type().equals("NUMERIC")
                ? cast(text, "DECIMAL(" + MOST_DIGITS + ", " + NUMERIC_SCALE + ")")
                : text;
    }

    /** Whether a value of it is text here and has a type of its own in a shard. */
    static boolean keepsText(SourceColumn column) {
        boolean wide =
                column.type().equals("BIGNUMERIC") && (column.precision() == 0 || column.precision() > MOST_DIGITS);
        return wide
                || column.type().equals("GEOGRAPHY")
                || column.fields().stream().anyMatch(CellSql::keepsText);
    }

    private static String cast(String value, String type) {
        return "CAST(" + value + " AS " + type + ")";
    }
}
