// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import io.agnes.core.CoreException;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileStore;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.parquet.ParquetRewriter;
import io.agnes.core.parquet.Reason;
import io.agnes.core.parquet.RewriteOutcome;
import io.agnes.core.parquet.RewritePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes many Parquet files as one by decoding and encoding every row. This takes many times longer than copying row groups,
 * and the target needs as much disk space as the parts. Several threads may use it at once if each has its own target.
 *
 * <p>A rewrite keeps every value or fails. Before it writes, {@link RewritePlan} refuses types that do not mix exactly,
 * DuckDB must see each column with the planned type, and INT96 values must be whole microseconds. After it wrote, it reads
 * each part on its own and compares the number of rows, and for each column the number of values and the sum of their hashes.
 */
public final class DuckDbParquet implements ParquetRewriter {
    private final long memoryLimitBytes;

    private DuckDbParquet(long memoryLimitBytes) {
        this.memoryLimitBytes = memoryLimitBytes;
    }

    /** @param memoryLimitBytes DuckDB's memory limit for one rewrite; beyond it DuckDB spills beside the target */
    public static DuckDbParquet of(long memoryLimitBytes) {
        return new DuckDbParquet(memoryLimitBytes);
    }

    /**
     * Writes the parts to the target; spills to a directory beside it. After a refusal the target does not exist.
     *
     * @throws DuckDbException if DuckDB fails
     * @throws CoreException {@code conversion_damaged} if the target's values differ from those of the parts
     */
    @Override
    public RewriteOutcome rewrite(List<Path> parts, Path target) throws IOException, InterruptedException {
        return switch (plan(parts)) {
            case RewritePlan.Refused refused -> new RewriteOutcome.Refused(refused.reasons());
            case RewritePlan.Possible possible ->
                DuckDb.run(
                        Workspace.of(target, parts),
                        memoryLimitBytes,
                        what(parts),
                        database -> new Rewrite(database, parts, possible, target).outcome());
        };
    }

    private static String what(List<Path> parts) {
        return parts.size() + " Parquet files";
    }

    private static RewritePlan plan(List<Path> files) throws IOException, InterruptedException {
        List<Part> parts = new ArrayList<>();
        try {
            for (Path file : files) {
                parts.add(Part.of(file));
            }
            return RewritePlan.of(parts);
        } finally {
            for (Part part : parts) {
                part.close();
            }
        }
    }

    /** One rewrite whose schemas {@link RewritePlan} accepted. */
    private record Rewrite(DuckDb database, List<Path> files, RewritePlan.Possible plan, Path target) {
        RewriteOutcome outcome() throws IOException, InterruptedException {
            List<Reason> reasons = changedTypes();
            if (reasons.isEmpty()) {
                reasons = lostNanoseconds();
            }
            if (!reasons.isEmpty()) {
                return new RewriteOutcome.Refused(reasons);
            }
            String query = "SELECT * FROM " + new ParquetScan(files).sql();
            database.writeParquet(query, target);
            Optional<String> damage = damage();
            if (damage.isPresent()) {
                FileStore.system().delete(target);
                throw CoreException.conversionDamaged(what(files), damage.get());
            }
            ParquetFile written = database.written(target);
            return new RewriteOutcome.Rewritten(written.rows(), plan.notes(written));
        }

        /** The columns whose name or type in DuckDB differs from the plan. */
        private List<Reason> changedTypes() throws IOException {
            List<List<String>> found = database
                    .rows("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + new ParquetScan(files).sql()
                            + ")")
                    .stream()
                    .map(row -> row.stream().map(String::valueOf).toList())
                    .toList();
            List<Reason> reasons = new ArrayList<>();
            for (int i = 0; i < plan.columns().size(); i++) {
                RewritePlan.Column column = plan.columns().get(i);
                List<String> is = i < found.size() ? found.get(i) : List.of("", "absent");
                boolean same = is.getFirst().equals(column.name())
                        && (column.sqlType().isEmpty() || column.sqlType().equals(is.getLast()));
                if (!same) {
                    reasons.add(refusal(
                            column,
                            "DuckDB does not keep it as it is",
                            column.name() + " " + column.sqlType(),
                            String.join(" ", is)));
                }
            }
            return reasons;
        }

        /** The INT96 columns with values that are not whole microseconds. */
        private List<Reason> lostNanoseconds() throws IOException {
            List<Reason> reasons = new ArrayList<>();
            for (RewritePlan.Column column : plan.columns()) {
                if (column.nanoseconds()) {
                    String time = "(" + Sql.name(column.name()) + ").\"time\"";
                    long finer = database.numbers("SELECT count(*) FILTER (" + time + " <> CAST(CAST(" + time
                                    + " AS TIME) AS TIME_NS)) FROM " + new ParquetScan(files).sqlOfNanoseconds())
                            .getFirst();
                    if (finer > 0) {
                        reasons.add(refusal(
                                column,
                                "a rewrite would cut its nanoseconds",
                                "whole microseconds",
                                "int96 with nanoseconds in " + finer + " values"));
                    }
                }
            }
            return reasons;
        }

        private Reason refusal(RewritePlan.Column column, String problem, String expected, String found) {
            return new Reason.MeaningUnclear(
                    String.valueOf(files.getFirst().getFileName()), column.name(), problem, expected, found);
        }

        private Optional<String> damage() throws IOException {
            List<String> names =
                    plan.columns().stream().map(RewritePlan.Column::name).toList();
            ColumnSums expected = ColumnSums.none(names);
            for (int i = 0; i < files.size(); i++) {
                expected = expected.plus(sums(names, i));
            }
            ColumnSums written = ColumnSums.of(
                    database,
                    names,
                    names.stream().map(Sql::name).toList(),
                    ParquetScan.of(target).sql());
            return expected.difference(written);
        }

        /** Reads a part on its own, so that an error in joining several parts shows as a difference. */
        private ColumnSums sums(List<String> names, int part) throws IOException {
            ParquetFile file = plan.parts().get(part);
            List<String> items = plan.columns().stream()
                    .map(column -> item(column, column.isIn(file)))
                    .toList();
            return ColumnSums.of(
                    database, names, items, ParquetScan.of(files.get(part)).sql());
        }

        private static String item(RewritePlan.Column column, boolean present) {
            if (!present || column.sqlType().isEmpty()) {
                return present ? Sql.name(column.name()) : "NULL";
            }
            return "CAST(" + Sql.name(column.name()) + " AS " + column.sqlType() + ")";
        }
    }
}
