package io.agnes.keboola;

import io.agnes.core.duckdb.DuckDb;
import io.agnes.core.duckdb.Sql;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which columns of a relation of text get which type. A column whose values do not all fit stays text and is told.
 *
 * @param items of a select list, in the columns' order
 * @param notes on columns that stay text
 */
record Typing(List<String> items, List<String> notes) {
    /** The first candidate that all values fit, looked for in one pass over the relation. */
    static Typing of(DuckDb database, String relation, List<KeboolaColumn> all) throws IOException {
        Set<String> texts = Set.copyOf(database.texts(
                "SELECT column_name FROM (DESCRIBE SELECT * FROM " + relation + ") WHERE column_type = 'VARCHAR'"));
        List<KeboolaColumn> columns = all.stream()
                .map(column -> texts.contains(column.name()) ? column : untyped(column))
                .toList();
        List<String> counts = new ArrayList<>(List.of("count(*)"));
        for (KeboolaColumn column : columns) {
            ColumnCast.candidates(column).forEach(cast -> counts.add(cast.misfits(column.name())));
        }
        List<Long> found = counts.size() == 1
                ? List.of(0L)
                : database.numbers("SELECT " + String.join(", ", counts) + " FROM " + relation);
        return chosen(columns, found);
    }

    /** What is no text has its type already. */
    private static KeboolaColumn untyped(KeboolaColumn column) {
        return new KeboolaColumn(column.name(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static Typing chosen(List<KeboolaColumn> columns, List<Long> found) {
        List<String> items = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        int next = 1;
        for (KeboolaColumn column : columns) {
            List<ColumnCast> candidates = ColumnCast.candidates(column);
            List<Long> misfits = found.subList(next, next + candidates.size());
            next += candidates.size();
            items.add(item(column, candidates, misfits));
            if (!candidates.isEmpty() && !misfits.contains(0L)) {
                notes.add("column " + column.name() + " stays text: " + misfits.getFirst() + " of " + found.getFirst()
                        + " values are no " + candidates.getFirst().type());
            }
        }
        return new Typing(items, notes);
    }

    private static String item(KeboolaColumn column, List<ColumnCast> candidates, List<Long> misfits) {
        String name = Sql.name(column.name());
        int fit = misfits.indexOf(0L);
        return fit < 0 ? name : candidates.get(fit).value(column.name()) + " AS " + name;
    }
}
