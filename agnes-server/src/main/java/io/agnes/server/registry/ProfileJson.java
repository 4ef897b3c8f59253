// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.table.TableProfile;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.StringReader;
import org.jspecify.annotations.Nullable;

/** The JSON of a profile, in the registry and in answers. */
public final class ProfileJson {
    private ProfileJson() {}

    /** The profile as an object of {@code rows} and {@code columns}. */
    public static JsonObject of(TableProfile profile) {
        JsonArrayBuilder columns = Json.createArrayBuilder();
        for (TableProfile.Column column : profile.columns()) {
            JsonObjectBuilder json =
                    Json.createObjectBuilder().add("name", column.name()).add("nulls", column.nulls());
            add(json, "min", column.min());
            add(json, "max", column.max());
            columns.add(json.add("approximate_distinct", column.approximateDistinct()));
        }
        return Json.createObjectBuilder()
                .add("rows", profile.rows())
                .add("columns", columns)
                .build();
    }

    private static void add(JsonObjectBuilder json, String key, @Nullable String value) {
        if (value == null) {
            json.addNull(key);
        } else {
            json.add(key, value);
        }
    }

    static TableProfile parse(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            JsonObject json = reader.readObject();
            return new TableProfile(
                    json.getJsonNumber("rows").longValueExact(),
                    json.getJsonArray("columns").getValuesAs(JsonObject.class).stream()
                            .map(ProfileJson::column)
                            .toList());
        }
    }

    private static TableProfile.Column column(JsonObject json) {
        return new TableProfile.Column(
                json.getString("name"),
                json.getJsonNumber("nulls").longValueExact(),
                json.isNull("min") ? null : json.getString("min"),
                json.isNull("max") ? null : json.getString("max"),
                json.getJsonNumber("approximate_distinct").longValueExact());
    }
}
