// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.duckdb.TextScan;
import io.agnes.core.duckdb.TextScan.LineEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The SQL relation of CSV slices, whose columns are text.
 *
 * @param runs of neighbouring slices, each of which one scan reads
 */
record CsvRelation(List<List<CsvSlice>> runs, List<KeboolaColumn> columns) {
    /** @param slices in the order of the rows; some may have no records */
    static CsvRelation of(List<CsvSlice> slices, List<KeboolaColumn> columns) {
        return new CsvRelation(runs(slices), columns);
    }

    String sql() {
        return runs.stream()
                .map(run -> "SELECT * FROM " + read(run, columns))
                .collect(Collectors.joining(" UNION ALL ", "(", ")"));
    }

    /** Groups neighbouring slices that one scan can read. */
    private static List<List<CsvSlice>> runs(List<CsvSlice> slices) {
        List<List<CsvSlice>> runs = new ArrayList<>();
        for (CsvSlice slice : slices) {
            if (slice.records() == 0) {
                continue;
            }
            if (runs.isEmpty() || !runs.getLast().getLast().readsLike(slice)) {
                runs.add(new ArrayList<>());
            }
            runs.getLast().add(slice);
        }
        return runs;
    }

    private static String read(List<CsvSlice> run, List<KeboolaColumn> columns) {
        CsvSlice first = run.getFirst();
        return new TextScan(
                        run.stream().map(CsvSlice::file).toList(),
                        columns.stream().map(KeboolaColumn::name).toList(),
                        first.header(),
                        first.gzip(),
                        first.returns() ? LineEnd.WINDOWS : LineEnd.LINE_FEED,
                        run.stream().mapToLong(CsvSlice::longestBytes).max().orElse(0))
                .sql();
    }
}
