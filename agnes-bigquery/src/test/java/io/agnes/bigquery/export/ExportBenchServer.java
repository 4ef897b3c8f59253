// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.testkit.FakeBigQuery;
import io.agnes.testkit.FakeCloudStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The clouds of a benchmark, in a process of their own, which runs until its standard input ends. */
final class ExportBenchServer {
    static final String BUCKET = "bench";
    static final String DATASET = "bench";
    static final String TABLE = "orders";

    private ExportBenchServer() {}

    /** @param args the rows of the table, the shards of an export, and a file for the key of the service account */
    public static void main(String[] args) throws Exception {
        try (FakeCloudStorage storage = FakeCloudStorage.start().bucket(BUCKET, Duration.ZERO);
                FakeBigQuery google = FakeBigQuery.builder()
                        .storage(storage)
                        .shards(Integer.parseInt(args[1]))
                        .jobPolls(0)
                        .start()) {
            google.dataset(DATASET).table(TABLE).rowsOf(query(Long.parseLong(args[0])));
            Files.writeString(Path.of(args[2]), google.serviceAccountKey());
            System.out.println(google.project() + " " + google.endpoint() + " " + storage.endpoint());
            while (System.in.read() >= 0) {
                // Ignores the input.
            }
        }
    }

    /** Columns of many types, most of which do not compress well. */
    private static String query(long rows) {
        return """
                SELECT i AS id, h AS fingerprint, md5(i::VARCHAR) AS external_id,
                  TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_microseconds(i * 977000 + h % 1000000) AS created_at,
                  DATE '2020-01-01' + (h % 2000)::INTEGER AS day,
                  ['new', 'paid', 'sent', 'done', 'lost'][1 + h % 5] AS status,
                  'customer' || (h % 1000003) || '@example.org' AS email, h % 3 = 0 AS active,
                  (h // 17 % 1000000000000)::BIGINT AS long_a, (h % 1000000007)::DOUBLE / 1000 AS double_a,
                  sin(i) AS double_b, cos(i) AS double_c, 'SKU-' || (h % 20000) AS sku,
                  'campaign/' || (h // 29 % 4000) AS campaign, md5(h::VARCHAR) AS token
                FROM (SELECT i, (hash(i) >> 1)::BIGINT AS h FROM range(ROWS) t(i))""".replace("ROWS", Long.toString(rows));
    }
}
