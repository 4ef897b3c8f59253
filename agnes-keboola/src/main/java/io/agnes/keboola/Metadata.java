// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import jakarta.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tokens, buckets and tables as Keboola describes them. */
final class Metadata {
    private static final String TYPE_KEY = "KBC.datatype.type";
    private static final String BASE_TYPE_KEY = "KBC.datatype.basetype";
    private static final String LENGTH_KEY = "KBC.datatype.length";
    /** What the user set wins over what a component guessed. */
    private static final String USER = "user";

    private Metadata() {}

    static KeboolaToken token(JsonObject json) {
        JsonObject owner = Fields.object(json, "owner");
        return new KeboolaToken(
                Fields.textOr(json, "id", ""),
                Fields.textOr(json, "description", ""),
                Fields.textOr(owner, "id", ""),
                Fields.textOr(owner, "name", ""),
                Fields.truth(json, "isMasterToken"),
                Fields.textOr(owner, "defaultBackend", ""),
                Fields.textOr(owner, "fileStorageProvider", ""),
                new HashSet<>(Fields.texts(owner, "features")),
                limits(Fields.object(owner, "limits")));
    }

    private static Map<String, Long> limits(JsonObject json) {
        Map<String, Long> limits = new HashMap<>();
        for (String name : json.keySet()) {
            Fields.number(Fields.object(json, name), "value").ifPresent(value -> limits.put(name, value));
        }
        return limits;
    }

    static KeboolaBucket bucket(JsonObject json) {
        String id = Fields.textOr(json, "id", "");
        return new KeboolaBucket(
                id,
                Fields.textOr(json, "displayName", id),
                Fields.textOr(json, "description", ""),
                Fields.textOr(json, "backend", ""),
                Fields.truth(json, "isLinkedBucket")
                        || !Fields.object(json, "sourceBucket").isEmpty(),
                Fields.number(json, "rowsCount"),
                Fields.number(json, "dataSizeBytes"));
    }

    static KeboolaTable table(JsonObject json) {
        String id = Fields.textOr(json, "id", "");
        String name = Fields.textOr(json, "name", id.substring(id.lastIndexOf('.') + 1));
        String owner = id.endsWith("." + name) ? id.substring(0, id.length() - name.length() - 1) : "";
        return new KeboolaTable(
                id,
                Fields.textOr(Fields.object(json, "bucket"), "id", owner),
                name,
                Fields.textOr(json, "displayName", name),
                columns(json),
                Fields.texts(json, "primaryKey"),
                Fields.truth(json, "isTyped"),
                Fields.time(json, "lastImportDate"),
                Fields.time(json, "lastChangeDate"),
                Fields.number(json, "rowsCount"),
                Fields.number(json, "dataSizeBytes"));
    }

    private static List<KeboolaColumn> columns(JsonObject json) {
        Map<String, JsonObject> defined = definitions(json);
        JsonObject described = Fields.object(json, "columnMetadata");
        JsonObject describedAtSource = Fields.object(Fields.object(json, "sourceTable"), "columnMetadata");
        return Fields.texts(json, "columns").stream()
                .map(name -> defined.containsKey(name)
                        ? defined(name, defined.get(name))
                        : described(name, described.containsKey(name) ? described : describedAtSource))
                .toList();
    }

    /** An alias has its definition at its source. */
    private static Map<String, JsonObject> definitions(JsonObject json) {
        Map<String, JsonObject> defined = new HashMap<>();
        JsonObject own = Fields.object(json, "definition");
        JsonObject used = own.isEmpty() ? Fields.object(Fields.object(json, "sourceTable"), "definition") : own;
        for (JsonObject column : Fields.objects(used, "columns")) {
            Fields.text(column, "name").ifPresent(name -> defined.put(name, column));
        }
        return defined;
    }

    private static KeboolaColumn defined(String name, JsonObject column) {
        JsonObject definition = Fields.object(column, "definition");
        return new KeboolaColumn(
                name,
                Fields.text(column, "basetype"),
                Fields.text(definition, "type"),
                Fields.text(definition, "length"));
    }

    private static KeboolaColumn described(String name, JsonObject metadata) {
        List<JsonObject> entries = Fields.objects(metadata, name);
        return new KeboolaColumn(
                name, value(entries, BASE_TYPE_KEY), value(entries, TYPE_KEY), value(entries, LENGTH_KEY));
    }

    private static Optional<String> value(List<JsonObject> entries, String key) {
        Map<String, String> byProvider = new LinkedHashMap<>();
        for (JsonObject entry : entries) {
            if (Fields.textOr(entry, "key", "").equals(key)) {
                Fields.text(entry, "value")
                        .ifPresent(value -> byProvider.put(Fields.textOr(entry, "provider", ""), value));
            }
        }
        return byProvider.containsKey(USER)
                ? Optional.ofNullable(byProvider.get(USER))
                : byProvider.values().stream().findFirst();
    }
}
