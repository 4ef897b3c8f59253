package io.agnes.keboola;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** The JSON form of a filter, which people write: strict in what it takes. */
final class FilterJson {
    private static final List<String> KEYS =
            List.of("columns", "whereFilters", "changedSince", "changedUntil", "limit");
    private static final List<String> WHERE_KEYS = List.of("column", "operator", "values", "dataType");
    private static final String DEFAULT_OPERATOR = "eq";

    private FilterJson() {}

    /** @throws KeboolaException {@code filter_invalid} */
    static ExportFilter parse(String text) {
        Optional<JsonStructure> parsed = Fields.parse(text);
        if (parsed.isEmpty() || !(parsed.get() instanceof JsonObject object)) {
            throw KeboolaException.filterInvalid("expected a JSON object");
        }
        requireKnown(object.keySet(), KEYS);
        return new ExportFilter(
                strings(object, "columns"),
                list(object, "whereFilters").stream().map(FilterJson::where).toList(),
                string(object, "changedSince"),
                string(object, "changedUntil"),
                number(object, "limit"));
    }

    /** The same filter is always the same text. */
    static String write(ExportFilter filter) {
        return body(filter).build().toString();
    }

    /** The fields of a filter but for the columns' form, which differs on the wire. */
    private static JsonObjectBuilder body(ExportFilter filter) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        if (!filter.columns().isEmpty()) {
            json.add("columns", Json.createArrayBuilder(filter.columns()));
        }
        return addConditions(filter, json);
    }

    static JsonObjectBuilder addConditions(ExportFilter filter, JsonObjectBuilder json) {
        if (!filter.whereFilters().isEmpty()) {
            JsonArrayBuilder all = Json.createArrayBuilder();
            filter.whereFilters().forEach(where -> all.add(write(where)));
            json.add("whereFilters", all);
        }
        filter.changedSince().ifPresent(value -> json.add("changedSince", value));
        filter.changedUntil().ifPresent(value -> json.add("changedUntil", value));
        filter.limit().ifPresent(value -> json.add("limit", value));
        return json;
    }

    private static JsonObjectBuilder write(ExportFilter.Where where) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("column", where.column())
                .add("operator", where.operator())
                .add("values", Json.createArrayBuilder(where.values()));
        where.dataType().ifPresent(value -> json.add("dataType", value));
        return json;
    }

    private static ExportFilter.Where where(JsonValue value) {
        if (!(value instanceof JsonObject object)) {
            throw KeboolaException.filterInvalid("whereFilters must be a list of objects");
        }
        requireKnown(object.keySet(), WHERE_KEYS);
        return new ExportFilter.Where(
                string(object, "column").orElse(""),
                string(object, "operator").orElse(DEFAULT_OPERATOR),
                strings(object, "values"),
                string(object, "dataType"));
    }

    private static void requireKnown(Collection<String> found, List<String> known) {
        for (String key : found) {
            if (!known.contains(key)) {
                throw KeboolaException.filterInvalid("unknown key \"" + key + "\", nearest is \"" + nearest(key, known)
                        + "\"; known are " + String.join(", ", known));
            }
        }
    }

    private static String nearest(String key, List<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(other -> distance(key, other)))
                .orElseThrow();
    }

    /** How many letters have to be added, dropped or changed, case and underscores aside. */
    private static int distance(String from, String to) {
        String a = from.toLowerCase(Locale.ROOT).replace("_", "");
        String b = to.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
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

    /** Numbers are taken where text is meant: people write {@code "values":[7]}. */
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
