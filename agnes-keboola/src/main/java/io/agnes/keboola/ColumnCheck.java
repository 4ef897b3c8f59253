// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.duckdb.Sql;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One column of text and the types it may get. In one pass over the rows each text gets the number of the first
 * candidate that takes it, or of what is wrong with it, and those numbers are counted.
 *
 * @param index of the column among those that are checked
 * @param candidates best first, at least one
 */
record ColumnCheck(int index, KeboolaColumn column, List<ColumnCast> candidates, MissingValues missing) {
    /**
     * The type that the column gets.
     *
     * @param item of a select list
     */
    record Verdict(String item, List<String> notes) {}

    /** The column's text, and the same with NULL for missing values. */
    String texts() {
        String name = Sql.name(column.name());
        return name + " AS x" + index + ", " + missing.present(name) + " AS v" + index;
    }

    /** Besides, the text as the best type, which most conditions look at twice. */
    String attempts() {
        return "x" + index + ", v" + index + ", " + best().attempt("v" + index) + " AS t" + index;
    }

    /** The number of each text. Costly conditions only see what cheaper ones did not settle. */
    String codes() {
        String text = "v" + index;
        StringBuilder sql = new StringBuilder("x" + index + ", CASE WHEN " + text + " IS NULL THEN NULL");
        for (int i = 0; i < candidates.size(); i++) {
            ColumnCast cast = candidates.get(i);
            String attempted = i == 0 ? "t" + index : cast.attempt(text);
            sql.append(" WHEN ")
                    .append(cast.fits(text, attempted))
                    .append(" THEN ")
                    .append(i);
        }
        for (int i = 0; i < misfits().size(); i++) {
            String condition = misfits().get(i).condition().replace("$v", text);
            sql.append(" WHEN ").append(condition).append(" THEN ").append(candidates.size() + 1 + i);
        }
        return sql.append(" ELSE ")
                .append(candidates.size())
                .append(" END AS c")
                .append(index)
                .toString();
    }

    /** How often each missing text and each number occurs. */
    List<String> counts() {
        List<String> counts = new ArrayList<>();
        missing.texts().forEach(text -> counts.add("count(*) FILTER (WHERE x" + index + " = " + Sql.text(text) + ")"));
        for (int code = 0; code <= candidates.size() + misfits().size(); code++) {
            counts.add("count(*) FILTER (WHERE c" + index + " = " + code + ")");
        }
        return counts;
    }

    /** @param found for each of {@link #counts} */
    Verdict verdict(long rows, Iterator<Long> found) {
        List<Long> absent = taken(found, missing.texts().size());
        List<Long> fitting = taken(found, candidates.size());
        List<Long> unfit = taken(found, 1 + misfits().size());
        return sum(unfit) > 0 || chosen(fitting) < 0
                ? text(rows, fitting, unfit)
                : typed(candidates.get(chosen(fitting)), absent);
    }

    /** The first candidate that takes all that any of them does; less than zero for none. */
    private int chosen(List<Long> fitting) {
        long all = sum(fitting);
        long taken = 0;
        for (int i = 0; i < candidates.size(); i++) {
            taken = fitting.get(i) + (candidates.get(i).wider() ? taken : 0);
            if (taken == all) {
                return i;
            }
        }
        return -1;
    }

    private Verdict typed(ColumnCast cast, List<Long> absent) {
        String name = Sql.name(column.name());
        List<String> notes = IntStream.range(0, absent.size())
                .filter(i -> absent.get(i) > 0)
                .mapToObj(i -> MissingValues.note(column.name(), missing.texts().get(i), absent.get(i)))
                .toList();
        return new Verdict(cast.value(missing.present(name)) + " AS " + name, notes);
    }

    private Verdict text(long rows, List<Long> fitting, List<Long> unfit) {
        long others = sum(fitting) - fitting.getFirst() + sum(unfit);
        List<String> why = IntStream.range(0, misfits().size())
                .filter(i -> unfit.get(1 + i) > 0)
                .mapToObj(i -> unfit.get(1 + i) + " " + misfits().get(i).words())
                .toList();
        String note = "column " + column.name() + " stays text: " + others + " of " + rows + " values are no "
                + best().type() + (why.isEmpty() ? "" : " (" + String.join(", ", why) + ")");
        return new Verdict(Sql.name(column.name()), List.of(note));
    }

    private ColumnCast best() {
        return candidates.getFirst();
    }

    private List<ValueMismatch> misfits() {
        return best().misfits();
    }

    private static List<Long> taken(Iterator<Long> found, int count) {
        return IntStream.range(0, count).mapToObj(i -> found.next()).toList();
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
