// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.googlesql.GoogleColumn;
import io.agnes.testkit.googlesql.GoogleSql;
import io.agnes.testkit.googlesql.GoogleType;
import io.agnes.testkit.googlesql.TimeFormat;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of BigQuery tables and query results in a {@link Warehouse} with the types and functions of GoogleSQL. */
final class GoogleWarehouse implements AutoCloseable {
    private final Warehouse warehouse;
    private final ManualClock clock;

    GoogleWarehouse(Warehouse warehouse, ManualClock clock) {
        this.warehouse = warehouse;
        this.clock = clock;
        warehouse.call(() -> {
            warehouse.define("bq_format_micros", String.class, Long.class, TimeFormat::format);
            warehouse.define(WideDecimal.FUNCTION, String.class, Integer.class, WideDecimal::hex);
            for (String statement : GoogleSql.prologue()) {
                warehouse.execute(statement);
            }
            warehouse.execute("SET default_null_order = 'nulls_first_on_asc_last_on_desc'");
            return true;
        });
    }

    /**
     * Rows in a table of the warehouse.
     *
     * @param relation the name in DuckDB
     * @param bytes the logical size of each column, in the order of the columns
     */
    record Rows(List<GoogleColumn> columns, String relation, long count, List<Long> bytes) {
        Rows {
            columns = List.copyOf(columns);
            bytes = List.copyOf(bytes);
        }

        long totalBytes() {
            return bytes.stream().mapToLong(Long::longValue).sum();
        }
    }

    ManualClock clock() {
        return clock;
    }

    Warehouse duckDb() {
        return warehouse;
    }

    /**
     * Stores the rows of a query; only within a task of the warehouse.
     *
     * @param columns the columns, to whose types DuckDB casts those of the query by position
     * @param select a query in DuckDB's SQL
     */
    Rows store(List<GoogleColumn> columns, String select) throws SQLException {
        String relation = "bq_" + warehouse.nextVersion();
        List<GoogleType> given =
                columns(select).stream().map(GoogleColumn::type).toList();
        if (given.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "The query has " + given.size() + " columns, the table has " + columns.size());
        }
        List<String> names = new ArrayList<>();
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            names.add("c" + i);
            cells.add(cast("c" + i, given.get(i), columns.get(i).type()) + " AS "
                    + Sql.name(columns.get(i).name()));
        }
        warehouse.execute("CREATE TABLE " + relation + " AS SELECT " + String.join(", ", cells) + " FROM (" + select
                + ") AS given(" + String.join(", ", names) + ")");
        Rows rows = measured(columns, relation);
        try {
            requireValues(rows);
        } catch (IllegalArgumentException e) {
            drop(rows);
            throw e;
        }
        return rows;
    }

    private static String cast(String value, GoogleType given, GoogleType type) {
        return type.isMarked() && !given.isMarked()
                ? type.mark("CAST(" + value + " AS VARCHAR)")
                : "CAST(" + value + " AS " + type.duckDbType() + ")";
    }

    private void requireValues(Rows rows) throws SQLException {
        for (GoogleColumn column : rows.columns) {
            if (column.required()
                    && warehouse.number("SELECT count(*) FROM " + rows.relation + " WHERE " + Sql.name(column.name())
                                    + " IS NULL")
                            > 0) {
                throw new IllegalArgumentException("Required field " + column.name() + " cannot be null");
            }
        }
    }

    /** The rows of a table of the warehouse; only within a task of the warehouse. */
    private Rows measured(List<GoogleColumn> columns, String relation) throws SQLException {
        String sums = columns.stream()
                .map(column ->
                        "coalesce(sum(" + CellText.logicalBytes(column.type(), Sql.name(column.name())) + "), 0)")
                .collect(Collectors.joining(", "));
        List<String> measured = warehouse.rows("SELECT count(*), " + sums + " FROM " + relation).get(0).stream()
                .map(String::valueOf)
                .toList();
        List<Long> bytes = measured.stream().skip(1).map(Long::valueOf).toList();
        return new Rows(columns, relation, Long.parseLong(measured.get(0)), bytes);
    }

    /** The columns of a query in DuckDB's SQL; only within a task of the warehouse. */
    List<GoogleColumn> columns(String select) throws SQLException {
        List<GoogleColumn> columns = new ArrayList<>();
        // Several columns may have one name, so they are no map.
        for (List<@Nullable String> column : warehouse.rows("DESCRIBE " + select)) {
            GoogleType type = GoogleType.ofDuckDb(String.valueOf(column.get(1)));
            columns.add(new GoogleColumn(String.valueOf(column.get(0)), type, false, null));
        }
        return columns;
    }

    /** Only within a task of the warehouse. */
    void drop(Rows rows) throws SQLException {
        warehouse.execute("DROP TABLE IF EXISTS " + rows.relation);
    }

    @Override
    public void close() {
        warehouse.close();
    }
}
