// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Loads the content of a table into the warehouse. Methods throw {@link IllegalArgumentException} with DuckDB's message if
 * DuckDB cannot read the data.
 */
final class ContentLoader {
    private static final int MAX_LINE_BYTES = 64 << 20;
    /** Without this option DuckDB allocates sixteen lines of the maximum length for each file, a gigabyte. */
    private static final int BUFFER_BYTES = MAX_LINE_BYTES + (1 << 20);

    private final Warehouse warehouse;
    private final ManualClock clock;
    private final Backend backend;

    ContentLoader(Warehouse warehouse, ManualClock clock, Backend backend) {
        this.warehouse = warehouse;
        this.clock = clock;
        this.backend = backend;
    }

    /** Adds a row that is imported now; a null cell is NULL. */
    TableContent insert(TableContent before, @Nullable String... cells) {
        List<String> values = new ArrayList<>();
        for (String cell : cells) {
            values.add(cell == null ? "NULL" : Sql.text(cell));
        }
        Instant now = clock.instant();
        values.add(timestamp(now));
        return warehouse.call(() -> {
            long bytes = warehouse.number("INSERT INTO " + before.relation() + " VALUES (" + String.join(", ", values)
                    + ") RETURNING " + textBytes(before.columns(), length -> length));
            Long rows = before.rows() == null ? null : Long.valueOf(before.rows() + 1);
            return changed(before, rows, before.bytes() + bytes, now, null);
        });
    }

    /** An empty untyped table. */
    TableContent empty(String... columns) {
        String cells = Arrays.stream(columns)
                .map(name -> "CAST(NULL AS VARCHAR) AS " + Sql.name(name))
                .collect(Collectors.joining(", "));
        return load("(SELECT " + cells + " WHERE false)", false);
    }

    /** A scan of headerless CSV files, all of whose columns are text. */
    String headerlessCsv(List<String> columns, List<Path> slices) {
        String names = columns.stream()
                .map(column -> Sql.text(column) + ": 'VARCHAR'")
                .collect(Collectors.joining(", ", "{", "}"));
        return Scans.csv(slices, ", header = false, auto_detect = false, columns = " + names + csvOptions());
    }

    /**
     * Reads the rows of a query source into a table.
     *
     * @param source SQL that can follow FROM
     * @param typed whether columns get the types found in the data; else they are text
     */
    TableContent load(String source, boolean typed) {
        return warehouse.call(() -> {
            List<FakeColumn> columns = new ArrayList<>();
            List<String> cells = new ArrayList<>();
            warehouse.describe("SELECT * FROM " + source).forEach((name, type) -> {
                FakeColumn column = column(FakeColumn.storageName(name), type, typed);
                columns.add(column);
                cells.add("CAST(" + Sql.name(name) + " AS " + column.sqlType() + ") AS " + Sql.name(column.name()));
            });
            return created("TABLE", String.join(", ", cells), source, columns, typed, null);
        });
    }

    /** Makes a view over files, which are read for their columns and counted. */
    TableContent view(String source, boolean typed, TableContent.Prepared prepared) {
        return warehouse.call(() -> {
            List<FakeColumn> columns = new ArrayList<>();
            warehouse
                    .describe("SELECT * FROM " + source)
                    .forEach((name, type) -> columns.add(column(name, type, typed)));
            return created("VIEW", typed ? "*" : "CAST(COLUMNS(*) AS VARCHAR)", source, columns, typed, prepared);
        });
    }

    /** Describes an untyped table over files without reading them. */
    TableContent unread(List<String> names, String source, TableContent.Prepared prepared) {
        Instant now = clock.instant();
        List<FakeColumn> columns =
                names.stream().map(name -> FakeColumn.untyped(name, backend)).toList();
        // A query instead of a view, because DuckDB reads the files when it creates a view.
        String relation = "(SELECT CAST(COLUMNS(*) AS VARCHAR), " + timestamp(now) + " AS "
                + FakeColumn.INTERNAL_TIMESTAMP + " FROM " + source + ")";
        return warehouse.call(() -> new TableContent(
                relation,
                columns,
                false,
                null,
                fileBytes(prepared.slices()),
                now,
                now,
                now,
                warehouse.nextVersion(),
                prepared));
    }

    /** A scan of a CSV file with a header line. */
    String csv(Path file, boolean typed) {
        String sniffing = typed ? ", sample_size = -1" : ", all_varchar = true";
        return Scans.csv(List.of(file), ", header = true" + sniffing + csvOptions());
    }

    /** The CSV dialect. An import into Snowflake makes an empty quoted cell NULL; BigQuery keeps it as empty text. */
    private String csvOptions() {
        return ", delim = ',', quote = '\"', escape = '\"', max_line_size = " + MAX_LINE_BYTES + ", buffer_size = "
                + BUFFER_BYTES + ", allow_quoted_nulls = " + (backend == Backend.SNOWFLAKE);
    }

    private FakeColumn column(String name, String duckType, boolean typed) {
        return typed ? FakeColumn.typed(name, duckType, backend) : FakeColumn.untyped(name, backend);
    }

    private TableContent created(
            String kind,
            String cells,
            String source,
            List<FakeColumn> columns,
            boolean typed,
            TableContent.@Nullable Prepared prepared)
            throws SQLException, IOException {
        Instant now = clock.instant();
        String relation = "data_" + warehouse.nextVersion();
        warehouse.execute("CREATE " + kind + " " + relation + " AS SELECT " + cells + ", " + timestamp(now) + " AS "
                + FakeColumn.INTERNAL_TIMESTAMP + " FROM " + source);
        return measured(relation, columns, typed, now, prepared);
    }

    private TableContent measured(
            String relation,
            List<FakeColumn> columns,
            boolean typed,
            Instant created,
            TableContent.@Nullable Prepared prepared)
            throws SQLException, IOException {
        long rows = warehouse.number("SELECT count(*) FROM " + relation);
        long bytes = prepared == null
                ? warehouse.number(
                        "SELECT " + textBytes(columns, length -> "sum(" + length + ")") + " FROM " + relation)
                : fileBytes(prepared.slices());
        Instant now = clock.instant();
        return new TableContent(
                relation, columns, typed, rows, bytes, created, now, now, warehouse.nextVersion(), prepared);
    }

    /** @param all maps the text length of a column to the expression to add, for example its sum over all rows */
    private static String textBytes(List<FakeColumn> columns, UnaryOperator<String> all) {
        return columns.stream()
                .map(column -> "strlen(CAST(" + Sql.name(column.name()) + " AS VARCHAR))")
                .map(length -> "coalesce(" + all.apply(length) + ", 0)")
                .collect(Collectors.joining(" + ", "CAST(", " AS BIGINT)"));
    }

    private static long fileBytes(List<Path> files) throws IOException {
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    private static String timestamp(Instant instant) {
        return "TIMESTAMP '" + instant.toString().replace("T", " ").replace("Z", "") + "'";
    }

    /** The content with other figures and a new version. */
    TableContent changed(
            TableContent before,
            @Nullable Long rows,
            long bytes,
            Instant now,
            TableContent.@Nullable Prepared prepared) {
        return new TableContent(
                before.relation(),
                before.columns(),
                before.typed(),
                rows,
                bytes,
                before.created(),
                now,
                now,
                warehouse.nextVersion(),
                prepared);
    }
}
