// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.table.TableRecord;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import org.jspecify.annotations.Nullable;

/** The JSON of a registered table. */
final class TableJson {
    private TableJson() {}

    static JsonObjectBuilder of(TableRecord table) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", table.id().value())
                .add("name", table.name())
                .add("description", table.description())
                .add("folder", table.folder())
                .add("source_type", table.sourceType())
                .add("bucket", table.bucket())
                .add("source_table", table.sourceTable());
        add(json, "source_query", table.sourceQuery());
        json.add("query_mode", table.queryMode().text());
        add(json, "schedule", table.schedule() == null ? null : table.schedule().toString());
        add(
                json,
                "column_types",
                table.columnTypes() == null ? null : table.columnTypes().text());
        add(
                json,
                "empty_as_null",
                table.emptyAsNull() == null ? null : table.emptyAsNull().text());
        return json.add("allow_empty", table.allowEmpty())
                .add("primary_key", Json.createArrayBuilder(table.primaryKey()))
                .add("profile", table.profile())
                .add("registered_by", table.registeredBy())
                .add("registered_at", table.registeredAt().toString())
                .add("updated_at", table.updatedAt().toString())
                .add("revision", table.revision());
    }

    /** The entity tag of this revision of the table. */
    static String etag(TableRecord table) {
        return "\"" + table.revision() + "\"";
    }

    private static void add(JsonObjectBuilder json, String field, @Nullable String value) {
        if (value == null) {
            json.addNull(field);
        } else {
            json.add(field, value);
        }
    }
}
