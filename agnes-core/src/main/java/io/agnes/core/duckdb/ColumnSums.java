// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A checksum of a relation that does not depend on the order of rows: the number of rows, and for each column the number of
 * values and the sum of their hashes. If two relations have equal sums, each column holds the same values in both; the
 * chance of error is one in 2^64.
 *
 * @param figures the number of rows, then for each column the number of values and the sum of hashes
 */
record ColumnSums(List<String> columns, List<BigInteger> figures) {
    private static final int FIGURES = 2;

    /** The sums of a relation without rows. */
    static ColumnSums none(List<String> columns) {
        List<BigInteger> zeros = new ArrayList<>();
        for (int i = 0; i < 1 + FIGURES * columns.size(); i++) {
            zeros.add(BigInteger.ZERO);
        }
        return new ColumnSums(columns, zeros);
    }

    /**
     * Computes the sums of a relation in one scan.
     *
     * @param items SQL expressions, one for each column
     * @param relation SQL that can follow FROM
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

    /** The first difference between these sums, which are expected, and those of the written file; empty if none. */
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
