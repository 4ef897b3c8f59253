// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Routes about buckets and tables. */
final class TableRoutes {
    private final TableCatalog catalog;
    private final StorageJson json;
    private final DataPreview preview;
    private final ManualClock clock;

    TableRoutes(TableCatalog catalog, StorageJson json, DataPreview preview, ManualClock clock) {
        this.catalog = catalog;
        this.json = json;
        this.preview = preview;
        this.clock = clock;
    }

    Response buckets(Request request, String id) {
        Map<String, Map<String, @Nullable Object>> buckets = new LinkedHashMap<>();
        catalog.visible().forEach(table -> buckets.computeIfAbsent(table.bucketId(), json::bucketFields));
        return Response.json(200, buckets.values());
    }

    Response bucket(Request request, String id) {
        requireBucket(id);
        return Response.json(200, json.bucketFields(id));
    }

    private void requireBucket(String id) {
        if (catalog.visible().stream().noneMatch(table -> table.bucketId().equals(id))) {
            throw ErrorResponseException.api(404, "storage.buckets.notFound", "Bucket " + id + " not found");
        }
    }

    Response bucketTables(Request request, String id) {
        requireBucket(id);
        return listed(
                request,
                catalog.visible().stream()
                        .filter(table -> table.bucketId().equals(id))
                        .toList());
    }

    Response tables(Request request, String id) {
        return listed(request, catalog.visible());
    }

    private Response listed(Request request, List<FakeTable> listed) {
        List<String> includes = includes(request);
        return Response.json(
                200, listed.stream().map(table -> listed(table, includes)).toList());
    }

    private Map<String, @Nullable Object> listed(FakeTable table, List<String> includes) {
        Map<String, @Nullable Object> fields = json.tableFields(table, TableCatalog.content(table));
        dropUnless(includes.contains("columns"), fields, "columns");
        dropUnless(includes.contains("columnMetadata"), fields, "columnMetadata");
        dropUnless(includes.contains("metadata"), fields, "metadata");
        dropUnless(includes.contains("buckets") || includes.contains("bucketsWithoutSourceTables"), fields, "bucket");
        fields.remove("definition");
        includeSource(fields, table, includes);
        return fields;
    }

    private static void dropUnless(boolean wanted, Map<String, @Nullable Object> fields, String name) {
        if (!wanted) {
            fields.remove(name);
        }
    }

    Response table(Request request, String id) {
        FakeTable table = catalog.existing(id);
        Map<String, @Nullable Object> fields = json.tableFields(table, TableCatalog.content(table));
        includeSource(fields, table, includes(request));
        return Response.json(200, fields);
    }

    /** Adds the metadata of an alias's source if the client asked for it. */
    private static void includeSource(Map<String, @Nullable Object> fields, FakeTable table, List<String> includes) {
        FakeTable source = table.source();
        if (source != null
                && includes.contains("sourceMetadata")
                && fields.get("sourceTable") instanceof Map<?, ?> shown) {
            Map<String, @Nullable Object> more = new LinkedHashMap<>();
            shown.forEach((name, value) -> more.put(String.valueOf(name), value));
            more.put(
                    "metadata",
                    StorageJson.userMetadata(
                            source.metadata(), TableCatalog.content(source).created()));
            fields.put("sourceTable", more);
        }
    }

    private static List<String> includes(Request request) {
        String include = request.parameters().getOrDefault("include", "buckets,metadata");
        return List.of(include.split(",", -1));
    }

    Response bucketMetadata(Request request, String id) {
        requireBucket(id);
        return Response.json(200, json.bucketFields(id).get("metadata"));
    }

    Response tableMetadata(Request request, String id) {
        FakeTable table = catalog.existing(id);
        return Response.json(
                200,
                StorageJson.userMetadata(
                        table.metadata(), TableCatalog.content(table).created()));
    }

    /** @param id the id of the table, a dot, and the name of the column */
    Response columnMetadata(Request request, String id) {
        int dot = id.lastIndexOf('.');
        FakeTable table = catalog.existing(id.substring(0, Math.max(0, dot)));
        TableContent content = TableCatalog.content(table);
        String column = id.substring(dot + 1);
        if (content.column(column) == null) {
            throw ErrorResponseException.api(404, "storage.columns.notFound", "Column \"" + column + "\" not found");
        }
        return Response.json(200, StorageJson.columnMetadata(table, content).getOrDefault(column, List.of()));
    }

    Response preview(Request request, String id) {
        return preview.answer(TableCatalog.content(catalog.existing(id)), request.query(), clock.instant());
    }
}
