// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.FakeBigQueryJob.Result;
import io.agnes.testkit.GoogleWarehouse.Rows;
import io.agnes.testkit.googlesql.GoogleColumn;
import io.agnes.testkit.googlesql.GoogleSql;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Checks and runs the queries and exports of {@link FakeBigQuery}. */
final class GoogleJobRunner {
    private final GoogleCatalog catalog;
    private final Grants grants;
    private final GoogleWarehouse warehouse;
    private final ShardWriter writer;
    private final @Nullable FakeCloudStorage storage;
    private final Path directory;
    private final long singleFileBytes;

    /**
     * @param storage the destination of exports, or null
     * @param directory the place for files before they go to the storage
     * @param singleFileBytes the most logical bytes of a table in one file
     */
    GoogleJobRunner(
            GoogleCatalog catalog,
            Grants grants,
            GoogleWarehouse warehouse,
            ShardWriter writer,
            @Nullable FakeCloudStorage storage,
            Path directory,
            long singleFileBytes) {
        this.catalog = catalog;
        this.grants = grants;
        this.warehouse = warehouse;
        this.writer = writer;
        this.storage = storage;
        this.directory = directory;
        this.singleFileBytes = singleFileBytes;
    }

    /**
     * A query, or the query of an {@code EXPORT DATA} statement.
     *
     * @param target where its rows go, or null for a result that clients read
     */
    record Query(QueryPlan plan, @Nullable Target target) {}

    /** @param overwrite whether files that exist may be replaced */
    record Target(List<ShardPattern> patterns, ExportFormat format, boolean overwrite) {}

    /**
     * Checks a statement.
     *
     * @param maximumBytesBilled the most bytes to bill, or null
     * @throws GoogleJobException if it cannot run
     */
    Query query(String sql, QueryPlan.Scope scope, @Nullable Long maximumBytesBilled) {
        GoogleSql.Export export;
        try {
            export = GoogleSql.export(sql);
        } catch (RuntimeException e) {
            throw GoogleJobException.of(e);
        }
        QueryPlan plan = QueryPlan.of(export == null ? sql : export.query(), scope, catalog, grants, warehouse);
        if (maximumBytesBilled != null && plan.billedBytes() > maximumBytesBilled) {
            throw new GoogleJobException(
                    400,
                    "bytesBilledLimitExceeded",
                    "Query exceeded limit for bytes billed: " + maximumBytesBilled + ". " + plan.billedBytes()
                            + " or higher required.");
        }
        Target target = export == null ? null : target(GoogleFields.of(export.options()));
        List<GoogleColumn> columns = plan.columns();
        if (target != null) {
            ShardWriter.requireWritable(columns, target.format);
        }
        return new Query(plan, target);
    }

    private static Target target(GoogleFields options) {
        ShardPattern pattern = ShardPattern.of(options.requireText("uri"));
        if (!pattern.wildcard()) {
            throw GoogleJobException.invalidQuery("Option 'uri' value must be a wild card URI.");
        }
        ExportFormat format = ExportFormat.of(
                options.requireText("format"),
                options.text("compression", "NONE"),
                options.flag("header"),
                options.text("field_delimiter", ","));
        return new Target(List.of(pattern), format, options.flag("overwrite"));
    }

    /** Starts a query. The plan is made again, because permissions and tables may have changed. */
    Future<Result> start(FakeBigQueryJob job, String sql, QueryPlan.Scope scope) {
        Query query = query(sql, scope, null);
        List<GoogleColumn> columns = query.plan.columns();
        return warehouse.duckDb().submit(() -> {
            Rows rows = warehouse.store(columns, query.plan.sql());
            if (query.target == null) {
                return new Result(statistics(query, rows.columns()), rows);
            }
            try {
                List<Long> files = export(job, rows, query.target);
                Map<String, @Nullable Object> statistics = statistics(query, rows.columns());
                if (statistics.get("query") instanceof Map<?, ?> shown) {
                    GoogleFields all = GoogleFields.of(shown);
                    all.fields()
                            .put(
                                    "exportDataStatistics",
                                    Json.object(
                                            "fileCount",
                                            String.valueOf(files.get(0)),
                                            "rowCount",
                                            String.valueOf(rows.count())));
                    statistics.put("query", all.fields());
                }
                return new Result(statistics, null);
            } finally {
                warehouse.drop(rows);
            }
        });
    }

    /** The statistics of a query that has run, or of a dry run. */
    static Map<String, @Nullable Object> statistics(Query query, List<GoogleColumn> columns) {
        QueryPlan plan = query.plan;
        String bytes = String.valueOf(plan.bytes());
        Map<String, @Nullable Object> shown = Json.object(
                "totalBytesProcessed",
                bytes,
                "totalBytesBilled",
                String.valueOf(plan.billedBytes()),
                "totalBytesProcessedAccuracy",
                "PRECISE",
                "cacheHit",
                false,
                "statementType",
                query.target == null ? "SELECT" : "EXPORT_DATA",
                "referencedTables",
                plan.references(),
                "schema",
                Json.object("fields", columns.stream().map(GoogleSchema::field).toList()));
        return Json.object("totalBytesProcessed", bytes, "query", shown);
    }

    /**
     * Checks an extract job.
     *
     * @param extract the field {@code configuration.extract}
     * @throws GoogleJobException if its configuration is invalid, whether or not its table exists
     */
    static Target extractTarget(GoogleFields extract) {
        List<ShardPattern> patterns = new ArrayList<>();
        extract.list("destinationUris").forEach(uri -> patterns.add(ShardPattern.of(String.valueOf(uri))));
        if (patterns.isEmpty()) {
            patterns.add(ShardPattern.of(extract.requireText("destinationUri")));
        }
        if (patterns.size() > 1 && !patterns.stream().allMatch(ShardPattern::wildcard)) {
            throw GoogleJobException.invalid("Several destination URIs must each have a wildcard");
        }
        boolean header = !extract.has("printHeader") || extract.flag("printHeader");
        ExportFormat format = ExportFormat.of(
                extract.text("destinationFormat", "CSV"),
                extract.text("compression", "NONE"),
                header,
                extract.text("fieldDelimiter", ","));
        return new Target(patterns, format, true);
    }

    /** The table of an extract job. */
    FakeBigQueryTable extractTable(GoogleFields extract, String location) {
        GoogleFields source = extract.object("sourceTable");
        String project = source.requireText("projectId");
        String dataset = source.requireText("datasetId");
        String id = source.requireText("tableId");
        FakeDataset found = catalog.requireDataset(project, dataset);
        if (!found.isIn(location)) {
            throw GoogleJobException.notFound(
                    "Dataset " + project + ":" + dataset + " was not found in location " + location);
        }
        FakeBigQueryTable table = catalog.requireTable(project, dataset, id);
        grants.requireOnTable("bigquery.tables.export", table);
        return table;
    }

    /** The location of the dataset of an extract job; null if there is no such dataset. */
    @Nullable
    String extractLocation(GoogleFields extract) {
        GoogleFields source = extract.object("sourceTable");
        try {
            return catalog.requireDataset(source.requireText("projectId"), source.requireText("datasetId"))
                    .location();
        } catch (GoogleJobException e) {
            return null;
        }
    }

    /** Starts an extract job. */
    Future<Result> startExtract(FakeBigQueryJob job, GoogleFields extract) {
        FakeBigQueryTable table = extractTable(extract, job.reference().location());
        Target target = extractTarget(extract);
        if (table.viewQuery() != null) {
            throw GoogleJobException.invalid(
                    "Cannot extract " + table.apiId() + " because it is of type VIEW. Only tables can be extracted.");
        }
        if (table.type().equals("EXTERNAL")) {
            throw GoogleJobException.invalid("Cannot extract " + table.apiId() + " because it is of type EXTERNAL.");
        }
        Rows base = table.rows();
        if (!target.patterns.get(0).wildcard() && base.totalBytes() > singleFileBytes) {
            throw GoogleJobException.invalid(
                    "Table " + table.apiId()
                            + " too large to be exported to a single file. Specify a uri including a * to shard export. See"
                            + " 'Exporting data into one or more files' in https://cloud.google.com/bigquery/docs/exporting-data.");
        }
        ShardWriter.requireWritable(base.columns(), target.format);
        boolean filtered = !table.policies().isEmpty();
        String visible =
                QueryPlan.filtered(table, base.relation(), warehouse.clock().instant());
        return warehouse.duckDb().submit(() -> {
            Rows rows = filtered ? warehouse.store(base.columns(), "SELECT * FROM " + visible) : base;
            try {
                List<Long> files = export(job, rows, target);
                return new Result(
                        Json.object(
                                "extract",
                                Json.object(
                                        "destinationUriFileCounts",
                                        files.stream().map(String::valueOf).toList(),
                                        "inputBytes",
                                        String.valueOf(rows.totalBytes()))),
                        null);
            } finally {
                if (filtered) {
                    warehouse.drop(rows);
                }
            }
        });
    }

    /** Writes all files, then puts them into the storage. Returns the number of files of each pattern. */
    private List<Long> export(FakeBigQueryJob job, Rows rows, Target target) throws SQLException, IOException {
        FakeCloudStorage destination = storage;
        if (destination == null) {
            throw GoogleJobException.of("notImplemented", "This fake has no storage: call storage() on its builder");
        }
        Path place = directory.resolve(job.reference().id());
        try {
            boolean single = !target.patterns.get(0).wildcard();
            List<Path> files = writer.write(rows, target.format, single, place, job::isDone);
            List<Long> counts = new ArrayList<>();
            job.commit(() -> counts.addAll(put(destination, files, target)));
            return counts;
        } finally {
            Directories.delete(place);
        }
    }

    private List<Long> put(FakeCloudStorage destination, List<Path> files, Target target) {
        List<ShardPattern> patterns = target.patterns;
        long[] counts = new long[patterns.size()];
        try {
            for (ShardPattern pattern : patterns) {
                grants.requireOnBucket("storage.objects.create", pattern.bucket());
                requireEmpty(destination, pattern, target.overwrite);
            }
            for (int i = 0; i < files.size(); i++) {
                int at = i % patterns.size();
                ShardPattern pattern = patterns.get(at);
                String name = pattern.name((int) counts[at]++);
                String type = target.format.compression().duckDbName().equals("gzip")
                                && target.format.kind() != ExportFormat.Kind.PARQUET
                        ? "application/gzip"
                        : target.format.kind().contentType();
                destination.put(pattern.bucket(), name, files.get(i), type);
            }
        } catch (IllegalArgumentException e) {
            throw GoogleJobException.notFound("URI " + patterns.get(0) + ": " + e.getMessage());
        }
        List<Long> all = new ArrayList<>();
        for (long count : counts) {
            all.add(count);
        }
        return all;
    }

    private static void requireEmpty(FakeCloudStorage destination, ShardPattern pattern, boolean overwrite) {
        boolean taken = destination.list(pattern.bucket(), pattern.before()).stream()
                .anyMatch(object -> object.name().endsWith(pattern.after()));
        if (taken && !overwrite) {
            throw GoogleJobException.invalidQuery("Invalid value: The destination " + pattern
                    + " is not empty. Specify overwrite=true to replace its files.");
        }
    }
}
