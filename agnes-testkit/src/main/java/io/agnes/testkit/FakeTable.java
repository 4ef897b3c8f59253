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
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table of a {@link FakeKeboola}, seeded in one line: {@code keboola.table("in.c-demo.airports").fromCsv(path)}. It
 * exists for clients once it has columns. Every change of its data moves the import and change dates and ends the reuse
 * of earlier exports.
 *
 * <p>Names of columns become letters, digits and underscores, as Keboola wants them; prepared slices keep theirs.
 * Methods throw {@link IllegalArgumentException} with DuckDB's words when it cannot read what it is given; the table is
 * then as before.
 */
public final class FakeTable {
    private static final int MAX_LINE_BYTES = 64 << 20;
    /** DuckDB takes sixteen lines of the greatest length for each file otherwise, a gigabyte. */
    private static final int BUFFER_BYTES = MAX_LINE_BYTES + (1 << 20);

    private final String id;
    private final Warehouse warehouse;
    private final ManualClock clock;
    private final Backend backend;
    private volatile @Nullable Boolean typed;
    private volatile List<String> primaryKey = List.of();
    private volatile @Nullable Content content;
    private volatile @Nullable FakeTable source;
    private volatile boolean linked;
    private volatile boolean sliced = true;
    /** By column, then by key. */
    private final Map<String, Map<String, String>> columnMetadata = new ConcurrentSkipListMap<>();

    private final Map<String, String> metadata = new ConcurrentSkipListMap<>();

    FakeTable(String id, Warehouse warehouse, ManualClock clock, Backend backend) {
        this.id = id;
        this.warehouse = warehouse;
        this.clock = clock;
        this.backend = backend;
    }

    /** As in {@code in.c-demo.airports}. */
    public String id() {
        return id;
    }

    /** Columns get the types found in the data, at the next load. The default for Parquet. */
    public FakeTable typed() {
        typed = true;
        return this;
    }

    /** Every column is text, at the next load. The default for CSV. */
    public FakeTable untyped() {
        typed = false;
        return this;
    }

    public FakeTable primaryKey(String... columns) {
        primaryKey = List.of(columns);
        return this;
    }

    /**
     * What Keboola was told of a column, such as {@code metadata("amount", "KBC.datatype.basetype", "NUMERIC")} for a column
     * that is text. It stays whatever is loaded.
     */
    public FakeTable metadata(String column, String key, String value) {
        columnMetadata
                .computeIfAbsent(column, name -> new ConcurrentSkipListMap<>())
                .put(key, value);
        return this;
    }

    /**
     * What Keboola knows of a column's type while the table itself is untyped: a type of its own, portable vocabulary such as
     * {@code INTEGER}, {@code NUMERIC} or {@code DATE}.
     */
    public FakeTable baseType(String column, String type) {
        return metadata(column, "KBC.datatype.basetype", type);
    }

    /** What Keboola was told of the table, such as {@code metadata("KBC.description", "One row per order")}. */
    public FakeTable metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Text exports come as one object with a header line, as those of projects of old, and not as slices. The next export
     * is the first.
     */
    public FakeTable whole() {
        sliced = false;
        return this;
    }

    /** Makes this an alias of another table of the project: it shows and exports what that one holds. */
    public FakeTable aliasOf(FakeTable table) {
        return shows(table, false);
    }

    /** Makes this a table of a linked bucket, whose rows are those of another project's table. */
    public FakeTable linkedTo(FakeTable table) {
        return shows(table, true);
    }

    private FakeTable shows(FakeTable table, boolean ofAnotherProject) {
        if (table == this || table.source != null) {
            throw new IllegalArgumentException(table.id + " shows another table itself");
        }
        content = null;
        linked = ofAnotherProject;
        source = table;
        return this;
    }

    /** Replaces the table's rows by those of a CSV file with a header line. */
    public FakeTable fromCsv(Path file) {
        boolean types = typed == null ? false : typed;
        return load(csv(file, types), types);
    }

    /** Replaces the table's rows by those of a Parquet file. */
    public FakeTable fromParquet(Path file) {
        return load(Scans.parquet(List.of(file)), typed == null ? true : typed);
    }

    /**
     * Hands these files out as they are to every Parquet export that asks for the whole table. Only their schema is read, for
     * the columns, and their rows are counted. The table is typed unless {@link #untyped} came before. Other exports read
     * through the files, which must stay until the fake is closed.
     */
    public FakeTable fromParquetSlices(List<Path> slices) {
        boolean types = typed == null ? true : typed;
        return view(Scans.parquet(slices), types, new Content.Prepared("parquet", true, slices));
    }

    /**
     * Hands these files out as they are, unread, to every Parquet export that asks for the whole table: they need not be
     * Parquet. The table is untyped and has these columns; see {@link #baseType} for what is known of them, and
     * {@link #rowsCount}. Other exports read through the files, which must stay until the fake is closed.
     */
    public FakeTable fromParquetSlices(List<String> columns, List<Path> slices) {
        return unread(columns, Scans.parquet(slices), new Content.Prepared("parquet", true, slices));
    }

    /**
     * Hands these headerless files out as they are, unread, to every CSV export that asks for the whole table: they need not
     * be CSV. They count as compressed if the first one's name ends in {@code .gz}, and answer only requests for that. The
     * table is untyped and says no number of rows until {@link #rowsCount} does. Other exports read through the files, which
     * must stay until the fake is closed, and fail where DuckDB cannot.
     */
    public FakeTable fromCsvSlices(List<String> columns, List<Path> slices) {
        String names = columns.stream()
                .map(column -> Sql.text(column) + ": 'VARCHAR'")
                .collect(Collectors.joining(", ", "{", "}"));
        String source = Scans.csv(slices, ", header = false, auto_detect = false, columns = " + names + csvOptions());
        boolean gzip = slices.get(0).toString().endsWith(".gz");
        return unread(columns, source, new Content.Prepared("csv", gzip, slices));
    }

    /** What the table says of its rows, right or wrong, until they change; null for nothing. */
    public FakeTable rowsCount(@Nullable Long rows) {
        Content before = content();
        content = changed(before, rows, before.bytes(), before.lastImport(), before.prepared());
        return this;
    }

    /** Makes this an empty untyped table with these columns. */
    public FakeTable columns(String... names) {
        String cells = Arrays.stream(names)
                .map(name -> "CAST(NULL AS VARCHAR) AS " + Sql.name(name))
                .collect(Collectors.joining(", "));
        return load("(SELECT " + cells + " WHERE false)", false);
    }

    /** Adds a row, imported now. Text is cast to the column's type; null is NULL. */
    public FakeTable row(@Nullable String... cells) {
        Content before = content();
        if (cells.length != before.columns().size()) {
            throw new IllegalArgumentException(
                    id + " has " + before.columns().size() + " columns, the row has " + cells.length);
        }
        List<String> values = new ArrayList<>();
        for (String cell : cells) {
            values.add(cell == null ? "NULL" : Sql.text(cell));
        }
        Instant now = clock.instant();
        values.add(timestamp(now));
        return change(() -> {
            long bytes = warehouse.number("INSERT INTO " + before.relation() + " VALUES (" + String.join(", ", values)
                    + ") RETURNING " + textBytes(before.columns(), length -> length));
            Long rows = before.rows() == null ? null : Long.valueOf(before.rows() + 1);
            return changed(before, rows, before.bytes() + bytes, now, null);
        });
    }

    /** Pretends an import that changed nothing but the dates. */
    public FakeTable touch() {
        Content before = content();
        content = changed(before, before.rows(), before.bytes(), clock.instant(), before.prepared());
        return this;
    }

    private Content changed(
            Content before, @Nullable Long rows, long bytes, Instant now, Content.@Nullable Prepared prepared) {
        return new Content(
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

    /** Removes the table; clients get a 404 until it is seeded again. */
    public void drop() {
        content = null;
        source = null;
        linked = false;
    }

    /** The table whose rows it shows, or null if it has rows of its own. */
    @Nullable
    FakeTable source() {
        return source;
    }

    boolean linked() {
        return linked;
    }

    boolean sliced() {
        return sliced;
    }

    Map<String, String> metadata(String column) {
        return columnMetadata.getOrDefault(column, Map.of());
    }

    Map<String, String> metadata() {
        return metadata;
    }

    List<String> primaryKey() {
        return primaryKey;
    }

    String bucketId() {
        return id.substring(0, id.lastIndexOf('.'));
    }

    String name() {
        return id.substring(id.lastIndexOf('.') + 1);
    }

    /** The content, or null while the table does not exist. */
    @Nullable
    Content contentOrNull() {
        FakeTable shown = source;
        return shown == null ? content : shown.content;
    }

    private Content content() {
        Content now = content;
        if (now == null) {
            throw new IllegalStateException(id + " has no rows of its own: seed it first");
        }
        return now;
    }

    private String csv(Path file, boolean types) {
        String sniffing = types ? ", sample_size = -1" : ", all_varchar = true";
        return Scans.csv(List.of(file), ", header = true" + sniffing + csvOptions());
    }

    /** Importing into Snowflake makes no difference between nothing and an empty string; BigQuery does. */
    private String csvOptions() {
        return ", delim = ',', quote = '\"', escape = '\"', max_line_size = " + MAX_LINE_BYTES + ", buffer_size = "
                + BUFFER_BYTES + ", allow_quoted_nulls = " + (backend == Backend.SNOWFLAKE);
    }

    private FakeTable load(String source, boolean types) {
        return change(() -> {
            List<Column> columns = new ArrayList<>();
            List<String> cells = new ArrayList<>();
            warehouse.describe("SELECT * FROM " + source).forEach((name, type) -> {
                Column column = column(Column.storageName(name), type, types);
                columns.add(column);
                cells.add("CAST(" + Sql.name(name) + " AS " + column.sqlType() + ") AS " + Sql.name(column.name()));
            });
            return created("TABLE", String.join(", ", cells), source, columns, types, null);
        });
    }

    private FakeTable view(String source, boolean types, Content.Prepared prepared) {
        return change(() -> {
            List<Column> columns = new ArrayList<>();
            warehouse
                    .describe("SELECT * FROM " + source)
                    .forEach((name, type) -> columns.add(column(name, type, types)));
            return created("VIEW", types ? "*" : "CAST(COLUMNS(*) AS VARCHAR)", source, columns, types, prepared);
        });
    }

    private FakeTable unread(List<String> names, String source, Content.Prepared prepared) {
        Instant now = clock.instant();
        List<Column> columns =
                names.stream().map(name -> Column.untyped(name, backend)).toList();
        // A query, not a view: DuckDB looks into files when it makes a view.
        String relation = "(SELECT CAST(COLUMNS(*) AS VARCHAR), " + timestamp(now) + " AS " + Column.INTERNAL_TIMESTAMP
                + " FROM " + source + ")";
        return change(() -> new Content(
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

    private Column column(String name, String duckType, boolean types) {
        return types ? Column.typed(name, duckType, backend) : Column.untyped(name, backend);
    }

    private Content created(
            String kind,
            String cells,
            String source,
            List<Column> columns,
            boolean types,
            Content.@Nullable Prepared prepared)
            throws SQLException, IOException {
        Instant now = clock.instant();
        String relation = "data_" + warehouse.nextVersion();
        warehouse.execute("CREATE " + kind + " " + relation + " AS SELECT " + cells + ", " + timestamp(now) + " AS "
                + Column.INTERNAL_TIMESTAMP + " FROM " + source);
        return measured(relation, columns, types, now, prepared);
    }

    private Content measured(
            String relation, List<Column> columns, boolean types, Instant created, Content.@Nullable Prepared prepared)
            throws SQLException, IOException {
        long rows = warehouse.number("SELECT count(*) FROM " + relation);
        long bytes = prepared == null
                ? warehouse.number(
                        "SELECT " + textBytes(columns, length -> "sum(" + length + ")") + " FROM " + relation)
                : fileBytes(prepared.slices());
        Instant now = clock.instant();
        return new Content(relation, columns, types, rows, bytes, created, now, now, warehouse.nextVersion(), prepared);
    }

    /** @param all of the rows' lengths of one column */
    private static String textBytes(List<Column> columns, UnaryOperator<String> all) {
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

    private FakeTable change(Callable<Content> work) {
        content = warehouse.call(work);
        source = null;
        linked = false;
        return this;
    }

    private static String timestamp(Instant instant) {
        return "TIMESTAMP '" + instant.toString().replace("T", " ").replace("Z", "") + "'";
    }
}
