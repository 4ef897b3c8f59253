// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A table of a {@link FakeKeboola}, seeded in one line: {@code keboola.table("in.c-demo.airports").fromCsv(path)}. It exists
 * for clients once it has columns. Every change of its data moves its import and change dates, and later exports do not
 * reuse earlier files.
 *
 * <p>Column names are reduced to letters, digits and underscores, as Keboola requires; prepared slices keep their names.
 * Methods that load data throw {@link IllegalArgumentException} with DuckDB's message if DuckDB cannot read it; the table
 * then stays unchanged.
 */
public final class FakeTable {
    private final String id;
    private final ContentLoader loader;
    private final ManualClock clock;
    private volatile @Nullable Boolean typed;
    private volatile List<String> primaryKey = List.of();
    private volatile @Nullable TableContent content;
    private volatile @Nullable FakeTable source;
    private volatile boolean linked;
    private volatile boolean sliced = true;
    /** User metadata by column and key. */
    private final Map<String, Map<String, String>> columnMetadata = new ConcurrentSkipListMap<>();

    private final Map<String, String> metadata = new ConcurrentSkipListMap<>();

    FakeTable(String id, Warehouse warehouse, ManualClock clock, Backend backend) {
        this.id = id;
        this.loader = new ContentLoader(warehouse, clock, backend);
        this.clock = clock;
    }

    /** The id, for example {@code in.c-demo.airports}. */
    public String id() {
        return id;
    }

    /** At the next load, columns get the types found in the data. The default for Parquet. */
    public FakeTable typed() {
        typed = true;
        return this;
    }

    /** At the next load, every column becomes text. The default for CSV. */
    public FakeTable untyped() {
        typed = false;
        return this;
    }

    /** Sets the columns of the primary key. */
    public FakeTable primaryKey(String... columns) {
        primaryKey = List.of(columns);
        return this;
    }

    /**
     * Sets user metadata of a column, for example {@code metadata("amount", "KBC.datatype.basetype", "NUMERIC")}. Loads keep
     * it.
     */
    public FakeTable metadata(String column, String key, String value) {
        columnMetadata
                .computeIfAbsent(column, name -> new ConcurrentSkipListMap<>())
                .put(key, value);
        return this;
    }

    /**
     * Sets the type that Keboola knows for a text column of an untyped table.
     *
     * @param type one of Keboola's portable types, for example {@code INTEGER}, {@code NUMERIC} or {@code DATE}
     */
    public FakeTable baseType(String column, String type) {
        return metadata(column, "KBC.datatype.basetype", type);
    }

    /** Sets user metadata of the table, for example {@code metadata("KBC.description", "One row per order")}. */
    public FakeTable metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * From the next export on, CSV exports are one object with a header line instead of slices, as in old projects.
     */
    public FakeTable whole() {
        sliced = false;
        return this;
    }

    /** Makes this an alias of another table of the project. It has the columns and rows of that table. */
    public FakeTable aliasOf(FakeTable table) {
        return shows(table, false);
    }

    /** Makes this a table of a linked bucket. It has the columns and rows of a table of another project. */
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

    /** Replaces the rows with those of a CSV file with a header line. */
    public FakeTable fromCsv(Path file) {
        boolean types = typed == null ? false : typed;
        return replace(loader.load(loader.csv(file, types), types));
    }

    /** Replaces the rows with those of a Parquet file. */
    public FakeTable fromParquet(Path file) {
        return replace(loader.load(Scans.parquet(List.of(file)), typed == null ? true : typed));
    }

    /**
     * Uses these files unchanged as the slices of every Parquet export of the whole table. The fake reads their schema for
     * the columns and counts their rows. The table is typed unless {@link #untyped} was called before. Other exports query
     * the files, which must exist until the fake is closed.
     */
    public FakeTable fromParquetSlices(List<Path> slices) {
        boolean types = typed == null ? true : typed;
        return replace(loader.view(Scans.parquet(slices), types, new TableContent.Prepared("parquet", true, slices)));
    }

    /**
     * Uses these files unchanged as the slices of every Parquet export of the whole table. The fake does not read them, so
     * they need not be Parquet. The table is untyped, has these columns, and has no row count until {@link #rowsCount} sets
     * one. Other exports query the files, which must exist until the fake is closed.
     */
    public FakeTable fromParquetSlices(List<String> columns, List<Path> slices) {
        return replace(
                loader.unread(columns, Scans.parquet(slices), new TableContent.Prepared("parquet", true, slices)));
    }

    /**
     * Uses these headerless files unchanged as the slices of every CSV export of the whole table. The fake does not read
     * them, so they need not be CSV. They count as compressed if the name of the first one ends in {@code .gz}, and answer
     * only exports with the same compression. The table is untyped and has no row count until {@link #rowsCount} sets one.
     * Other exports query the files, which must exist until the fake is closed, and fail if DuckDB cannot read them.
     */
    public FakeTable fromCsvSlices(List<String> columns, List<Path> slices) {
        boolean gzip = slices.get(0).toString().endsWith(".gz");
        return replace(loader.unread(
                columns, loader.headerlessCsv(columns, slices), new TableContent.Prepared("csv", gzip, slices)));
    }

    /** Sets the row count in the table's detail, which may be wrong, until the rows change; null for none. */
    public FakeTable rowsCount(@Nullable Long rows) {
        TableContent before = content();
        content = loader.changed(before, rows, before.bytes(), before.lastImport(), before.prepared());
        return this;
    }

    /** Makes this an empty untyped table with these columns. */
    public FakeTable columns(String... names) {
        return replace(loader.empty(names));
    }

    /** Adds a row with the current time of import. DuckDB casts each text to the column's type; null is NULL. */
    public FakeTable row(@Nullable String... cells) {
        TableContent before = content();
        if (cells.length != before.columns().size()) {
            throw new IllegalArgumentException(
                    id + " has " + before.columns().size() + " columns, the row has " + cells.length);
        }
        return replace(loader.insert(before, cells));
    }

    /** Sets the import and change dates to now, as an import of the same rows would. */
    public FakeTable touch() {
        TableContent before = content();
        content = loader.changed(before, before.rows(), before.bytes(), clock.instant(), before.prepared());
        return this;
    }

    /** Removes the table. Clients get a 404 until it is seeded again. */
    public void drop() {
        content = null;
        source = null;
        linked = false;
    }

    /** The source of an alias or linked table; null if the table has its own rows. */
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

    /** The content of the table or of its source, or null if it does not exist. */
    @Nullable
    TableContent contentOrNull() {
        FakeTable shown = source;
        return shown == null ? content : shown.content;
    }

    private TableContent content() {
        TableContent now = content;
        if (now == null) {
            throw new IllegalStateException(id + " has no rows: seed it first");
        }
        return now;
    }

    private FakeTable replace(TableContent loaded) {
        content = loaded;
        source = null;
        linked = false;
        return this;
    }
}
