// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.CoreException;
import io.agnes.core.assembly.Conversion.Converted;
import io.agnes.core.duckdb.DuckDb;
import io.agnes.core.duckdb.DuckDbException;
import io.agnes.core.duckdb.DuckDbParquet;
import io.agnes.core.duckdb.ParquetScan;
import io.agnes.core.duckdb.Sql;
import io.agnes.core.duckdb.Workspace;
import io.agnes.core.parquet.RewriteOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes text as one Parquet file with DuckDB. The target must not exist yet.
 *
 * @param memoryLimitBytes of DuckDB for one file
 * @param missing the texts that become NULL in a column that gets a type
 */
record Converter(long memoryLimitBytes, MissingValues missing) {
    /** A converter that gives no types, so that no text stands for a missing value. */
    Converter(long memoryLimitBytes) {
        this(memoryLimitBytes, MissingValues.NOTHING);
    }

    /** Whether any column of text may get another type. */
    static boolean knowsTypes(List<KeboolaColumn> columns) {
        return columns.stream()
                .anyMatch(column -> !ColumnCast.candidates(column).isEmpty());
    }

    /** Rewrites all rows unchanged, with columns matched by name; a refusal leaves no file. */
    RewriteOutcome rewrite(List<Path> files, Path target) throws IOException, InterruptedException {
        return told(
                files.size() + " Parquet files",
                () -> DuckDbParquet.of(memoryLimitBytes).rewrite(files, target));
    }

    /** Gives each column of Parquet files of text its known type. */
    Converted typed(List<Path> files, List<KeboolaColumn> columns, Path target)
            throws IOException, InterruptedException {
        return run(
                Workspace.of(target, files),
                files.size() + " slices",
                database -> typed(database, new ParquetScan(files).sql(), columns, target));
    }

    /**
     * Gives each column of CSV slices its known type, or keeps all of it text.
     *
     * @param slices at least one has a record
     * @throws KeboolaException {@code rows_lost} if not every record became a row
     */
    Converted csv(List<CsvSlice> slices, List<KeboolaColumn> columns, boolean types, Path target)
            throws IOException, InterruptedException {
        String what = slices.size() + " slices of text";
        CsvRelation text = CsvRelation.of(slices, columns);
        String relation = text.sql();
        Converted converted = run(
                Workspace.of(target, slices.stream().map(CsvSlice::file).toList())
                        .withOrdered(text.runs().size() > 1),
                what,
                database -> types
                        ? typed(database, relation, columns, target)
                        : new Converted(write(database, "*", relation, target), List.of()));
        long records = slices.stream().mapToLong(CsvSlice::records).sum();
        if (converted.rows() != records) {
            throw KeboolaException.rowsLost(what, records, converted.rows());
        }
        return converted;
    }

    /** Writes a file without rows. */
    Converted empty(List<KeboolaColumn> columns, boolean types, Path target) throws IOException, InterruptedException {
        return run(Workspace.of(target, List.of()), "an empty table", database -> {
            String relation = "(SELECT "
                    + String.join(", ", columns.stream().map(Converter::text).toList()) + " WHERE false)";
            return types
                    ? typed(database, relation, columns, target)
                    : new Converted(write(database, "*", relation, target), List.of());
        });
    }

    private Converted typed(DuckDb database, String relation, List<KeboolaColumn> columns, Path target)
            throws IOException, InterruptedException {
        ColumnTyping typing = ColumnTyping.of(database, relation, columns, missing);
        long rows = write(database, String.join(", ", typing.items()), relation, target);
        return new Converted(rows, typing.notes());
    }

    private static String text(KeboolaColumn column) {
        return "CAST(NULL AS VARCHAR) AS " + Sql.name(column.name());
    }

    private static long write(DuckDb database, String items, String relation, Path target)
            throws IOException, InterruptedException {
        return database.writeVerifiedParquet("SELECT " + items + " FROM " + relation, target);
    }

    private <T> T run(Workspace space, String what, DuckDb.Work<T> work) throws IOException, InterruptedException {
        return told(what, () -> DuckDb.run(space, memoryLimitBytes, what, work));
    }

    /** Work with DuckDB. */
    private interface Conversion<T> {
        T run() throws IOException, InterruptedException;
    }

    private static <T> T told(String what, Conversion<T> conversion) throws IOException, InterruptedException {
        try {
            return conversion.run();
        } catch (DuckDbException e) {
            throw KeboolaException.conversionFailed(what, e);
        } catch (CoreException e) {
            throw KeboolaException.conversionDamaged(e);
        }
    }
}
