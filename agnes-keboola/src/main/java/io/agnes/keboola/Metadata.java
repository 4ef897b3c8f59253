// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import jakarta.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads tokens, buckets and tables from Keboola's JSON. */
final class Metadata {
    private static final String TYPE_KEY = "KBC.datatype.type";
    private static final String BASE_TYPE_KEY = "KBC.datatype.basetype";
    private static final String LENGTH_KEY = "KBC.datatype.length";
    /** Types that a user set count more than types that a component guessed. */
    private static final String USER = "user";

    private Metadata() {}

    static KeboolaToken token(JsonObject json) {
        JsonObject owner = JsonFields.object(json, "owner");
        return new KeboolaToken(
                JsonFields.textOr(json, "id", ""),
                JsonFields.textOr(json, "description", ""),
                JsonFields.textOr(owner, "id", ""),
                JsonFields.textOr(owner, "name", ""),
                JsonFields.truth(json, "isMasterToken"),
                JsonFields.textOr(owner, "defaultBackend", ""),
                JsonFields.textOr(owner, "fileStorageProvider", ""),
                new HashSet<>(JsonFields.texts(owner, "features")),
                limits(JsonFields.object(owner, "limits")));
    }

    private static Map<String, Long> limits(JsonObject json) {
        Map<String, Long> limits = new HashMap<>();
        for (String name : json.keySet()) {
            JsonFields.number(JsonFields.object(json, name), "value").ifPresent(value -> limits.put(name, value));
        }
        return limits;
    }

    static KeboolaBucket bucket(JsonObject json) {
        String id = JsonFields.textOr(json, "id", "");
        return new KeboolaBucket(
                id,
                JsonFields.textOr(json, "displayName", id),
                JsonFields.textOr(json, "description", ""),
                JsonFields.textOr(json, "backend", ""),
                JsonFields.truth(json, "isLinkedBucket")
                        || !JsonFields.object(json, "sourceBucket").isEmpty(),
                JsonFields.number(json, "rowsCount"),
                JsonFields.number(json, "dataSizeBytes"));
    }

    static KeboolaTable table(JsonObject json) {
        String id = JsonFields.textOr(json, "id", "");
        String name = JsonFields.textOr(json, "name", id.substring(id.lastIndexOf('.') + 1));
        String owner = id.endsWith("." + name) ? id.substring(0, id.length() - name.length() - 1) : "";
        return new KeboolaTable(
                id,
                JsonFields.textOr(JsonFields.object(json, "bucket"), "id", owner),
                name,
                JsonFields.textOr(json, "displayName", name),
                columns(json),
                JsonFields.texts(json, "primaryKey"),
                JsonFields.truth(json, "isTyped"),
                JsonFields.time(json, "lastImportDate"),
                JsonFields.time(json, "lastChangeDate"),
                JsonFields.number(json, "rowsCount"),
                JsonFields.number(json, "dataSizeBytes"));
    }

    private static List<KeboolaColumn> columns(JsonObject json) {
        Map<String, JsonObject> defined = definitions(json);
        JsonObject described = JsonFields.object(json, "columnMetadata");
        JsonObject describedAtSource = JsonFields.object(JsonFields.object(json, "sourceTable"), "columnMetadata");
        return JsonFields.texts(json, "columns").stream()
                .map(name -> defined.containsKey(name)
                        ? defined(name, defined.get(name))
                        : described(name, described.containsKey(name) ? described : describedAtSource))
                .toList();
    }

    /** The definition of an alias is that of its source. */
    private static Map<String, JsonObject> definitions(JsonObject json) {
        Map<String, JsonObject> defined = new HashMap<>();
        JsonObject own = JsonFields.object(json, "definition");
        JsonObject used = own.isEmpty() ? JsonFields.object(JsonFields.object(json, "sourceTable"), "definition") : own;
        for (JsonObject column : JsonFields.objects(used, "columns")) {
            JsonFields.text(column, "name").ifPresent(name -> defined.put(name, column));
        }
        return defined;
    }

    private static KeboolaColumn defined(String name, JsonObject column) {
        JsonObject definition = JsonFields.object(column, "definition");
        return new KeboolaColumn(
                name,
                JsonFields.text(column, "basetype"),
                JsonFields.text(definition, "type"),
                JsonFields.text(definition, "length"));
    }

    private static KeboolaColumn described(String name, JsonObject metadata) {
        List<JsonObject> entries = JsonFields.objects(metadata, name);
        return new KeboolaColumn(
                name, value(entries, BASE_TYPE_KEY), value(entries, TYPE_KEY), value(entries, LENGTH_KEY));
    }

    private static Optional<String> value(List<JsonObject> entries, String key) {
        Map<String, String> byProvider = new LinkedHashMap<>();
        for (JsonObject entry : entries) {
            if (JsonFields.textOr(entry, "key", "").equals(key)) {
                JsonFields.text(entry, "value")
                        .ifPresent(value -> byProvider.put(JsonFields.textOr(entry, "provider", ""), value));
            }
        }
        return byProvider.containsKey(USER)
                ? Optional.ofNullable(byProvider.get(USER))
                : byProvider.values().stream().findFirst();
    }
}
