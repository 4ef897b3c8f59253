// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rows, and for each column how many values it has and the sum of their hashes, whatever the order of rows. Two relations
 * with the same sums hold the same values in each column, but for a chance of one in 2^64.
 */
record ColumnSums(List<String> columns, List<BigInteger> figures) {
    private static final int FIGURES = 2;

    /** What a relation without rows has. */
    static ColumnSums none(List<String> columns) {
        List<BigInteger> zeros = new ArrayList<>();
        for (int i = 0; i < 1 + FIGURES * columns.size(); i++) {
            zeros.add(BigInteger.ZERO);
        }
        return new ColumnSums(columns, zeros);
    }

    /**
     * Reads the relation once.
     *
     * @param items of a select list, one for each column
     */
    static ColumnSums of(DuckDb database, List<String> columns, List<String> items, String relation)
            throws IOException {
        StringBuilder sql = new StringBuilder("SELECT count(*)");
        for (String item : items) {
            sql.append(", count(").append(item).append("), coalesce(sum(hash(").append(item);
            sql.append(")) FILTER (").append(item).append(" IS NOT NULL), 0)");
        }
        sql.append(" FROM ").append(relation);
        List<BigInteger> figures = database.rows(sql.toString()).getFirst().stream()
                .map(figure -> new BigInteger(String.valueOf(figure)))
                .toList();
        return new ColumnSums(columns, figures);
    }

    ColumnSums plus(ColumnSums other) {
        List<BigInteger> sums = new ArrayList<>();
        for (int i = 0; i < figures.size(); i++) {
            sums.add(figures.get(i).add(other.figures.get(i)));
        }
        return new ColumnSums(columns, sums);
    }

    /** The first thing that is not the same in what was written, if any. */
    Optional<String> difference(ColumnSums written) {
        if (!figures.getFirst().equals(written.figures.getFirst())) {
            return Optional.of("expected " + figures.getFirst() + " rows, found " + written.figures.getFirst());
        }
        for (int i = 0; i < columns.size(); i++) {
            int at = 1 + i * FIGURES;
            BigInteger expected = figures.get(at);
            BigInteger found = written.figures.get(at);
            if (!expected.equals(found)) {
                return Optional.of("column " + columns.get(i) + ": expected " + expected + " values, found " + found);
            }
            if (!figures.get(at + 1).equals(written.figures.get(at + 1))) {
                return Optional.of("column " + columns.get(i) + " has other values than what it was written from");
            }
        }
        return Optional.empty();
    }
}
