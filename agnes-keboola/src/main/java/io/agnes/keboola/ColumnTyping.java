// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.duckdb.DuckDb;
import io.agnes.core.duckdb.Sql;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Chooses a type for each column of a relation of text. A column with a value that does not fit stays text, with a note.
 *
 * @param items the select list, in the order of the columns
 * @param notes on columns that stay text, and on texts that became NULL
 */
record ColumnTyping(List<String> items, List<String> notes) {
    /**
     * Finds the first candidate type that all values fit, in one pass over the relation.
     *
     * @param missing the texts that become NULL in a column that gets a type
     */
    static ColumnTyping of(DuckDb database, String relation, List<KeboolaColumn> columns, MissingValues missing)
            throws IOException {
        List<ColumnCheck> checks = checks(texts(database, relation), columns, missing);
        if (checks.isEmpty()) {
            return new ColumnTyping(
                    columns.stream().map(column -> Sql.name(column.name())).toList(), List.of());
        }
        return of(columns, checks, database.numbers(query(relation, checks)));
    }

    /** Columns of other types than text keep theirs. */
    private static Set<String> texts(DuckDb database, String relation) throws IOException {
        return Set.copyOf(database.texts(
                "SELECT column_name FROM (DESCRIBE SELECT * FROM " + relation + ") WHERE column_type = 'VARCHAR'"));
    }

    private static List<ColumnCheck> checks(Set<String> texts, List<KeboolaColumn> columns, MissingValues missing) {
        List<ColumnCheck> checks = new ArrayList<>();
        for (KeboolaColumn column : columns) {
            List<ColumnCast> candidates = ColumnCast.candidates(column);
            if (texts.contains(column.name()) && !candidates.isEmpty()) {
                checks.add(new ColumnCheck(checks.size(), column, candidates, missing));
            }
        }
        return checks;
    }

    /** Each step is a query of its own, as DuckDB would repeat an expression that conditions share. */
    private static String query(String relation, List<ColumnCheck> checks) {
        List<String> counts = new ArrayList<>(List.of("count(*)"));
        checks.forEach(check -> counts.addAll(check.counts()));
        return "SELECT " + String.join(", ", counts) + " FROM (SELECT " + each(checks, ColumnCheck::codes)
                + " FROM (SELECT " + each(checks, ColumnCheck::attempts) + " FROM (SELECT "
                + each(checks, ColumnCheck::texts) + " FROM " + relation + ")))";
    }

    private static String each(List<ColumnCheck> checks, Function<ColumnCheck, String> part) {
        return checks.stream().map(part).collect(Collectors.joining(", "));
    }

    private static ColumnTyping of(List<KeboolaColumn> columns, List<ColumnCheck> checks, List<Long> counts) {
        Iterator<Long> found = counts.iterator();
        long rows = found.next();
        List<String> items = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        int next = 0;
        for (KeboolaColumn column : columns) {
            if (next < checks.size() && checks.get(next).column().equals(column)) {
                ColumnCheck.Verdict verdict = checks.get(next++).verdict(rows, found);
                items.add(verdict.item());
                notes.addAll(verdict.notes());
            } else {
                items.add(Sql.name(column.name()));
            }
        }
        return new ColumnTyping(items, notes);
    }
}
