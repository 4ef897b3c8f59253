// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.GoogleWarehouse.Rows;
import io.agnes.testkit.googlesql.GoogleColumn;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The routes of {@link FakeBigQuery} about datasets, tables and their rows. */
final class MetadataRoutes {
    private static final long LIST_PAGE = 50;

    private final GoogleCatalog catalog;
    private final Grants grants;
    private final GoogleWarehouse warehouse;
    private final GoogleJobs jobs;
    private final long pageRows;

    /** @param pageRows the most rows in a page */
    MetadataRoutes(GoogleCatalog catalog, Grants grants, GoogleWarehouse warehouse, GoogleJobs jobs, long pageRows) {
        this.catalog = catalog;
        this.grants = grants;
        this.warehouse = warehouse;
        this.jobs = jobs;
        this.pageRows = pageRows;
    }

    Response datasets(Request request, List<String> path) {
        GooglePage page = GooglePage.of(request.parameters(), LIST_PAGE);
        List<FakeDataset> all = catalog.visible(path.get(0));
        Map<String, @Nullable Object> json = Json.object("kind", "bigquery#datasetList", "etag", "\"datasets\"");
        putIfPresent(json, "nextPageToken", page.next(all.size()));
        if (!all.isEmpty()) {
            json.put("datasets", page.of(all).stream().map(FakeDataset::listed).toList());
        }
        return Response.json(200, json);
    }

    Response dataset(Request request, List<String> path) {
        FakeDataset dataset = catalog.requireDataset(path.get(0), path.get(1));
        grants.requireOnDataset("bigquery.datasets.get", dataset);
        return withEtag(request, dataset.json());
    }

    Response tables(Request request, List<String> path) {
        FakeDataset dataset = catalog.requireDataset(path.get(0), path.get(1));
        grants.requireOnDataset("bigquery.tables.list", dataset);
        GooglePage page = GooglePage.of(request.parameters(), LIST_PAGE);
        List<FakeBigQueryTable> all = dataset.visible();
        Map<String, @Nullable Object> json =
                Json.object("kind", "bigquery#tableList", "etag", "\"tables\"", "totalItems", all.size());
        putIfPresent(json, "nextPageToken", page.next(all.size()));
        if (!all.isEmpty()) {
            json.put(
                    "tables",
                    page.of(all).stream().map(FakeBigQueryTable::listed).toList());
        }
        return Response.json(200, json);
    }

    private static void putIfPresent(Map<String, @Nullable Object> json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    Response table(Request request, List<String> path) {
        Rows result = jobs.anonymous(path.get(0), path.get(1), path.get(2));
        if (result != null) {
            return withEtag(request, anonymous(path, result));
        }
        FakeBigQueryTable table = catalog.requireTable(path.get(0), path.get(1), path.get(2));
        grants.requireOnTable("bigquery.tables.get", table);
        boolean statistics = !"BASIC".equals(request.parameters().get("view"));
        return withEtag(request, table.json(columns(table), statistics));
    }

    private static Map<String, @Nullable Object> anonymous(List<String> path, Rows rows) {
        return Json.object(
                "kind",
                "bigquery#table",
                "id",
                path.get(0) + ":" + path.get(1) + "." + path.get(2),
                "tableReference",
                Json.object("projectId", path.get(0), "datasetId", path.get(1), "tableId", path.get(2)),
                "type",
                "TABLE",
                "schema",
                Json.object(
                        "fields",
                        rows.columns().stream().map(GoogleSchema::field).toList()),
                "numRows",
                String.valueOf(rows.count()),
                "numBytes",
                String.valueOf(rows.totalBytes()));
    }

    private List<GoogleColumn> columns(FakeBigQueryTable table) {
        String view = table.viewQuery();
        return view == null ? table.rows().columns() : viewed(table, view).columns();
    }

    /** The query of a view; who may see the view needs no permission on its tables. */
    private QueryPlan viewed(FakeBigQueryTable table, String view) {
        QueryPlan.Scope scope = new QueryPlan.Scope(table.dataset().project(), null, null);
        return QueryPlan.of(view, scope, catalog, new Grants(), warehouse);
    }

    Response rowAccessPolicies(Request request, List<String> path) {
        FakeBigQueryTable table = catalog.requireTable(path.get(0), path.get(1), path.get(2));
        grants.requireOnTable("bigquery.rowAccessPolicies.list", table);
        List<Map<String, @Nullable Object>> policies = table.policies().entrySet().stream()
                .map(policy -> {
                    Map<String, @Nullable Object> reference = table.reference();
                    reference.put("policyId", policy.getKey());
                    return Json.object("rowAccessPolicyReference", reference, "filterPredicate", policy.getValue());
                })
                .toList();
        return Response.json(200, policies.isEmpty() ? Json.object() : Json.object("rowAccessPolicies", policies));
    }

    /** {@code tabledata.list}: the rows of a table, or of the anonymous table of a query. */
    Response rows(Request request, List<String> path) {
        Map<String, String> parameters = request.parameters();
        GooglePage page = GooglePage.of(parameters, pageRows);
        CellText text = cellText(GoogleFields.of(parameters), "formatOptions.");
        Rows result = jobs.anonymous(path.get(0), path.get(1), path.get(2));
        if (result != null) {
            return rows(result.columns(), result.relation(), page, text);
        }
        FakeBigQueryTable table = catalog.requireTable(path.get(0), path.get(1), path.get(2));
        grants.requireOnTable("bigquery.tables.getData", table);
        if (table.viewQuery() != null || table.type().equals("EXTERNAL")) {
            throw GoogleJobException.invalid(
                    "Cannot list a table of type " + (table.viewQuery() == null ? "EXTERNAL" : "VIEW") + ".");
        }
        String relation = QueryPlan.filtered(
                table, table.readable(null), warehouse.clock().instant());
        return rows(table.rows().columns(), relation, page, text);
    }

    private Response rows(List<GoogleColumn> columns, String relation, GooglePage page, CellText text) {
        long total = warehouse.duckDb().call(() -> warehouse.duckDb().number("SELECT count(*) FROM " + relation));
        Map<String, @Nullable Object> json =
                Json.object("kind", "bigquery#tableDataList", "etag", "\"rows\"", "totalRows", String.valueOf(total));
        putIfPresent(json, "pageToken", page.next(total));
        json.put("rows", page(warehouse, columns, relation, page, text));
        return Response.json(200, json);
    }

    /** The rows of a page in JSON. */
    static List<Map<String, @Nullable Object>> page(
            GoogleWarehouse warehouse, List<GoogleColumn> columns, String relation, GooglePage page, CellText text) {
        if (columns.isEmpty() || page.size() == 0) {
            return List.of();
        }
        String select = "SELECT " + text.of(columns) + " FROM " + relation + " LIMIT " + page.size() + " OFFSET "
                + page.offset();
        return warehouse.duckDb().call(() -> warehouse.duckDb().rows(select)).stream()
                .map(cells -> RowJson.row(columns, cells))
                .toList();
    }

    /** The form of timestamps that a client asked for. */
    static CellText cellText(GoogleFields options, String prefix) {
        String format = options.text(prefix + "timestampOutputFormat", "");
        if (format.equals("ISO8601_STRING")) {
            return CellText.REST_ISO8601;
        }
        boolean micros = format.equals("INT64") || options.flag(prefix + "useInt64Timestamp");
        return micros ? CellText.REST_MICROS : CellText.REST_SECONDS;
    }

    /** The object with an ETag of its content, or 304 if the client has it. */
    private static Response withEtag(Request request, Map<String, @Nullable Object> json) {
        String etag = UUID.nameUUIDFromBytes(Signer.utf8(Json.write(json))).toString();
        if (etag.equals(request.header("if-none-match"))) {
            return Response.empty(304).with("ETag", etag);
        }
        json.put("etag", etag);
        return Response.json(200, json).with("ETag", etag);
    }
}
