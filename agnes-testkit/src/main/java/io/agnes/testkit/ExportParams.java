// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The validated parameters of an export. Exports with equal parameters of the same version of a table share one file.
 *
 * @param columns in the requested order; all columns of the table if the request names none
 * @param since the earliest time of import, inclusive
 * @param until the latest time of import, exclusive
 */
record ExportParams(
        String fileType,
        List<String> columns,
        List<Filter> filters,
        @Nullable Instant since,
        @Nullable Instant until,
        @Nullable Long limit,
        List<Order> orders,
        boolean gzip,
        boolean internalTimestamp,
        @Nullable String search) {

    record Filter(String column, List<String> values, String operator, String dataType, boolean time) {}

    record Order(String column, boolean descending, String dataType) {}

    private static final List<String> OPERATORS = List.of("eq", "ne", "gt", "ge", "lt", "le");
    private static final List<String> DATA_TYPES = List.of("", "INTEGER", "DOUBLE", "BIGINT", "REAL", "DECIMAL");

    /** Whether the export returns the whole table without changes, so that prepared slices can answer it. */
    boolean wholeTable(TableContent content) {
        return filters.isEmpty()
                && since == null
                && until == null
                && limit == null
                && orders.isEmpty()
                && !internalTimestamp
                && search == null
                && columns.equals(content.columnNames());
    }

    /** Reads a request body and checks it against a table. */
    static final class Reader {
        private final Map<String, @Nullable Object> body;
        private final TableContent content;
        private final Backend backend;
        private final Instant now;

        Reader(Map<String, @Nullable Object> body, TableContent content, Backend backend, Instant now) {
            this.body = body;
            this.content = content;
            this.backend = backend;
            this.now = now;
        }

        /** @throws ErrorResponseException with the API's message; 500 where the real API has an application error */
        ExportParams read() {
            if (body.containsKey("sourceBranchId") && body.get("sourceBranchId") == null) {
                throw ErrorResponseException.api(500, "", "Application error. Please contact support@keboola.com");
            }
            String fileType = oneOf("fileType", "csv", List.of("csv", "parquet"));
            oneOf("format", "rfc", List.of("rfc"));
            refuseTimezone(fileType);
            List<Filter> filters = filters();
            String search = text("fulltextSearch");
            if (search != null && !filters.isEmpty()) {
                throw ErrorResponseException.invalid("Cannot use fulltextSearch and whereFilters at the same time");
            }
            return new ExportParams(
                    fileType,
                    columns(),
                    filters,
                    since(),
                    time("changedUntil"),
                    limit(),
                    orders(),
                    flag("gzip"),
                    flag("includeInternalTimestamp"),
                    search);
        }

        private void refuseTimezone(String fileType) {
            if (text("timezone") == null) {
                return;
            }
            if (fileType.equals("parquet")) {
                throw ErrorResponseException.invalid("Timezone option is not supported for Parquet exports.");
            }
            throw ErrorResponseException.api(501, "notImplemented", "This fake does not convert time zones");
        }

        private String oneOf(String name, String fallback, List<String> allowed) {
            String value = text(name);
            if (value != null && !allowed.contains(value)) {
                throw ErrorResponseException.api(
                        400, "storage.tables.validation.invalidFormat", "Invalid " + name + " \"" + value + "\"");
            }
            return value == null ? fallback : value;
        }

        private List<String> columns() {
            Object value = body.get("columns");
            List<String> names = value instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : split(value);
            List<String> unknown =
                    names.stream().filter(name -> content.column(name) == null).toList();
            if (!unknown.isEmpty()) {
                throw ErrorResponseException.api(
                        400,
                        "storage.tables.nonExistingColumns",
                        "Non-existing columns: " + String.join(", ", unknown));
            }
            return names.isEmpty() ? content.columnNames() : names;
        }

        private static List<String> split(@Nullable Object value) {
            return value == null || value.toString().isEmpty()
                    ? List.of()
                    : Arrays.stream(value.toString().split(",", -1))
                            .map(String::trim)
                            .toList();
        }

        private List<Filter> filters() {
            List<Filter> filters = new ArrayList<>();
            List<?> items = array("whereFilters");
            for (int i = 0; i < items.size(); i++) {
                filters.add(filter(i, fields("whereFilters", items.get(i))));
            }
            legacyFilter(filters);
            return filters;
        }

        private Filter filter(int index, Map<?, ?> fields) {
            for (String required : List.of("column", "values")) {
                if (fields.get(required) == null) {
                    throw ErrorResponseException.invalid("Invalid request:\n - whereFilters[" + index + "][" + required
                            + "]: \"This field is missing.\"");
                }
            }
            if (!(fields.get("values") instanceof List<?> values)) {
                throw ErrorResponseException.invalid("Invalid request:\n - whereFilters[" + index
                        + "][values]: \"This value should be of type array.\"");
            }
            boolean time = "TIME_STRING".equals(fields.get("type"));
            return checked(new Filter(
                    known(String.valueOf(fields.get("column"))),
                    values.stream().map(value -> scalar(value, time)).toList(),
                    orElse(fields.get("operator"), "eq"),
                    orElse(fields.get("dataType"), ""),
                    time));
        }

        private void legacyFilter(List<Filter> filters) {
            String column = text("whereColumn");
            if (column != null) {
                List<String> values =
                        array("whereValues").stream().map(String::valueOf).toList();
                filters.add(
                        checked(new Filter(known(column), values, orElse(body.get("whereOperator"), "eq"), "", false)));
            }
        }

        private static Filter checked(Filter filter) {
            if (!OPERATORS.contains(filter.operator)) {
                throw ErrorResponseException.invalid("Invalid where operator " + filter.operator);
            }
            if (!DATA_TYPES.contains(filter.dataType)) {
                throw ErrorResponseException.invalid("Data type " + filter.dataType + " not recognized");
            }
            boolean several = filter.operator.equals("eq") || filter.operator.equals("ne");
            if (filter.values.isEmpty() || (filter.values.size() > 1 && !several)) {
                throw ErrorResponseException.invalid(
                        "Operator " + filter.operator + " cannot take " + filter.values.size() + " values");
            }
            if (filter.time && !filter.dataType.isEmpty()) {
                throw ErrorResponseException.invalid("Data type must be empty for filters of type TIME_STRING");
            }
            return filter;
        }

        private String scalar(@Nullable Object value, boolean time) {
            String text = value == null ? "" : value.toString();
            return time ? instant("values", text).toString() : text;
        }

        private String known(String column) {
            if (content.column(column) == null) {
                throw ErrorResponseException.api(
                        400,
                        "storage.tables.validation.columnNotExists",
                        "Column \"" + column + "\" does not exist in the table");
            }
            return column;
        }

        private List<Order> orders() {
            List<Order> orders = new ArrayList<>();
            for (Object item : array("orderBy")) {
                Map<?, ?> fields = fields("orderBy", item);
                String order = orElse(fields.get("order"), "ASC");
                if (!List.of("ASC", "DESC").contains(order)) {
                    throw ErrorResponseException.invalid("Invalid order " + order);
                }
                orders.add(new Order(
                        known(String.valueOf(fields.get("column"))),
                        order.equals("DESC"),
                        orElse(fields.get("dataType"), "")));
            }
            return orders;
        }

        private List<?> array(String name) {
            Object value = body.get(name);
            if (value == null) {
                return List.of();
            }
            if (value instanceof List<?> list) {
                return list;
            }
            throw ErrorResponseException.invalid(
                    "Parameter \"" + name + "\" should be an array, but parameter contains:\n" + Json.write(value));
        }

        private Map<?, ?> fields(String name, @Nullable Object item) {
            if (item instanceof Map<?, ?> fields) {
                return fields;
            }
            throw ErrorResponseException.invalid("All items in param \"" + name
                    + "\" should be an arrays, but parameter contains:\n" + Json.write(body.get(name)));
        }

        private @Nullable Instant since() {
            String days = text("days");
            Instant since = time("changedSince");
            return since == null && days != null ? instant("days", "-" + days + " days") : since;
        }

        private @Nullable Instant time(String name) {
            String value = text(name);
            return value == null ? null : instant(name, value);
        }

        private Instant instant(String name, String value) {
            try {
                return PhpTime.read(value, now);
            } catch (IllegalArgumentException e) {
                throw ErrorResponseException.invalid("Invalid date format for param \"" + name + "\": " + value);
            }
        }

        private @Nullable Long limit() {
            String value = text("limit");
            if (value != null && !value.matches("\\d{1,18}")) {
                throw ErrorResponseException.invalid("Limit must be a number, got \"" + value + "\"");
            }
            return value == null ? null : Long.valueOf(value);
        }

        private boolean flag(String name) {
            String value = text(name);
            boolean on = value != null && (value.equals("1") || value.equals("true"));
            if (on && name.equals("includeInternalTimestamp") && backend != Backend.SNOWFLAKE) {
                throw ErrorResponseException.invalid("Parameter " + name + " is supported on Snowflake only");
            }
            return on;
        }

        private @Nullable String text(String name) {
            Object value = body.get(name);
            return value == null || value.toString().isEmpty() ? null : value.toString();
        }

        private static String orElse(@Nullable Object value, String fallback) {
            return value == null || value.toString().isEmpty() ? fallback : value.toString();
        }
    }
}
