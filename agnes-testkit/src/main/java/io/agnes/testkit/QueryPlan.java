// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.googlesql.GoogleColumn;
import io.agnes.testkit.googlesql.GoogleSql;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A query that was checked and translated into DuckDB's SQL: its tables exist, may be read and are in one location. */
final class QueryPlan {
    private static final int MAX_VIEW_DEPTH = 16;
    private static final Pattern EXPRESSION = Pattern.compile("[()']|^\\d| [-+*/|<>=]+ ");

    private final GoogleCatalog catalog;
    private final Grants grants;
    private final GoogleWarehouse warehouse;
    private final Scope scope;
    private final Set<FakeBigQueryTable> tables = new LinkedHashSet<>();
    private @Nullable String location;
    private long bytes;
    private String sql = "";

    /**
     * Where a query runs.
     *
     * @param dataset the dataset of tables without one, or null
     * @param location the location in which all datasets must be, or null for that of the first one
     */
    record Scope(
            String project,
            @Nullable String dataset,
            @Nullable String location) {}

    private QueryPlan(GoogleCatalog catalog, Grants grants, GoogleWarehouse warehouse, Scope scope) {
        this.catalog = catalog;
        this.grants = grants;
        this.warehouse = warehouse;
        this.scope = scope;
        this.location = scope.location;
    }

    /**
     * Plans a query. Not within a task of the warehouse.
     *
     * @throws GoogleJobException if the query cannot run
     */
    static QueryPlan of(String sql, Scope scope, GoogleCatalog catalog, Grants grants, GoogleWarehouse warehouse) {
        QueryPlan plan = new QueryPlan(catalog, grants, warehouse, scope);
        try {
            plan.sql = plan.translate(sql, scope.dataset, 0);
        } catch (RuntimeException e) {
            throw GoogleJobException.of(e);
        }
        return plan;
    }

    private String translate(String text, @Nullable String dataset, int depth) {
        if (depth > MAX_VIEW_DEPTH) {
            throw GoogleJobException.invalidQuery("The maximum nesting of views, " + MAX_VIEW_DEPTH + ", is exceeded");
        }
        Set<String> words = GoogleSql.words(text);
        Instant now = warehouse.clock().instant();
        return GoogleSql.query(text, (path, asOf) -> relation(path, asOf, dataset, words, depth), now);
    }

    private String relation(
            List<String> path, @Nullable String asOf, @Nullable String dataset, Set<String> words, int depth) {
        FakeBigQueryTable table = table(path, dataset);
        grants.requireQuery(table);
        boolean first = tables.add(table);
        String view = table.viewQuery();
        if (view != null) {
            if (asOf != null) {
                throw GoogleJobException.invalidQuery("Time travel on a view is not supported: " + table.apiId());
            }
            return filtered(table, "(" + translate(view, null, depth + 1) + ")");
        }
        bytes += first ? table.bytesOf(words) : 0;
        return filtered(table, table.readable(asOf == null ? null : time(asOf)));
    }

    private Instant time(String asOf) {
        long micros = warehouse
                .duckDb()
                .call(() -> warehouse.duckDb().number("SELECT epoch_us(CAST(" + asOf + " AS TIMESTAMPTZ))"));
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** Only the rows that the table's row-access policies allow. */
    private String filtered(FakeBigQueryTable table, String relation) {
        return filtered(table, relation, warehouse.clock().instant());
    }

    static String filtered(FakeBigQueryTable table, String relation, Instant now) {
        if (table.policies().isEmpty()) {
            return relation;
        }
        String condition = String.join(") OR (", table.policies().values());
        return "(" + GoogleSql.query("SELECT * FROM t WHERE (" + condition + ")", (path, asOf) -> relation, now) + ")";
    }

    private FakeBigQueryTable table(List<String> path, @Nullable String defaultDataset) {
        int parts = path.size();
        String name = path.get(parts - 1);
        if (parts > 3 || name.isEmpty()) {
            throw GoogleJobException.invalidQuery(
                    "Invalid project ID '" + String.join(".", path) + "'. A table is project.dataset.table");
        }
        if (name.contains("*")) {
            throw GoogleJobException.invalidQuery("This fake does not support wildcard tables: " + name);
        }
        String dataset = parts > 1 ? path.get(parts - 2) : defaultDataset;
        if (dataset == null) {
            throw GoogleJobException.invalidQuery(
                    "Table \"" + name + "\" must be qualified with a dataset (e.g. dataset.table).");
        }
        String project = parts > 2 ? path.get(0) : scope.project;
        try {
            FakeDataset found = catalog.requireDataset(project, dataset);
            if (location == null) {
                location = found.location();
            }
            if (!found.isIn(location)) {
                throw GoogleJobException.notFound("Dataset " + project + ":" + dataset);
            }
            return catalog.requireTable(project, dataset, name);
        } catch (GoogleJobException missing) {
            String where = location == null ? "US" : location;
            throw new GoogleJobException(404, "notFound", missing.text() + " was not found in location " + where);
        }
    }

    /** The query in DuckDB's SQL. */
    String sql() {
        return sql;
    }

    /** The location of the datasets; null if the query has no tables and no location was given. */
    @Nullable
    String location() {
        return location;
    }

    /** The logical bytes of the columns that the query reads. */
    long bytes() {
        return bytes;
    }

    /** The bytes that BigQuery would bill: at least 10 MB for each table, and whole megabytes. */
    long billedBytes() {
        long megabyte = 1L << 20;
        long least = 10 * megabyte * tables.size();
        return bytes == 0 ? 0 : Math.max(least, (bytes + megabyte - 1) / megabyte * megabyte);
    }

    List<Map<String, @Nullable Object>> references() {
        List<Map<String, @Nullable Object>> references = new ArrayList<>();
        tables.forEach(table -> references.add(table.reference()));
        return references;
    }

    /**
     * The columns of the result. Not within a task of the warehouse.
     *
     * @throws GoogleJobException if DuckDB refuses the query
     */
    List<GoogleColumn> columns() {
        List<GoogleColumn> found;
        try {
            found = warehouse.duckDb().call(() -> warehouse.columns(sql));
        } catch (RuntimeException e) {
            throw GoogleJobException.of(e);
        }
        List<GoogleColumn> named = new ArrayList<>();
        int unnamed = 0;
        for (GoogleColumn column : found) {
            // DuckDB names an expression without an alias after its text, BigQuery by a number.
            boolean expression = EXPRESSION.matcher(column.name()).find();
            String name = expression ? "f" + unnamed++ + "_" : column.name();
            named.add(new GoogleColumn(name, column.type(), false, null));
        }
        return named;
    }
}
