package io.agnes.keboola;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Slices of text as a relation of text. The dialect is pinned, not guessed: commas, quotes doubled within quotes, no
 * other escape; nothing is NULL and {@code ""} is empty text.
 *
 * @param runs neighbours that can be read in one scan
 */
record CsvRelation(List<List<CsvSlice>> runs, List<KeboolaColumn> columns) {
    /** Below, DuckDB's own smallest sensible sizes. */
    private static final long LEAST_LINE_BYTES = 2L << 20;

    private static final long LEAST_BUFFER_BYTES = 8L << 20;

    /** @param slices in the order of the rows; those without records may be among them */
    static CsvRelation of(List<CsvSlice> slices, List<KeboolaColumn> columns) {
        return new CsvRelation(runs(slices), columns);
    }

    String sql() {
        return runs.stream()
                .map(run -> "SELECT * FROM " + read(run, columns))
                .collect(Collectors.joining(" UNION ALL ", "(", ")"));
    }

    /** Neighbours that can be read together. */
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

    /** DuckDB guesses by the first line otherwise, and wrong if a cell there has a carriage return. */
    private static String lineEnd(List<CsvSlice> run) {
        return run.getFirst().returns() ? "" : ", new_line = '\\n'";
    }

    private static String read(List<CsvSlice> run, List<KeboolaColumn> columns) {
        List<Path> files = run.stream().map(CsvSlice::file).toList();
        long line = Math.max(
                LEAST_LINE_BYTES,
                run.stream().mapToLong(CsvSlice::longestBytes).max().orElse(0) + 1024);
        String names = columns.stream()
                .map(column -> Sql.text(column.name()) + ": 'VARCHAR'")
                .collect(Collectors.joining(", ", "{", "}"));
        return String.join(
                ", ",
                "read_csv(" + Sql.paths(files),
                "columns = " + names,
                "auto_detect = false",
                "header = " + run.getFirst().header(),
                "compression = " + (run.getFirst().gzip() ? "'gzip'" : "'none'"),
                "delim = ','",
                "quote = '\"'",
                "escape = '\"'",
                "comment = ''",
                "nullstr = ''",
                "allow_quoted_nulls = false",
                "strict_mode = true",
                "null_padding = false",
                "ignore_errors = false",
                "parallel = false",
                "max_line_size = " + line,
                "buffer_size = " + Math.max(LEAST_BUFFER_BYTES, 2 * line) + lineEnd(run) + ")");
    }
}
