// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the slices of exports. Only the warehouse's thread may use it. */
final class SliceWriter {
    /**
     * The default size of a slice. A real warehouse unloads with several threads, each into its own slices of up to
     * 200,000,000 bytes, so large tables have many slices. The fake has one thread and gets as many with smaller slices.
     */
    static final long SLICE_BYTES = 8_000_000;

    private final Warehouse warehouse;
    private final Backend backend;
    private final long sliceBytes;
    private final long sliceRows;

    /**
     * @param sliceBytes the target size of a slice, estimated from the text size of the table
     * @param sliceRows the maximum number of rows of a slice
     */
    SliceWriter(Warehouse warehouse, Backend backend, long sliceBytes, long sliceRows) {
        this.warehouse = warehouse;
        this.backend = backend;
        this.sliceBytes = sliceBytes;
        this.sliceRows = sliceRows;
    }

    /**
     * Writes an export, or returns prepared slices that answer it.
     *
     * @param directory is created for the slices
     * @return the slices, in the order of rows
     */
    List<Path> write(TableContent content, ExportParams params, Path directory) throws SQLException, IOException {
        TableContent.Prepared prepared = content.prepared();
        if (prepared != null && prepared.answers(params) && params.wholeTable(content)) {
            return prepared.slices();
        }
        Files.createDirectories(directory);
        ExportSql sql = new ExportSql(content, params);
        refuseZonedParquet(sql, params);
        String relation = "out_" + directory.getFileName();
        try {
            warehouse.execute("CREATE TABLE " + relation + " AS " + sql.select());
            return slices(relation, content, sql.columns(), params, directory);
        } finally {
            warehouse.execute("DROP TABLE IF EXISTS " + relation);
        }
    }

    /**
     * Writes an export to one CSV file with a header line.
     *
     * @param directory is created for the file
     */
    Path whole(TableContent content, ExportParams params, Path directory) throws SQLException, IOException {
        Path file = Files.createDirectories(directory).resolve("whole");
        ExportSql sql = new ExportSql(content, params);
        String options = csv(sql.columns(), params).replace("HEADER false", "HEADER true");
        warehouse.execute("COPY (" + sql.select() + ") TO " + Sql.text(file.toString()) + " (" + options + ")");
        return file;
    }

    private void refuseZonedParquet(ExportSql sql, ExportParams params) throws SQLException {
        if (params.fileType().equals("parquet")) {
            if (backend == Backend.BIGQUERY) {
                throw new SQLException("Export to parquet is not supported on this backend");
            }
            if (sql.columns().stream().anyMatch(FakeColumn::hasZone)) {
                throw new SQLException("Error encountered when unloading to PARQUET: TIMESTAMP_TZ and LTZ types are not"
                        + " supported for unloading to Parquet.");
            }
        }
    }

    private List<Path> slices(
            String relation, TableContent content, List<FakeColumn> columns, ExportParams params, Path directory)
            throws SQLException {
        List<Path> slices = new ArrayList<>();
        long rows = warehouse.number("SELECT count(*) FROM " + relation);
        long step = rowsPerSlice(content);
        for (long first = 0; first < rows; first += step) {
            slices.add(slice(relation, first, step, columns, params, directory.resolve("slice" + slices.size())));
        }
        // BigQuery writes one shard for each worker, so even a tiny result has a second, empty shard.
        if (backend == Backend.BIGQUERY && slices.size() < 2) {
            slices.add(slice(relation, rows, 1, columns, params, directory.resolve("slice" + slices.size())));
        }
        return slices;
    }

    private long rowsPerSlice(TableContent content) {
        // Each cell has a separator or a line end.
        long rows = content.rows() == null ? 0 : content.rows();
        long rowBytes = content.columns().size() + (rows == 0 ? 0 : content.bytes() / rows);
        return Math.max(1, Math.min(sliceRows, sliceBytes / rowBytes));
    }

    private Path slice(
            String relation, long first, long count, List<FakeColumn> columns, ExportParams params, Path file)
            throws SQLException {
        String rows = "SELECT * FROM " + relation + " WHERE rowid >= " + first + " AND rowid < " + (first + count);
        String options = params.fileType().equals("parquet") ? parquet(params) : csv(columns, params);
        warehouse.execute("COPY (" + rows + ") TO " + Sql.text(file.toString()) + " (" + options + ")");
        return file;
    }

    private static String parquet(ExportParams params) {
        return "FORMAT parquet, COMPRESSION " + (params.gzip() ? "snappy" : "uncompressed");
    }

    private String csv(List<FakeColumn> columns, ExportParams params) {
        String zone = backend == Backend.BIGQUERY ? " UTC" : "";
        return "FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', ESCAPE '\"', COMPRESSION "
                + (params.gzip() ? "gzip" : "none") + ", TIMESTAMPFORMAT '%Y-%m-%d %H:%M:%S" + zone + "'"
                + (backend == Backend.SNOWFLAKE ? quoted(columns) : "");
    }

    private static String quoted(List<FakeColumn> columns) {
        String names = columns.stream()
                .filter(FakeColumn::isText)
                .map(column -> Sql.name(column.name()))
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : ", FORCE_QUOTE (" + names + ")";
    }
}
