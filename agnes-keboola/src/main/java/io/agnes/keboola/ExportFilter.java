package io.agnes.keboola;

import io.agnes.core.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which part of a table is exported. The words are Keboola's own, in JSON too:
 * {@code {"columns":["id"],"whereFilters":[{"column":"status","operator":"eq","values":["open"]}],"changedSince":"-2 days","limit":1000}}.
 *
 * @param columns in the order wanted; empty for all
 * @param whereFilters joined by AND
 * @param changedSince rows imported at that time or later: unix seconds, or what PHP's {@code strtotime} reads
 * @param changedUntil rows imported before that time
 * @param limit most rows
 */
public record ExportFilter(
        List<String> columns,
        List<Where> whereFilters,
        Optional<String> changedSince,
        Optional<String> changedUntil,
        OptionalLong limit) {
    /** The whole table. */
    public static final ExportFilter ALL =
            new ExportFilter(List.of(), List.of(), Optional.empty(), Optional.empty(), OptionalLong.empty());

    private static final Set<String> OPERATORS = Set.of("eq", "ne", "gt", "ge", "lt", "le");
    private static final Set<String> MANY_VALUES = Set.of("eq", "ne");

    /**
     * A condition on one column.
     *
     * @param operator {@code eq}, {@code ne}, {@code gt}, {@code ge}, {@code lt} or {@code le}
     * @param values several mean IN with {@code eq} and NOT IN with {@code ne}; the others take one
     * @param dataType what text is compared as: {@code INTEGER}, {@code DOUBLE}; on BigQuery also {@code BIGINT},
     *     {@code REAL}, {@code DECIMAL}
     */
    public record Where(String column, String operator, List<String> values, Optional<String> dataType) {
        /** Copies the list. */
        public Where {
            values = List.copyOf(values);
        }
    }

    /** @throws KeboolaException {@code filter_invalid}, naming everything that is wrong */
    public ExportFilter {
        columns = List.copyOf(columns);
        whereFilters = List.copyOf(whereFilters);
        List<String> problems = problems(columns, whereFilters, limit);
        if (!problems.isEmpty()) {
            throw KeboolaException.filterInvalid(String.join("; ", problems));
        }
    }

    /**
     * Reads the JSON form.
     *
     * @throws KeboolaException {@code filter_invalid} if it is not that; an unknown key is named with the nearest known
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
        return new ExportFilter(value, whereFilters, changedSince, changedUntil, limit);
    }

    /** This filter with one more condition. */
    public ExportFilter where(String column, String operator, String... values) {
        List<Where> more = new ArrayList<>(whereFilters);
        more.add(new Where(column, operator, List.of(values), Optional.empty()));
        return new ExportFilter(columns, more, changedSince, changedUntil, limit);
    }

    /** This filter with another most of rows. */
    public ExportFilter withLimit(long value) {
        return new ExportFilter(columns, whereFilters, changedSince, changedUntil, OptionalLong.of(value));
    }

    private static List<String> problems(List<String> columns, List<Where> filters, OptionalLong limit) {
        Problems problems = new Problems("export filter")
                .require(limit.isEmpty() || limit.getAsLong() >= 1, "limit must be at least 1")
                .require(Set.copyOf(columns).size() == columns.size(), "columns must not repeat");
        // Columns travel as one string, joined by commas.
        columns.forEach(column -> problems.require(
                !column.isBlank() && column.indexOf(',') < 0,
                "column \"" + column + "\" must not be blank or have a comma"));
        filters.forEach(filter -> check(filter, problems));
        return problems.found();
    }

    private static void check(Where filter, Problems problems) {
        boolean one = filter.values().size() == 1;
        problems.require(!filter.column().isBlank(), "a condition needs a column")
                .require(
                        OPERATORS.contains(filter.operator()),
                        "operator \"" + filter.operator() + "\" must be eq, ne, gt, ge, lt or le")
                .require(
                        one
                                || (MANY_VALUES.contains(filter.operator())
                                        && !filter.values().isEmpty()),
                        "operator " + filter.operator() + " on column " + filter.column()
                                + " needs one value; only eq and ne take several");
    }
}
