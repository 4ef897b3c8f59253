package io.agnes.keboola.convert;

import io.agnes.core.file.FileDraft;
import io.agnes.keboola.KeboolaColumn;
import io.agnes.keboola.KeboolaException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * What becomes one Parquet file in a draft. All files are in the draft's directory.
 *
 * @param memoryLimitBytes for one piece of work
 */
public record Converter(long memoryLimitBytes) {
    /**
     * What was written.
     *
     * @param rows counted from the file
     * @param notes on columns that stay text
     */
    public record Converted(long rows, List<String> notes) {}

    /** Whether any column of text may become something else. */
    public static boolean knowsTypes(List<KeboolaColumn> columns) {
        return columns.stream()
                .anyMatch(column -> !ColumnCast.candidates(column).isEmpty());
    }

    /** All rows as they are, columns matched by name. */
    public long rewrite(List<Path> files, FileDraft draft) throws IOException, InterruptedException {
        return Database.run(draft, memoryLimitBytes, "rewriting " + files.size() + " slices", database -> {
            return write(database, "*", parquet(files), draft);
        });
    }

    /** Parquet of text only, each column as the type it is known to have. */
    public Converted typed(List<Path> files, List<KeboolaColumn> columns, FileDraft draft)
            throws IOException, InterruptedException {
        return Database.run(
                draft,
                memoryLimitBytes,
                "typing " + files.size() + " slices",
                database -> typed(database, parquet(files), columns, draft));
    }

    /**
     * Text, each column as the type it is known to have, or all of it as text.
     *
     * @param slices with a record at least in one of them
     * @throws KeboolaException {@code rows_lost} if not every record became a row
     */
    public Converted csv(List<CsvSlice> slices, List<KeboolaColumn> columns, boolean types, FileDraft draft)
            throws IOException, InterruptedException {
        String what = slices.size() + " slices of text";
        String relation = CsvRelation.of(slices, columns);
        Converted converted = Database.run(
                draft,
                memoryLimitBytes,
                what,
                database -> types
                        ? typed(database, relation, columns, draft)
                        : new Converted(write(database, "*", relation, draft), List.of()));
        long records = slices.stream().mapToLong(CsvSlice::records).sum();
        if (converted.rows() != records) {
            throw KeboolaException.rowsLost(what, records, converted.rows());
        }
        return converted;
    }

    /** A file without rows. */
    public Converted empty(List<KeboolaColumn> columns, boolean types, FileDraft draft)
            throws IOException, InterruptedException {
        return Database.run(draft, memoryLimitBytes, "an empty table", database -> {
            String relation = "(SELECT "
                    + String.join(", ", columns.stream().map(Converter::text).toList()) + " WHERE false)";
            return types
                    ? typed(database, relation, columns, draft)
                    : new Converted(write(database, "*", relation, draft), List.of());
        });
    }

    private static Converted typed(Database database, String relation, List<KeboolaColumn> columns, FileDraft draft)
            throws SQLException {
        Typing typing = Typing.of(database, relation, columns);
        long rows = write(database, String.join(", ", typing.items()), relation, draft);
        return new Converted(rows, typing.notes());
    }

    private static String text(KeboolaColumn column) {
        return "CAST(NULL AS VARCHAR) AS " + Sql.name(column.name());
    }

    private static String parquet(List<Path> files) {
        return "read_parquet(" + Sql.paths(files) + ", union_by_name = true)";
    }

    private static long write(Database database, String items, String relation, FileDraft draft) throws SQLException {
        String target = Sql.text(draft.path().toAbsolutePath().toString());
        database.execute("COPY (SELECT " + items + " FROM " + relation + ") TO " + target
                + " (FORMAT parquet, COMPRESSION snappy)");
        return database.numbers("SELECT num_rows FROM parquet_file_metadata(" + target + ")")
                .getFirst();
    }
}
