// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Problems;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The part of a table to export, and its format. The names are Keboola's, in JSON too:
 * {@code {"columns":["id"],"whereFilters":[{"column":"status","operator":"eq","values":["open"]}],"changedSince":"-2 days","limit":1000}}.
 *
 * <p>{@code changedSince}, {@code changedUntil} and the values of conditions may hold placeholders for days, such as
 * {@code {{yesterday}}}: each becomes a day in UTC, as in {@code 2026-08-19}, when the export begins.
 *
 * @param columns in the order wanted; empty for all
 * @param whereFilters joined by AND
 * @param changedSince rows imported at that time or later: unix seconds, or what PHP's {@code strtotime} reads
 * @param changedUntil rows imported before that time
 * @param limit most rows
 * @param orderBy the order of the rows, by the first column first; without it rows have no order
 * @param fileType of the slices; counts more than the settings
 * @param timezone of timestamps that have one, such as {@code Europe/Prague}; Snowflake only, and text only
 * @param includeInternalTimestamp whether {@code _timestamp}, when a row was imported, comes as the last column; Snowflake
 *     only
 * @param sourceBranchId a development branch to read the table from
 * @param fulltextSearch rows with that text somewhere; not together with conditions
 */
public record ExportFilter(
        List<String> columns,
        List<Where> whereFilters,
        Optional<String> changedSince,
        Optional<String> changedUntil,
        OptionalLong limit,
        List<Order> orderBy,
        Optional<ExportFileType> fileType,
        Optional<String> timezone,
        boolean includeInternalTimestamp,
        Optional<String> sourceBranchId,
        Optional<String> fulltextSearch) {
    /** The whole table. */
    public static final ExportFilter ALL = new ExportFilter(
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty());

    private static final Set<String> OPERATORS = Set.of("eq", "ne", "gt", "ge", "lt", "le");
    private static final Set<String> MANY_VALUES = Set.of("eq", "ne");
    private static final Set<String> DATA_TYPES = Set.of("INTEGER", "DOUBLE", "BIGINT", "REAL", "DECIMAL");
    private static final Set<String> TYPES = Set.of("SCALAR", "TIME_STRING");

    /**
     * A condition on one column.
     *
     * @param operator {@code eq}, {@code ne}, {@code gt}, {@code ge}, {@code lt} or {@code le}; {@code in} and
     *     {@code notIn}, which Keboola does not know, become {@code eq} and {@code ne}
     * @param values several mean IN with {@code eq} and NOT IN with {@code ne}; the others take one
     * @param dataType the type as which text is compared: {@code INTEGER}, {@code DOUBLE}; on BigQuery also {@code BIGINT},
     *     {@code REAL}, {@code DECIMAL}
     * @param type {@code SCALAR}, or {@code TIME_STRING} for values that are times as in {@code changedSince}
     */
    public record Where(
            String column, String operator, List<String> values, Optional<String> dataType, Optional<String> type) {
        /** Copies the list. */
        public Where {
            operator = switch (operator) {
                case "in" -> "eq";
                case "notIn", "not_in" -> "ne";
                default -> operator;
            };
            values = List.copyOf(values);
        }

        /** A condition on text. */
        public Where(String column, String operator, List<String> values) {
            this(column, operator, values, Optional.empty(), Optional.empty());
        }
    }

    /**
     * A column to order by.
     *
     * @param dataType the type as which text is ordered, as in {@link Where}
     */
    public record Order(String column, boolean descending, Optional<String> dataType) {
        /** Orders by a column's text or own type. */
        public Order(String column, boolean descending) {
            this(column, descending, Optional.empty());
        }
    }

    /** @throws KeboolaException {@code filter_invalid}, naming every problem */
    public ExportFilter {
        columns = List.copyOf(columns);
        whereFilters = List.copyOf(whereFilters);
        orderBy = List.copyOf(orderBy);
        Problems problems = new Problems("export filter")
                .require(limit.isEmpty() || limit.getAsLong() >= 1, "limit must be at least 1")
                .require(
                        timezone.isEmpty() || !fileType.equals(Optional.of(ExportFileType.PARQUET)),
                        "timezone goes with fileType csv only")
                .require(
                        fulltextSearch.isEmpty() || whereFilters.isEmpty(),
                        "fulltextSearch and whereFilters exclude each other");
        checkColumns(columns, problems);
        whereFilters.forEach(filter -> check(filter, problems));
        orderBy.forEach(order -> check(order, problems));
        changedSince.ifPresent(time -> Placeholders.check(time, problems));
        changedUntil.ifPresent(time -> Placeholders.check(time, problems));
        if (!problems.found().isEmpty()) {
            throw KeboolaException.filterInvalid(String.join("; ", problems.found()));
        }
    }

    /**
     * Reads the JSON form. Keys may be written with underscores too: {@code where_filters}.
     *
     * @throws KeboolaException {@code filter_invalid} if it is not that; unknown keys are named with the nearest known
     */
    public static ExportFilter parse(String json) {
        return FilterJson.parse(json);
    }

    /** The JSON form, with its keys always in the same order. */
    public String toJson() {
        return FilterJson.write(this);
    }

    /** This filter with other columns. */
    public ExportFilter withColumns(List<String> value) {
        return copy(filter -> filter.columns = value);
    }

    /** This filter with one more condition. */
    public ExportFilter where(String column, String operator, String... values) {
        return where(new Where(column, operator, List.of(values)));
    }

    /** This filter with one more condition. */
    public ExportFilter where(Where value) {
        return copy(filter -> filter.whereFilters = plus(whereFilters, value));
    }

    /** This filter with another start of the time of import. */
    public ExportFilter withChangedSince(String value) {
        return copy(filter -> filter.changedSince = Optional.of(value));
    }

    /** This filter with another end of the time of import. */
    public ExportFilter withChangedUntil(String value) {
        return copy(filter -> filter.changedUntil = Optional.of(value));
    }

    /** This filter with another limit. */
    public ExportFilter withLimit(long value) {
        return copy(filter -> filter.limit = OptionalLong.of(value));
    }

    /** This filter with one more column to order by, behind those it has. */
    public ExportFilter orderBy(Order value) {
        return copy(filter -> filter.orderBy = plus(orderBy, value));
    }

    /** This filter with another {@link #fileType}. */
    public ExportFilter withFileType(ExportFileType value) {
        return copy(filter -> filter.fileType = Optional.of(value));
    }

    /** This filter with another {@link #timezone}. */
    public ExportFilter withTimezone(String value) {
        return copy(filter -> filter.timezone = Optional.of(value));
    }

    /** This filter with another {@link #includeInternalTimestamp}. */
    public ExportFilter withInternalTimestamp(boolean value) {
        return copy(filter -> filter.includeInternalTimestamp = value);
    }

    /** This filter with another {@link #sourceBranchId}. */
    public ExportFilter withSourceBranchId(String value) {
        return copy(filter -> filter.sourceBranchId = Optional.of(value));
    }

    /** This filter with another {@link #fulltextSearch}. */
    public ExportFilter withFulltextSearch(String value) {
        return copy(filter -> filter.fulltextSearch = Optional.of(value));
    }

    /** Whether the filter selects all rows. */
    boolean isWhole() {
        return whereFilters.isEmpty()
                && changedSince.isEmpty()
                && changedUntil.isEmpty()
                && limit.isEmpty()
                && sourceBranchId.isEmpty()
                && fulltextSearch.isEmpty();
    }

    /** This filter with every placeholder replaced by its day as of now. */
    ExportFilter resolved(Instant now) {
        Placeholders days = new Placeholders(now);
        return copy(filter -> {
            filter.changedSince = changedSince.map(days::resolve);
            filter.changedUntil = changedUntil.map(days::resolve);
            filter.whereFilters = whereFilters.stream()
                    .map(where -> new Where(
                            where.column,
                            where.operator,
                            where.values.stream().map(days::resolve).toList(),
                            where.dataType,
                            where.type))
                    .toList();
        });
    }

    private static void checkColumns(List<String> columns, Problems problems) {
        problems.require(Set.copyOf(columns).size() == columns.size(), "columns must not repeat");
        // Columns travel as one string, joined by commas.
        columns.forEach(column -> problems.require(
                !column.isBlank() && column.indexOf(',') < 0,
                "column \"" + column + "\" must not be blank or have a comma"));
    }

    private static void check(Where filter, Problems problems) {
        boolean one = filter.values().size() == 1;
        boolean several =
                MANY_VALUES.contains(filter.operator()) && !filter.values().isEmpty();
        problems.require(!filter.column().isBlank(), "a condition needs a column")
                .require(
                        OPERATORS.contains(filter.operator()),
                        "operator \"" + filter.operator() + "\" must be eq, ne, gt, ge, lt or le")
                .require(
                        one || several,
                        "operator " + filter.operator() + " on column " + filter.column()
                                + " needs one value; only eq and ne take several")
                .require(
                        filter.type().filter(type -> !TYPES.contains(type)).isEmpty(),
                        "type on column " + filter.column() + " must be SCALAR or TIME_STRING")
                .require(
                        !filter.type().equals(Optional.of("TIME_STRING"))
                                || filter.dataType().isEmpty(),
                        "type TIME_STRING on column " + filter.column() + " excludes dataType");
        checkDataType(filter.column(), filter.dataType(), problems);
        filter.values().forEach(value -> Placeholders.check(value, problems));
    }

    private static void check(Order order, Problems problems) {
        problems.require(!order.column().isBlank(), "orderBy needs a column");
        checkDataType(order.column(), order.dataType(), problems);
    }

    private static void checkDataType(String column, Optional<String> dataType, Problems problems) {
        problems.require(
                dataType.filter(type -> !DATA_TYPES.contains(type)).isEmpty(),
                "dataType on column " + column + " must be INTEGER, DOUBLE, BIGINT, REAL or DECIMAL");
    }

    private static <T> List<T> plus(List<T> list, T value) {
        List<T> more = new ArrayList<>(list);
        more.add(value);
        return more;
    }

    private ExportFilter copy(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.filter();
    }

    /** A filter under construction. */
    static final class Draft {
        List<String> columns;
        List<Where> whereFilters;
        Optional<String> changedSince;
        Optional<String> changedUntil;
        OptionalLong limit;
        List<Order> orderBy;
        Optional<ExportFileType> fileType;
        Optional<String> timezone;
        boolean includeInternalTimestamp;
        Optional<String> sourceBranchId;
        Optional<String> fulltextSearch;

        Draft(ExportFilter from) {
            columns = from.columns;
            whereFilters = from.whereFilters;
            changedSince = from.changedSince;
            changedUntil = from.changedUntil;
            limit = from.limit;
            orderBy = from.orderBy;
            fileType = from.fileType;
            timezone = from.timezone;
            includeInternalTimestamp = from.includeInternalTimestamp;
            sourceBranchId = from.sourceBranchId;
            fulltextSearch = from.fulltextSearch;
        }

        ExportFilter filter() {
            return new ExportFilter(
                    columns,
                    whereFilters,
                    changedSince,
                    changedUntil,
                    limit,
                    orderBy,
                    fileType,
                    timezone,
                    includeInternalTimestamp,
                    sourceBranchId,
                    fulltextSearch);
        }
    }
}
