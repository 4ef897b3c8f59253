package io.agnes.keboola;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * What becomes one Parquet file, which is not there yet.
 *
 * @param memoryLimitBytes for one piece of work
 */
record Converter(long memoryLimitBytes) {
    /** A row group is held while it is written; rows of a megabyte must not fill the memory before it is full. */
    private static final int ROW_GROUPS_IN_MEMORY = 8;

    /**
     * What was written.
     *
     * @param rows counted from the file
     * @param notes on columns that stay text
     */
    record Converted(long rows, List<String> notes) {}

    /** Whether any column of text may become something else. */
    static boolean knowsTypes(List<KeboolaColumn> columns) {
        return columns.stream()
                .anyMatch(column -> !ColumnCast.candidates(column).isEmpty());
    }

    /** All rows as they are, columns matched by name. */
    long rewrite(List<Path> files, Path target) throws IOException, InterruptedException {
        return Database.run(
                Workplace.of(target, files),
                memoryLimitBytes,
                files.size() + " Parquet files",
                database -> write(database, "*", parquet(files), target));
    }

    /** Parquet of text only, each column as the type it is known to have. */
    Converted typed(List<Path> files, List<KeboolaColumn> columns, Path target)
            throws IOException, InterruptedException {
        return Database.run(
                Workplace.of(target, files),
                memoryLimitBytes,
                files.size() + " slices",
                database -> typed(database, parquet(files), columns, target));
    }

    /**
     * Text, each column as the type it is known to have, or all of it as text.
     *
     * @param slices with a record at least in one of them
     * @throws KeboolaException {@code rows_lost} if not every record became a row
     */
    Converted csv(List<CsvSlice> slices, List<KeboolaColumn> columns, boolean types, Path target)
            throws IOException, InterruptedException {
        String what = slices.size() + " slices of text";
        CsvRelation text = CsvRelation.of(slices, columns);
        String relation = text.sql();
        Converted converted = Database.run(
                Workplace.of(target, slices.stream().map(CsvSlice::file).toList())
                        .uniting(text.runs().size() > 1),
                memoryLimitBytes,
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

    /** A file without rows. */
    Converted empty(List<KeboolaColumn> columns, boolean types, Path target) throws IOException, InterruptedException {
        return Database.run(Workplace.of(target, List.of()), memoryLimitBytes, "an empty table", database -> {
            String relation = "(SELECT "
                    + String.join(", ", columns.stream().map(Converter::text).toList()) + " WHERE false)";
            return types
                    ? typed(database, relation, columns, target)
                    : new Converted(write(database, "*", relation, target), List.of());
        });
    }

    private Converted typed(Database database, String relation, List<KeboolaColumn> columns, Path target)
            throws SQLException {
        Typing typing = Typing.of(database, relation, columns);
        long rows = write(database, String.join(", ", typing.items()), relation, target);
        return new Converted(rows, typing.notes());
    }

    private static String text(KeboolaColumn column) {
        return "CAST(NULL AS VARCHAR) AS " + Sql.name(column.name());
    }

    private static String parquet(List<Path> files) {
        return "read_parquet(" + Sql.paths(files) + ", union_by_name = true)";
    }

    private long write(Database database, String items, String relation, Path target) throws SQLException {
        String file = Sql.text(target.toAbsolutePath().toString());
        String bound = database.unites() ? "" : ", ROW_GROUP_SIZE_BYTES " + memoryLimitBytes / ROW_GROUPS_IN_MEMORY;
        database.execute("COPY (SELECT " + items + " FROM " + relation + ") TO " + file
                + " (FORMAT parquet, COMPRESSION snappy" + bound + ")");
        return database.numbers("SELECT num_rows FROM parquet_file_metadata(" + file + ")")
                .getFirst();
    }
}
