// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The SELECT that {@code EXPORT DATA} runs over a table or query. Types that Parquet exports do not know are converted there: JSON
 * and INTERVAL to text, RANGE to a STRUCT of {@code start} and {@code end}, at any depth. Everything else is selected as it is.
 */
final class ExportSelect {
    private static final String SOURCE = "agnes_source";

    private ExportSelect() {}

    /** Whether any value has a type that a Parquet export does not know. */
    static boolean converts(List<SourceColumn> columns) {
        return columns.stream().anyMatch(ExportSelect::converts);
    }

    private static boolean converts(SourceColumn column) {
        return switch (column.type()) {
            case "JSON", "INTERVAL", "RANGE" -> true;
            default -> converts(column.fields());
        };
    }

    /**
     * The statement.
     *
     * @param from a quoted table, or a query in parentheses
     */
    static String of(String from, List<SourceColumn> columns) {
        String items =
                converts(columns) ? columns.stream().map(ExportSelect::item).collect(Collectors.joining(", ")) : "*";
        return "SELECT " + items + " FROM " + from + " AS " + SOURCE;
    }

    private static String item(SourceColumn column) {
        String path = SOURCE + "." + quoted(column.name());
        return value(column, path, 0) + " AS " + quoted(column.name());
    }

    /** @param depth keeps the names of nested elements apart */
    private static String value(SourceColumn column, String path, int depth) {
        if (!converts(column)) {
            return path;
        }
        if (column.repeated()) {
            String element = "e" + depth;
            String offset = "o" + depth;
            return "ARRAY(SELECT " + value(column.single(), element, depth + 1) + " FROM UNNEST(" + path + ") AS "
                    + element + " WITH OFFSET AS " + offset + " ORDER BY " + offset + ")";
        }
        return switch (column.type()) {
            case "JSON" -> "TO_JSON_STRING(" + path + ")";
            case "INTERVAL" -> "CAST(" + path + " AS STRING)";
            case "RANGE" ->
                ifPresent(path, "STRUCT(RANGE_START(" + path + ") AS `start`, RANGE_END(" + path + ") AS `end`)");
            default ->
                ifPresent(
                        path,
                        column.fields().stream()
                                .map(field -> value(field, path + "." + quoted(field.name()), depth) + " AS "
                                        + quoted(field.name()))
                                .collect(Collectors.joining(", ", "STRUCT(", ")")));
        };
    }

    /** A struct of NULLs is another value than NULL. */
    private static String ifPresent(String path, String value) {
        return "IF(" + path + " IS NULL, NULL, " + value + ")";
    }

    /** A name in backquotes. Names of columns hold neither backquotes nor backslashes, but results may. */
    static String quoted(String name) {
        return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`";
    }
}
