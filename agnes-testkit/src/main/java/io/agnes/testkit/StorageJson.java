// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes buckets and tables as the Storage API does. */
final class StorageJson {
    /** The project of linked buckets. */
    private static final Map<String, @Nullable Object> OTHER_PROJECT = Json.object("id", 579, "name", "Other");

    private final String stack;
    private final Backend backend;
    private final TableCatalog catalog;
    private final Map<String, Map<String, String>> bucketMetadata;

    /** @param bucketMetadata the user metadata of each bucket, by bucket id and key */
    StorageJson(String stack, Backend backend, TableCatalog catalog, Map<String, Map<String, String>> bucketMetadata) {
        this.stack = stack;
        this.backend = backend;
        this.catalog = catalog;
        this.bucketMetadata = bucketMetadata;
    }

    Map<String, @Nullable Object> bucketFields(String id) {
        Map<String, @Nullable Object> fields = ownBucketFields(id);
        catalog.visible().stream()
                .filter(table -> table.bucketId().equals(id) && table.linked())
                .map(FakeTable::source)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(source -> link(fields, source));
        return fields;
    }

    private static void link(Map<String, @Nullable Object> fields, FakeTable source) {
        fields.put("isLinkedBucket", true);
        fields.put("isReadOnly", true);
        fields.put(
                "sourceBucket",
                Json.object(
                        "id",
                        source.bucketId(),
                        "name",
                        source.bucketId().substring(source.bucketId().indexOf('.') + 1),
                        "description",
                        "",
                        "project",
                        OTHER_PROJECT));
    }

    private Map<String, @Nullable Object> ownBucketFields(String id) {
        String name = id.substring(id.indexOf('.') + 1);
        List<TableContent> contents = catalog.visible().stream()
                .filter(table -> table.bucketId().equals(id))
                .map(TableCatalog::content)
                .toList();
        return Json.object(
                "uri",
                stack + StorageRoutes.ROOT + "/buckets/" + id,
                "id",
                id,
                "name",
                name,
                "displayName",
                name.replaceFirst("^c-", ""),
                "stage",
                id.substring(0, id.indexOf('.')),
                "description",
                "",
                "backend",
                backend.apiName(),
                "created",
                PhpTime.write(contents.get(0).created()),
                "lastChangeDate",
                PhpTime.write(contents.get(0).lastChange()),
                "isReadOnly",
                false,
                "dataSizeBytes",
                contents.stream().mapToLong(TableContent::bytes).sum(),
                "rowsCount",
                contents.stream()
                        .map(TableContent::rows)
                        .filter(Objects::nonNull)
                        .mapToLong(Long::longValue)
                        .sum(),
                "isMaintenance",
                false,
                "sharing",
                null,
                "isLinkedBucket",
                false,
                "backendPath",
                backendPath(id),
                "hasExternalSchema",
                false,
                "metadata",
                userMetadata(
                        bucketMetadata.getOrDefault(id, Map.of()),
                        contents.get(0).created()));
    }

    Map<String, @Nullable Object> tableFields(FakeTable table, TableContent content) {
        Map<String, @Nullable Object> fields = Json.object(
                "uri", stack + StorageRoutes.ROOT + "/tables/" + table.id(),
                "id", table.id(),
                "name", table.name(),
                "displayName", table.name(),
                "transactional", false,
                "primaryKey", table.primaryKey(),
                "columns", content.columnNames(),
                "created", PhpTime.write(content.created()),
                "lastImportDate", PhpTime.write(content.lastImport()),
                "lastChangeDate", PhpTime.write(content.lastChange()),
                "rowsCount", content.rows(),
                "dataSizeBytes", content.bytes(),
                "isAlias", table.source() != null,
                "isAliasable", table.source() == null,
                "isTyped", content.typed(),
                "timestampType", "MANAGED",
                "tableType", "table");
        FakeTable source = table.source();
        if (source == null) {
            describe(fields, table, content);
        } else {
            fields.put("columnMetadata", List.of());
            fields.put("aliasColumnsAutoSync", true);
            fields.put("sourceTable", sourceTable(source, content, table.linked()));
        }
        fields.put("metadata", userMetadata(table.metadata(), content.created()));
        fields.put("bucket", bucketFields(table.bucketId()));
        return fields;
    }

    /** Adds the column types: a definition for a typed table, and the column metadata. */
    private static void describe(Map<String, @Nullable Object> fields, FakeTable table, TableContent content) {
        if (content.typed()) {
            fields.put("definition", definition(table, content));
        }
        Map<String, @Nullable Object> metadata = columnMetadata(table, content);
        fields.put("columnMetadata", metadata.isEmpty() ? List.of() : metadata);
    }

    private Map<String, @Nullable Object> sourceTable(
            FakeTable source, TableContent content, boolean ofAnotherProject) {
        Map<String, @Nullable Object> fields = Json.object(
                "id",
                source.id(),
                "uri",
                stack + StorageRoutes.ROOT + "/tables/" + source.id(),
                "isAlias",
                false,
                "project",
                ofAnotherProject
                        ? OTHER_PROJECT
                        : Json.object("id", Long.valueOf(ProjectRoutes.PROJECT), "name", "Fake"));
        describe(fields, source, content);
        return fields;
    }

    private static Map<String, @Nullable Object> definition(FakeTable table, TableContent content) {
        return Json.object(
                "primaryKeysNames", table.primaryKey(),
                "columns",
                        content.columns().stream()
                                .map(column ->
                                        definition(column, !table.primaryKey().contains(column.name())))
                                .toList());
    }

    private static Map<String, @Nullable Object> definition(FakeColumn column, boolean nullable) {
        Map<String, @Nullable Object> type = Json.object("type", column.type(), "nullable", nullable);
        if (column.length() != null) {
            type.put("length", column.length());
        }
        return Json.object(
                "name", column.name(), "definition", type, "basetype", column.baseType(), "canBeFiltered", true);
    }

    static Map<String, @Nullable Object> columnMetadata(FakeTable table, TableContent content) {
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        for (FakeColumn column : content.columns()) {
            List<Map<String, @Nullable Object>> entries = new ArrayList<>();
            String at = PhpTime.write(content.created());
            if (content.typed()) {
                entries.add(metadata("1", "KBC.datatype.type", column.type(), "storage", at));
                entries.add(metadata("2", "KBC.datatype.nullable", "1", "storage", at));
                entries.add(metadata("3", "KBC.datatype.basetype", column.baseType(), "storage", at));
            }
            for (Map.Entry<String, String> told : table.metadata(column.name()).entrySet()) {
                String id = String.valueOf(entries.size() + 1);
                entries.add(metadata(id, told.getKey(), told.getValue(), "user", at));
            }
            if (!entries.isEmpty()) {
                metadata.put(column.name(), entries);
            }
        }
        return metadata;
    }

    static List<Map<String, @Nullable Object>> userMetadata(Map<String, String> metadata, Instant since) {
        List<Map<String, @Nullable Object>> entries = new ArrayList<>();
        metadata.forEach((key, value) ->
                entries.add(metadata(String.valueOf(entries.size() + 1), key, value, "user", PhpTime.write(since))));
        return entries;
    }

    private static Map<String, @Nullable Object> metadata(
            String id, String key, String value, String provider, String at) {
        return Json.object("id", id, "key", key, "value", value, "provider", provider, "timestamp", at);
    }

    private static List<String> backendPath(String bucket) {
        return List.of("KBC_" + ProjectRoutes.PROJECT, bucket);
    }
}
