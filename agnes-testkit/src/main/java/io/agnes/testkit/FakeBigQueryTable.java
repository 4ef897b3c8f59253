// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.GoogleWarehouse.Rows;
import io.agnes.testkit.googlesql.GoogleColumn;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table, view or other entity of a {@link FakeBigQuery}, seeded in one line: {@code
 * bigquery.dataset("crm").table("orders").columns("id INT64 NOT NULL, tags ARRAY<STRING>").row(1, List.of("new"))}. It exists
 * for clients once it has columns, rows or a query. Every change moves its last modified time.
 *
 * <p>Methods that load data throw {@link IllegalArgumentException} with DuckDB's message if DuckDB cannot read it; the table
 * then stays unchanged.
 */
public final class FakeBigQueryTable {
    private final FakeDataset dataset;
    private final String id;
    private final GoogleWarehouse warehouse;
    /** The rows by the time from which on the table had them, for {@code FOR SYSTEM_TIME AS OF}. */
    private final TreeMap<Instant, Rows> versions = new TreeMap<>();

    private final Map<String, String> labels = new ConcurrentSkipListMap<>();
    private final Map<String, String> policies = new ConcurrentSkipListMap<>();
    /** Fields of the table's JSON that builder methods set, for example {@code timePartitioning}. */
    private final Map<String, @Nullable Object> details = new ConcurrentSkipListMap<>();

    private volatile @Nullable Instant created;
    private volatile @Nullable Instant modified;
    private volatile String type = "TABLE";
    private volatile @Nullable String query;
    /** Rows that queries see and extracts do not. */
    private volatile @Nullable Rows fresh;

    private volatile @Nullable Instant oldestFresh;
    private volatile List<String> changeKeys = List.of();

    FakeBigQueryTable(FakeDataset dataset, String id, GoogleWarehouse warehouse) {
        this.dataset = dataset;
        this.id = id;
        this.warehouse = warehouse;
    }

    /** The id, without project and dataset. */
    public String id() {
        return id;
    }

    /** {@code project.dataset.table}, as a query names it in backticks. */
    public String path() {
        return dataset.project() + "." + dataset.id() + "." + id;
    }

    /**
     * Makes this an empty table with these columns, written as in {@code CREATE TABLE}: {@code id INT64 NOT NULL, price
     * NUMERIC(10, 2), tags ARRAY<STRING>, address STRUCT<city STRING, zip STRING>}.
     */
    public FakeBigQueryTable columns(String ddl) {
        List<GoogleColumn> columns = GoogleColumn.list(ddl);
        String none = IntStream.range(0, columns.size()).mapToObj(i -> "NULL").collect(Collectors.joining(", "));
        return load(columns, "SELECT " + none + " WHERE false");
    }

    /**
     * Adds a row. A value is null, text, a number, {@code byte[]}, a {@code List} for an ARRAY, and a {@code Map} or a
     * {@code List} of all fields for a STRUCT; DuckDB casts texts to the column's type.
     */
    public FakeBigQueryTable row(@Nullable Object... values) {
        Rows before = rows();
        return load(
                before.columns(),
                "SELECT * FROM " + before.relation() + " UNION ALL SELECT " + literals(before, values));
    }

    private String literals(Rows like, @Nullable Object... values) {
        List<GoogleColumn> columns = like.columns();
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(
                    path() + " has " + columns.size() + " columns, the row has " + values.length + " values");
        }
        return IntStream.range(0, values.length)
                .mapToObj(i -> GoogleLiteral.of(columns.get(i).type(), values[i]))
                .collect(Collectors.joining(", "));
    }

    /**
     * Replaces the rows with those of a query in DuckDB's SQL, for example {@code SELECT range AS id FROM range(1000)}. If the
     * table has columns, the query's are cast to them by position, else they become its columns.
     */
    public FakeBigQueryTable rowsOf(String duckDbQuery) {
        List<GoogleColumn> columns =
                versions().isEmpty() ? warehouse.duckDb().call(() -> warehouse.columns(duckDbQuery)) : rows().columns();
        return load(columns, duckDbQuery);
    }

    /** Replaces the rows with those of a CSV file with a header line, whose types DuckDB finds in the data. */
    public FakeBigQueryTable fromCsv(Path file) {
        return rowsOf("SELECT * FROM " + Scans.csv(List.of(file), ", header = true, sample_size = -1"));
    }

    /** Replaces the rows with those of a Parquet file. */
    public FakeBigQueryTable fromParquet(Path file) {
        return rowsOf("SELECT * FROM " + Scans.parquet(List.of(file)));
    }

    private FakeBigQueryTable load(List<GoogleColumn> columns, String select) {
        Rows loaded = warehouse.duckDb().call(() -> warehouse.store(columns, select));
        synchronized (versions) {
            versions.put(touched(), loaded);
        }
        return this;
    }

    private Map<Instant, Rows> versions() {
        synchronized (versions) {
            return new TreeMap<>(versions);
        }
    }

    /** Moves the last modified time to now. */
    public FakeBigQueryTable touch() {
        touched();
        return this;
    }

    private Instant touched() {
        Instant now = warehouse.clock().instant();
        if (created == null) {
            created = now;
        }
        modified = now;
        return now;
    }

    /** Sets the description. */
    public FakeBigQueryTable description(String description) {
        return detail("description", description);
    }

    /** Sets a label. */
    public FakeBigQueryTable label(String key, String value) {
        labels.put(key, value);
        return touch();
    }

    /**
     * Partitions the table by time.
     *
     * @param unit {@code HOUR}, {@code DAY}, {@code MONTH} or {@code YEAR}
     * @param column the column, or null for the time of ingestion
     */
    public FakeBigQueryTable partitionedBy(String unit, @Nullable String column) {
        Map<String, @Nullable Object> partitioning = Json.object("type", unit);
        if (column != null) {
            partitioning.put("field", column);
        }
        return detail("timePartitioning", partitioning);
    }

    /** Partitions the table by ranges of a column of integers; {@code end} is not in the last range. */
    public FakeBigQueryTable partitionedByRange(String column, long start, long end, long interval) {
        Map<String, @Nullable Object> range = Json.object(
                "start", String.valueOf(start), "end", String.valueOf(end), "interval", String.valueOf(interval));
        return detail("rangePartitioning", Json.object("field", column, "range", range));
    }

    /** Clusters the table by these columns. */
    public FakeBigQueryTable clusteredBy(String... columns) {
        return detail("clustering", Json.object("fields", List.of(columns)));
    }

    /** Makes this a view. Its columns are those of the query, which is in GoogleSQL and runs whenever the view is read. */
    public FakeBigQueryTable view(String query) {
        this.query = query;
        type = "VIEW";
        return detail("view", Json.object("query", query, "useLegacySql", false));
    }

    /** Makes this a materialized view. Its query is in GoogleSQL and runs whenever the view is read. */
    public FakeBigQueryTable materializedView(String query) {
        this.query = query;
        type = "MATERIALIZED_VIEW";
        return detail(
                "materializedView", Json.object("query", query, "enableRefresh", true, "refreshIntervalMs", "1800000"));
    }

    /** Makes this an external table over files in this format, for example {@code CSV}. Its rows are those that were loaded. */
    public FakeBigQueryTable external(String format, String... uris) {
        type = "EXTERNAL";
        return detail("externalDataConfiguration", Json.object("sourceFormat", format, "sourceUris", List.of(uris)));
    }

    /** Makes this a snapshot of a table, with the columns and rows that the table has now. */
    public FakeBigQueryTable snapshotOf(FakeBigQueryTable base) {
        copy(base);
        type = "SNAPSHOT";
        return detail(
                "snapshotDefinition",
                Json.object(
                        "baseTableReference",
                        base.reference(),
                        "snapshotTime",
                        warehouse.clock().instant().toString()));
    }

    /** Makes this a clone of a table, with the columns and rows that the table has now. Its type is that of a table. */
    public FakeBigQueryTable cloneOf(FakeBigQueryTable base) {
        copy(base);
        return detail(
                "cloneDefinition",
                Json.object(
                        "baseTableReference",
                        base.reference(),
                        "cloneTime",
                        warehouse.clock().instant().toString()));
    }

    private void copy(FakeBigQueryTable base) {
        Rows rows = base.rows();
        load(rows.columns(), "SELECT * FROM " + rows.relation());
    }

    private FakeBigQueryTable detail(String name, @Nullable Object value) {
        details.put(name, value);
        return touch();
    }

    /**
     * Adds a row to the streaming buffer: queries see it, while extract jobs and the counts in the table's metadata do not
     * until {@link #flush}. The last modified time stays.
     */
    public FakeBigQueryTable streamed(@Nullable Object... values) {
        return addFresh(values);
    }

    /**
     * Makes this a table with change data capture by a primary key. {@link #changed} adds changes that are not applied yet.
     *
     * @param maxStaleness the option {@code max_staleness}
     */
    public FakeBigQueryTable changeDataCapture(Duration maxStaleness, String... keyColumns) {
        changeKeys = List.of(keyColumns);
        details.put("maxStaleness", "0-0 0 " + maxStaleness.toHours() + ":" + maxStaleness.toMinutesPart() + ":0");
        return detail("tableConstraints", Json.object("primaryKey", Json.object("columns", List.of(keyColumns))));
    }

    /**
     * Adds a change to a table with {@link #changeDataCapture}: queries see this row in place of the one with its key, while
     * extract jobs see the old one until {@link #flush}. The last modified time stays.
     */
    public FakeBigQueryTable changed(@Nullable Object... values) {
        if (changeKeys.isEmpty()) {
            throw new IllegalStateException(path() + " has no change data capture");
        }
        return addFresh(values);
    }

    private FakeBigQueryTable addFresh(@Nullable Object... values) {
        Rows before = fresh;
        Rows like = rows();
        String earlier = before == null ? "" : "SELECT * FROM " + before.relation() + " UNION ALL ";
        String select = earlier + "SELECT " + literals(like, values);
        fresh = warehouse.duckDb().call(() -> warehouse.store(like.columns(), select));
        if (before == null) {
            oldestFresh = warehouse.clock().instant();
        }
        return this;
    }

    /** Moves the streaming buffer, or the changes, into the table. */
    public FakeBigQueryTable flush() {
        load(rows().columns(), "SELECT * FROM " + readable(null));
        fresh = null;
        oldestFresh = null;
        return this;
    }

    /**
     * Adds a row-access policy: queries, extract jobs and listed rows contain only rows that a policy allows. The counts in
     * the table's metadata stay.
     *
     * @param filter a condition in GoogleSQL
     */
    public FakeBigQueryTable rowAccessPolicy(String policyId, String filter) {
        policies.put(policyId, filter);
        return this;
    }

    /** Removes all row-access policies. */
    public FakeBigQueryTable withoutRowAccessPolicies() {
        policies.clear();
        return this;
    }

    /** Removes the table. Clients get a 404 until it is seeded again. */
    public void drop() {
        synchronized (versions) {
            versions.clear();
        }
        details.clear();
        labels.clear();
        policies.clear();
        type = "TABLE";
        query = null;
        fresh = null;
        oldestFresh = null;
        changeKeys = List.of();
        created = null;
        modified = null;
    }

    boolean exists() {
        return !dataset.isDropped() && (query != null || !versions().isEmpty());
    }

    FakeDataset dataset() {
        return dataset;
    }

    String type() {
        return type;
    }

    Map<String, String> policies() {
        return policies;
    }

    /** The query of a view, or null. */
    @Nullable
    String viewQuery() {
        return query;
    }

    /** The rows without the streaming buffer. */
    Rows rows() {
        Map<Instant, Rows> all = versions();
        if (all.isEmpty()) {
            throw new IllegalStateException(path() + " has no rows: seed it first");
        }
        return List.copyOf(all.values()).get(all.size() - 1);
    }

    /**
     * DuckDB's SQL for the rows that a query sees, without row-access policies.
     *
     * @param asOf a time in the past, or null for now
     * @throws GoogleJobException if the table has no rows for that time
     */
    String readable(@Nullable Instant asOf) {
        if (asOf != null) {
            return at(asOf).relation();
        }
        Rows base = rows();
        Rows more = fresh;
        if (more == null) {
            return base.relation();
        }
        String replaced = changeKeys.isEmpty()
                ? ""
                : changeKeys.stream()
                        .map(Sql::name)
                        .map(key -> "c." + key + " = b." + key)
                        .collect(Collectors.joining(
                                " AND ", " WHERE NOT EXISTS (SELECT 1 FROM " + more.relation() + " AS c WHERE ", ")"));
        return "(SELECT * FROM " + base.relation() + " AS b" + replaced + " UNION ALL SELECT * FROM " + more.relation()
                + ")";
    }

    private Rows at(Instant asOf) {
        Instant now = warehouse.clock().instant();
        if (asOf.isBefore(now.minus(Duration.ofDays(7))) || asOf.isAfter(now)) {
            throw GoogleJobException.invalidQuery(
                    "Invalid snapshot time " + asOf.toEpochMilli() + " for table " + apiId() + ". Cannot read "
                            + (asOf.isAfter(now)
                                    ? "in the future."
                                    : "before " + now.minus(Duration.ofDays(7)).toEpochMilli()));
        }
        synchronized (versions) {
            Map.Entry<Instant, Rows> version = versions.floorEntry(asOf);
            if (version == null) {
                throw GoogleJobException.notFound("Table " + apiId() + " was not found at time " + asOf.toEpochMilli());
            }
            return version.getValue();
        }
    }

    /** The bytes of the columns among these words of a query, all columns if they contain {@code *}. */
    long bytesOf(Set<String> words) {
        Rows rows = rows();
        long bytes = 0;
        for (int i = 0; i < rows.columns().size(); i++) {
            String name = rows.columns().get(i).name().toLowerCase(Locale.ROOT);
            bytes += words.contains("*") || words.contains(name) ? rows.bytes().get(i) : 0;
        }
        return bytes;
    }

    /** {@code project:dataset.table}. */
    String apiId() {
        return dataset.project() + ":" + dataset.id() + "." + id;
    }

    Map<String, @Nullable Object> reference() {
        return Json.object("projectId", dataset.project(), "datasetId", dataset.id(), "tableId", id);
    }

    /** The entry in a list of tables. */
    Map<String, @Nullable Object> listed() {
        Map<String, @Nullable Object> json = Json.object(
                "kind",
                "bigquery#table",
                "id",
                apiId(),
                "tableReference",
                reference(),
                "type",
                type,
                "creationTime",
                millis(created));
        for (String shared : List.of("timePartitioning", "rangePartitioning", "clustering")) {
            if (details.containsKey(shared)) {
                json.put(shared, details.get(shared));
            }
        }
        if (!labels.isEmpty()) {
            json.put("labels", Map.copyOf(labels));
        }
        return json;
    }

    /**
     * The table's metadata.
     *
     * @param columns the columns, which for a view the caller finds out
     * @param statistics whether counts and the streaming buffer are included
     */
    Map<String, @Nullable Object> json(List<GoogleColumn> columns, boolean statistics) {
        Map<String, @Nullable Object> json = listed();
        details.forEach(json::put);
        json.put(
                "schema",
                Json.object("fields", columns.stream().map(GoogleSchema::field).toList()));
        json.put("lastModifiedTime", millis(modified));
        json.put("location", dataset.location());
        if (statistics) {
            addStatistics(json::put);
        }
        return json;
    }

    private void addStatistics(BiConsumer<String, @Nullable Object> json) {
        boolean stored = query == null && !type.equals("EXTERNAL");
        String bytes = stored ? String.valueOf(rows().totalBytes()) : "0";
        json.accept("numBytes", bytes);
        json.accept("numLongTermBytes", "0");
        json.accept("numRows", stored ? String.valueOf(rows().count()) : "0");
        if (stored) {
            json.accept("numTotalLogicalBytes", bytes);
            json.accept("numActiveLogicalBytes", bytes);
            json.accept("numLongTermLogicalBytes", "0");
        }
        Rows buffered = fresh;
        if (buffered != null) {
            json.accept(
                    "streamingBuffer",
                    Json.object(
                            "estimatedRows",
                            String.valueOf(buffered.count()),
                            "estimatedBytes",
                            String.valueOf(buffered.totalBytes()),
                            "oldestEntryTime",
                            millis(oldestFresh)));
        }
    }

    private static String millis(@Nullable Instant time) {
        return String.valueOf(time == null ? 0 : time.toEpochMilli());
    }
}
