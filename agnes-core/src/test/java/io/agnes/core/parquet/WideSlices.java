// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Generates slices of a wide table like those of a warehouse: 46 leaf columns of every kind, nested ones included, one row
 * group for each slice, snappy, about 170 bytes a row. They are the same on every machine.
 */
final class WideSlices {
    /** The number of rows of a slice of about 16 MiB. */
    static final int LARGE_ROWS = 98_000;

    /** The number of rows of a slice of about 100 KiB. */
    static final int SMALL_ROWS = 450;

    private static final int WRITERS = 2;

    private static final String ROWS = """
            SELECT
              i AS id,
              h AS fingerprint,
              md5(i::VARCHAR)::UUID AS external_id,
              TIMESTAMP '2024-01-01' + to_microseconds(i * 977000 + h % 1000000) AS created_at,
              CASE WHEN h % 10 < 7 THEN TIMESTAMPTZ '2024-06-01 00:00:00Z' + to_seconds(h % 31536000) END AS updated_at,
              DATE '2020-01-01' + (h % 2000)::INTEGER AS day,
              TIME '00:00:00' + to_seconds(h % 86400) AS at,
              ['new', 'paid', 'sent', 'done', 'lost'][1 + h % 5] AS status,
              chr((65 + h % 26)::INTEGER) || chr((65 + h // 26 % 26)::INTEGER) AS country,
              'customer' || (h % 1000003) || '@example.org' AS email,
              CASE WHEN h % 10 < 3 THEN 'ordered by phone, call back about item ' || (h % 7919) END AS note,
              h % 3 = 0 AS active,
              md5(h::VARCHAR)[:16]::BLOB AS token,
              (h % 100)::TINYINT AS tiny,
              (h % 30000)::SMALLINT AS small,
              (h % 1000000)::INTEGER AS int_a,
              (h // 7 % 5000)::INTEGER AS int_b,
              (h // 11 % 50)::INTEGER AS int_c,
              CASE WHEN h % 4 = 0 THEN (h // 13 % 100000)::INTEGER END AS int_d,
              (i // 100)::INTEGER AS int_e,
              (i % 1000)::INTEGER AS int_f,
              (h // 17 % 1000000000000)::BIGINT AS long_a,
              CASE WHEN h % 2 = 0 THEN (h // 19 % 100000000)::BIGINT END AS long_b,
              (h % 1000000007)::DOUBLE / 1000 AS double_a,
              (h % 65537)::DOUBLE / 16 AS double_b,
              sin(i) AS double_c,
              CASE WHEN h % 9 > 0 THEN (h % 1000)::DOUBLE END AS double_d,
              (h % 4096)::FLOAT AS float_a,
              cos(i)::FLOAT AS float_b,
              (h % 100000000)::DECIMAL(18, 2) AS price,
              (h // 3 % 10000)::DECIMAL(9, 2) AS tax,
              (h % 1000)::DECIMAL(4, 0) AS quantity,
              (h // 5 % 10000000000)::DECIMAL(30, 4) AS balance,
              'SKU-' || (h % 20000) AS sku,
              'warehouse ' || (h // 23 % 300) AS warehouse,
              'campaign/' || (h // 29 % 4000) AS campaign,
              CASE WHEN h % 20 = 0 THEN 'coupon' || (h // 31 % 900) END AS coupon,
              ['red', 'green', 'blue', 'gift', 'heavy', 'fragile'][1:(h % 4)::INTEGER] AS tags,
              [(h % 10)::INTEGER, (h // 10 % 10)::INTEGER][1:(h % 3)::INTEGER] AS scores,
              {
                'street': 'Street ' || (h % 5000),
                'city': 'City ' || (h // 37 % 800),
                'zip': (10000 + h % 89999)::INTEGER,
                'place': {'lat': (h % 180000)::FLOAT / 1000, 'lon': (h // 41 % 360000)::FLOAT / 1000}
              } AS address,
              MAP {'channel': 'c' || (h % 12), 'device': 'd' || (h // 43 % 40)} AS attributes
            FROM (SELECT i, (hash(i) >> 1)::BIGINT AS h FROM range(FIRST, LAST) t(i))
            """;

    private WideSlices() {}

    /** Writes {@code 0.parquet}, {@code 1.parquet} and so on to a new directory. */
    static List<Path> write(Path directory, int slices, int rows) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            List<Future<?>> done = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int first = writer;
                done.add(writers.submit(() -> {
                    writeEvery(directory, first, slices, rows);
                    return null;
                }));
            }
            for (Future<?> writer : done) {
                writer.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("slices could not be written", e.getCause());
        }
        return IntStream.range(0, slices).mapToObj(i -> file(directory, i)).toList();
    }

    static Path file(Path directory, int slice) {
        return directory.resolve(slice + ".parquet");
    }

    private static void writeEvery(Path directory, int first, int slices, int rows) throws SQLException {
        try (TestDuckDb duckDb = TestDuckDb.open()) {
            for (int slice = first; slice < slices; slice += WRITERS) {
                String query = ROWS.replace("FIRST", Long.toString((long) slice * rows))
                        .replace("LAST", Long.toString((slice + 1L) * rows));
                duckDb.copy(query, file(directory, slice), "");
            }
        }
    }
}
