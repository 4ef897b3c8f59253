// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Nearest;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** Reads and writes the JSON form of a filter. People write it, so unknown keys and values are errors. */
final class FilterJson {
    private static final List<String> KEYS = List.of(
            "columns",
            "whereFilters",
            "changedSince",
            "changedUntil",
            "limit",
            "orderBy",
            "fileType",
            "timezone",
            "includeInternalTimestamp",
            "sourceBranchId",
            "fulltextSearch",
            "days",
            "whereColumn",
            "whereOperator",
            "whereValues",
            "format",
            "gzip");
    private static final List<String> WHERE_KEYS = List.of("column", "operator", "values", "dataType", "type");
    private static final List<String> ORDER_KEYS = List.of("column", "order", "dataType");
    private static final String DEFAULT_OPERATOR = "eq";

    private FilterJson() {}

    /** @throws KeboolaException {@code filter_invalid} */
    static ExportFilter parse(String text) {
        Optional<JsonStructure> parsed = JsonFields.parse(text);
        if (parsed.isEmpty() || !(parsed.get() instanceof JsonObject written)) {
            throw KeboolaException.filterInvalid("expected a JSON object");
        }
        JsonObject object = known(written, KEYS);
        requireFixed(object);
        List<ExportFilter.Where> where = new ArrayList<>();
        list(object, "whereFilters").forEach(value -> where.add(where(value)));
        singleCondition(object).ifPresent(where::add);
        return new ExportFilter(
                strings(object, "columns"),
                where,
                changedSince(object),
                string(object, "changedUntil"),
                number(object, "limit"),
                list(object, "orderBy").stream().map(FilterJson::order).toList(),
                string(object, "fileType").map(FilterJson::fileType),
                string(object, "timezone"),
                truth(object, "includeInternalTimestamp"),
                string(object, "sourceBranchId"),
                string(object, "fulltextSearch"));
    }

    /** Keys whose values are fixed, because this client reads the result. */
    private static void requireFixed(JsonObject object) {
        if (object.containsKey("gzip") && !truth(object, "gzip")) {
            throw KeboolaException.filterInvalid("gzip must be true: slices are always compressed");
        }
        if (!string(object, "format").orElse("rfc").equals("rfc")) {
            throw KeboolaException.filterInvalid("format must be rfc: rows become Parquet in the end");
        }
    }

    /** The deprecated twin {@code days} means the same. */
    private static Optional<String> changedSince(JsonObject object) {
        OptionalLong days = number(object, "days");
        Optional<String> since = string(object, "changedSince");
        if (days.isEmpty()) {
            return since;
        }
        if (since.isPresent()) {
            throw KeboolaException.filterInvalid("days and changedSince exclude each other");
        }
        return Optional.of("-" + days.getAsLong() + " days");
    }

    /** The deprecated form of the only condition. */
    private static Optional<ExportFilter.Where> singleCondition(JsonObject object) {
        Optional<String> column = string(object, "whereColumn");
        if (column.isEmpty() && (object.containsKey("whereValues") || object.containsKey("whereOperator"))) {
            throw KeboolaException.filterInvalid("whereValues and whereOperator need whereColumn");
        }
        return column.map(name -> new ExportFilter.Where(
                name, string(object, "whereOperator").orElse(DEFAULT_OPERATOR), strings(object, "whereValues")));
    }

    private static ExportFileType fileType(String text) {
        return Stream.of(ExportFileType.values())
                .filter(type -> type.text().equals(text))
                .findFirst()
                .orElseThrow(() -> KeboolaException.filterInvalid("fileType must be csv or parquet"));
    }

    /** Writes a filter; equal filters give equal text. */
    static String write(ExportFilter filter) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        if (!filter.columns().isEmpty()) {
            json.add("columns", Json.createArrayBuilder(filter.columns()));
        }
        addConditions(filter, json);
        filter.fileType().ifPresent(value -> json.add("fileType", value.text()));
        return json.build().toString();
    }

    /** Writes the fields of a filter except the file type and the columns, whose form differs on the wire. */
    static JsonObjectBuilder addConditions(ExportFilter filter, JsonObjectBuilder json) {
        if (!filter.whereFilters().isEmpty()) {
            JsonArrayBuilder all = Json.createArrayBuilder();
            filter.whereFilters().forEach(where -> all.add(write(where)));
            json.add("whereFilters", all);
        }
        filter.changedSince().ifPresent(value -> json.add("changedSince", value));
        filter.changedUntil().ifPresent(value -> json.add("changedUntil", value));
        filter.limit().ifPresent(value -> json.add("limit", value));
        if (!filter.orderBy().isEmpty()) {
            JsonArrayBuilder all = Json.createArrayBuilder();
            filter.orderBy().forEach(order -> all.add(write(order)));
            json.add("orderBy", all);
        }
        filter.timezone().ifPresent(value -> json.add("timezone", value));
        if (filter.includeInternalTimestamp()) {
            json.add("includeInternalTimestamp", true);
        }
        // Left out if there is none: the API answers null with an error.
        filter.sourceBranchId().ifPresent(value -> json.add("sourceBranchId", value));
        filter.fulltextSearch().ifPresent(value -> json.add("fulltextSearch", value));
        return json;
    }

    private static JsonObjectBuilder write(ExportFilter.Where where) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("column", where.column())
                .add("operator", where.operator())
                .add("values", Json.createArrayBuilder(where.values()));
        where.dataType().ifPresent(value -> json.add("dataType", value));
        where.type().ifPresent(value -> json.add("type", value));
        return json;
    }

    private static JsonObjectBuilder write(ExportFilter.Order order) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("column", order.column())
                .add("order", order.descending() ? "DESC" : "ASC");
        order.dataType().ifPresent(value -> json.add("dataType", value));
        return json;
    }

    private static ExportFilter.Where where(JsonValue value) {
        JsonObject object = known(object("whereFilters", value), WHERE_KEYS);
        return new ExportFilter.Where(
                string(object, "column").orElse(""),
                string(object, "operator").orElse(DEFAULT_OPERATOR),
                strings(object, "values"),
                string(object, "dataType"),
                string(object, "type"));
    }

    private static ExportFilter.Order order(JsonValue value) {
        JsonObject object = known(object("orderBy", value), ORDER_KEYS);
        boolean descending = switch (string(object, "order").orElse("ASC").toUpperCase(Locale.ROOT)) {
            case "ASC" -> false;
            case "DESC" -> true;
            default -> throw KeboolaException.filterInvalid("order must be ASC or DESC");
        };
        return new ExportFilter.Order(string(object, "column").orElse(""), descending, string(object, "dataType"));
    }

    private static JsonObject object(String key, JsonValue value) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw KeboolaException.filterInvalid(key + " must be a list of objects");
    }

    /** The object with its keys as Keboola writes them. */
    private static JsonObject known(JsonObject written, List<String> known) {
        Map<String, String> names = new HashMap<>();
        known.forEach(name -> names.put(name, name));
        known.forEach(name -> names.put(withUnderscores(name), name));
        JsonObjectBuilder renamed = Json.createObjectBuilder();
        Set<String> seen = new HashSet<>();
        List<String> problems = new ArrayList<>();
        written.forEach((key, value) -> {
            String name = names.get(key);
            if (name == null) {
                problems.add("unknown key \"" + key + "\", nearest is \"" + Nearest.to(key, known) + "\"");
            } else if (!seen.add(name)) {
                problems.add("key \"" + name + "\" is there twice");
            } else {
                renamed.add(name, value);
            }
        });
        if (!problems.isEmpty()) {
            throw KeboolaException.filterInvalid(
                    String.join("; ", problems) + "; known are " + String.join(", ", known));
        }
        return renamed.build();
    }

    private static String withUnderscores(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static boolean truth(JsonObject object, String key) {
        JsonValue value = object.get(key);
        if (value == null || value.equals(JsonValue.FALSE)) {
            return false;
        }
        if (value.equals(JsonValue.TRUE)) {
            return true;
        }
        throw KeboolaException.filterInvalid(key + " must be true or false");
    }

    private static List<JsonValue> list(JsonObject object, String key) {
        return switch (object.get(key)) {
            case null -> List.of();
            case JsonArray array -> array;
            default -> throw KeboolaException.filterInvalid(key + " must be a list");
        };
    }

    private static List<String> strings(JsonObject object, String key) {
        return list(object, key).stream().map(value -> string(key, value)).toList();
    }

    private static Optional<String> string(JsonObject object, String key) {
        return Optional.ofNullable(object.get(key)).map(value -> string(key, value));
    }

    /** Accepts numbers for text, because people write {@code "values":[7]}. */
    private static String string(String key, JsonValue value) {
        return switch (value) {
            case JsonString string -> string.getString();
            case JsonNumber number -> number.toString();
            default -> throw KeboolaException.filterInvalid(key + " must be text");
        };
    }

    private static OptionalLong number(JsonObject object, String key) {
        JsonValue value = object.get(key);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (value instanceof JsonNumber number && number.isIntegral()) {
            return OptionalLong.of(whole(key, number));
        }
        throw KeboolaException.filterInvalid(key + " must be a whole number");
    }

    private static long whole(String key, JsonNumber number) {
        try {
            return number.longValueExact();
        } catch (ArithmeticException e) {
            throw KeboolaException.filterInvalid(key + " must have at most 18 digits");
        }
    }
}
