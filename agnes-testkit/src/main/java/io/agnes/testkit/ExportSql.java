// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Builds the SQL query of an export. */
final class ExportSql {
    private static final Map<String, String> OPERATORS =
            Map.of("eq", "IN", "ne", "NOT IN", "gt", ">", "ge", ">=", "lt", "<", "le", "<=");

    private final TableContent content;
    private final ExportParams params;

    ExportSql(TableContent content, ExportParams params) {
        this.content = content;
        this.params = params;
    }

    /** The columns of the result, in order. */
    List<FakeColumn> columns() {
        List<FakeColumn> columns = new ArrayList<>();
        params.columns().forEach(name -> columns.add(column(name)));
        if (params.internalTimestamp()) {
            columns.add(new FakeColumn(FakeColumn.INTERNAL_TIMESTAMP, "TIMESTAMP", "TIMESTAMP_NTZ", "9", "TIMESTAMP"));
        }
        return columns;
    }

    String select() {
        String cells = columns().stream().map(column -> Sql.name(column.name())).collect(Collectors.joining(", "));
        return "SELECT " + cells + " FROM " + content.relation() + where() + orderBy()
                + (params.limit() == null ? "" : " LIMIT " + params.limit());
    }

    private String where() {
        List<String> conditions = new ArrayList<>();
        params.filters().forEach(filter -> conditions.add(condition(filter)));
        if (params.since() != null) {
            conditions.add(FakeColumn.INTERNAL_TIMESTAMP + " >= " + timestamp(params.since()));
        }
        if (params.until() != null) {
            conditions.add(FakeColumn.INTERNAL_TIMESTAMP + " < " + timestamp(params.until()));
        }
        if (params.search() != null) {
            conditions.add(search(params.search()));
        }
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    private String condition(ExportParams.Filter filter) {
        String type = filter.time() ? "TIMESTAMP" : comparedAs(filter.column(), filter.dataType());
        String values = filter.values().stream()
                .map(value -> "CAST(" + Sql.text(value) + " AS " + type + ")")
                .collect(Collectors.joining(", "));
        String compared = "TRY_CAST(" + Sql.name(filter.column()) + " AS " + type + ")";
        return compared + " " + OPERATORS.get(filter.operator()) + " (" + values + ")";
    }

    private String search(String words) {
        return params.columns().stream()
                .map(name -> "CAST(" + Sql.name(name) + " AS VARCHAR) ILIKE " + Sql.text("%" + words + "%"))
                .collect(Collectors.joining(" OR ", "(", ")"));
    }

    private String orderBy() {
        return params.orders().isEmpty()
                ? ""
                : params.orders().stream()
                        .map(order -> "TRY_CAST(" + Sql.name(order.column()) + " AS "
                                + comparedAs(order.column(), order.dataType()) + ")"
                                + (order.descending() ? " DESC" : " ASC"))
                        .collect(Collectors.joining(", ", " ORDER BY ", ""));
    }

    private String comparedAs(String column, String dataType) {
        return switch (dataType) {
            case "INTEGER", "BIGINT" -> "BIGINT";
            case "DOUBLE", "REAL" -> "DOUBLE";
            case "DECIMAL" -> "DECIMAL(38,9)";
            default -> column(column).sqlType();
        };
    }

    private FakeColumn column(String name) {
        return Objects.requireNonNull(content.column(name), name);
    }

    private static String timestamp(Instant instant) {
        return "CAST(" + Sql.text(instant.toString()) + " AS TIMESTAMP)";
    }
}
