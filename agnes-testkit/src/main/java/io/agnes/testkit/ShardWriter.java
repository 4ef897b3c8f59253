// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.GoogleWarehouse.Rows;
import io.agnes.testkit.googlesql.GoogleColumn;
import io.agnes.testkit.googlesql.GoogleType;
import io.agnes.testkit.parquet.ParquetAdapter;
import io.agnes.testkit.parquet.ParquetField;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes rows to files as BigQuery exports them. Only within tasks of the warehouse. */
final class ShardWriter {
    private final Warehouse warehouse;
    private final @Nullable Integer shards;
    private final long shardBytes;

    /**
     * @param shards the number of files, or null for as many as {@code shardBytes} requires
     * @param shardBytes the logical size of the rows of one file
     */
    ShardWriter(Warehouse warehouse, @Nullable Integer shards, long shardBytes) {
        this.warehouse = warehouse;
        this.shards = shards;
        this.shardBytes = shardBytes;
    }

    /**
     * Refuses columns that the format cannot contain.
     *
     * @throws GoogleJobException with the name of the column
     */
    static void requireWritable(List<GoogleColumn> columns, ExportFormat format) {
        switch (format.kind()) {
            case CSV -> columns.forEach(ShardWriter::requireFlat);
            case PARQUET -> columns.forEach(column -> requireParquet(column.name(), column.type()));
            case JSON -> {}
        }
    }

    private static void requireFlat(GoogleColumn column) {
        if (column.type().kind() == GoogleType.Kind.ARRAY || column.type().kind() == GoogleType.Kind.STRUCT) {
            throw GoogleJobException.invalid(
                    "Operation cannot be performed on a nested schema. Field: " + column.name());
        }
    }

    private static void requireParquet(String path, GoogleType type) {
        switch (type.kind()) {
            case JSON, RANGE, INTERVAL ->
                throw GoogleJobException.invalid(
                        "Unsupported type " + type.kind() + " for Parquet export. Field: " + path);
            case ARRAY -> requireParquet(path, type.elementType());
            case STRUCT -> type.fields().forEach(field -> requireParquet(path + "." + field.name(), field.type()));
            default -> {}
        }
    }

    /**
     * Writes all rows, in their order.
     *
     * @param single whether there must be only one file
     * @param directory is created for the files
     * @param cancelled whether to stop; asked before each file
     * @return the files, of which there is at least one
     */
    List<Path> write(Rows rows, ExportFormat format, boolean single, Path directory, BooleanSupplier cancelled)
            throws SQLException, IOException {
        Files.createDirectories(directory);
        List<Path> files = new ArrayList<>();
        long count = single ? 1 : shardCount(rows);
        for (int i = 0; i < count; i++) {
            if (cancelled.getAsBoolean()) {
                throw new CancellationException();
            }
            long first = rows.count() * i / count;
            long end = rows.count() * (i + 1) / count;
            String range = " FROM " + rows.relation() + " WHERE rowid >= " + first + " AND rowid < " + end;
            Path file = directory.resolve("shard" + i);
            switch (format.kind()) {
                case CSV -> csv(rows.columns(), range, format, file);
                case JSON -> json(rows.columns(), range, format, file);
                case PARQUET -> parquet(rows.columns(), range, format, file);
            }
            files.add(file);
        }
        return files;
    }

    private long shardCount(Rows rows) {
        return shards != null ? shards : Math.max(1, (rows.totalBytes() + shardBytes - 1) / shardBytes);
    }

    private void csv(List<GoogleColumn> columns, String range, ExportFormat format, Path file) throws SQLException {
        copy(
                CellText.FILE.of(columns),
                range,
                file,
                "FORMAT csv, HEADER " + format.header() + ", DELIMITER " + Sql.text(format.delimiter())
                        + ", QUOTE '\"', ESCAPE '\"', COMPRESSION "
                        + (format.compression().duckDbName().equals("gzip") ? "gzip" : "none"));
    }

    private void copy(String select, String range, Path file, String options) throws SQLException {
        warehouse.execute(
                "COPY (SELECT " + select + range + ") TO " + Sql.text(file.toString()) + " (" + options + ")");
    }

    private void json(List<GoogleColumn> columns, String range, ExportFormat format, Path file)
            throws SQLException, IOException {
        boolean gzip = format.compression().duckDbName().equals("gzip");
        try (OutputStream plain = Files.newOutputStream(file);
                OutputStream out = gzip ? new GZIPOutputStream(plain) : plain) {
            for (List<@Nullable String> cells : warehouse.rows("SELECT " + CellText.FILE.of(columns) + range)) {
                out.write(ExportedJson.line(columns, cells).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private void parquet(List<GoogleColumn> columns, String range, ExportFormat format, Path file)
            throws SQLException, IOException {
        List<ParquetField> fields = columns.stream().map(ParquetTypes::field).toList();
        ParquetAdapter adapter = new ParquetAdapter(fields, format.compression(), keyValues(columns));
        String select = columns.stream()
                .map(column ->
                        ParquetTypes.value(column.type(), Sql.name(column.name())) + " AS " + Sql.name(column.name()))
                .collect(Collectors.joining(", "));
        copy(
                select,
                range,
                file,
                "FORMAT parquet, WRITE_BLOOM_FILTER false, COMPRESSION "
                        + adapter.sourceCodec().duckDbName());
        adapter.adapt(file);
    }

    /** The metadata of GeoParquet if there is a GEOGRAPHY column. */
    private static Map<String, String> keyValues(List<GoogleColumn> columns) {
        Map<String, @Nullable Object> geographies = new LinkedHashMap<>();
        for (GoogleColumn column : columns) {
            if (column.type().kind() == GoogleType.Kind.GEOGRAPHY) {
                geographies.put(
                        column.name(),
                        Json.object("encoding", "WKB", "geometry_types", List.of(), "edges", "spherical"));
            }
        }
        if (geographies.isEmpty()) {
            return Map.of();
        }
        return Map.of(
                "geo",
                Json.write(Json.object(
                        "version",
                        "1.0.0",
                        "primary_column",
                        geographies.keySet().iterator().next(),
                        "columns",
                        geographies)));
    }
}
