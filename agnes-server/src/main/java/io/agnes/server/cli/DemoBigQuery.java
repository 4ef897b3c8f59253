// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryReadCredentials;
import io.agnes.bigquery.BigQueryWriteCredentials;
import io.agnes.bigquery.export.BigQuerySourceType;
import io.agnes.core.sync.ConfiguredSource;
import io.agnes.testkit.FakeBigQuery;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Locale;

/** The BigQuery of the demo: an emulated project with one table, which stays there. */
final class DemoBigQuery implements AutoCloseable {
    /** The id of the table. */
    static final String TABLE = "shop.visits";

    private static final int ROWS = 100_000;
    private static final String VISITS = "SELECT range AS id, DATE '2026-01-01' + (range % 90)::INTEGER AS day,"
            + " 'page ' || range % 50 AS page FROM range(" + ROWS + ")";

    private final FakeBigQuery google;

    private DemoBigQuery(FakeBigQuery google) {
        this.google = google;
    }

    static DemoBigQuery start() {
        FakeBigQuery google = FakeBigQuery.builder().anonymous().start();
        google.dataset("shop")
                .table("visits")
                .columns("id INT64, day DATE, page STRING")
                .rowsOf(VISITS)
                .partitionedBy("DAY", "day")
                .clusteredBy("page");
        return new DemoBigQuery(google);
    }

    /** The project as a source of a server. */
    ConfiguredSource<?> source() {
        BigQueryConfig project = BigQueryConfig.of(google.project())
                .withPrivateTargets(true)
                .withEndpoint(google.endpoint())
                .withReadCredentials(BigQueryReadCredentials.anonymous())
                .withWriteCredentials(BigQueryWriteCredentials.anonymous());
        return new ConfiguredSource<>(new BigQuerySourceType(), project);
    }

    /** The table, to be registered. */
    static JsonObjectBuilder registration() {
        return Json.createObjectBuilder()
                .add("name", "visits")
                .add("source_type", "bigquery")
                .add("bucket", "shop")
                .add("source_table", "visits")
                .add("query_mode", "remote");
    }

    /**
     * What the catalog knows of the table, as one line.
     *
     * @param known the table in the catalog
     */
    static String line(JsonObject known) {
        if (known.isNull("rows") || known.isNull("partition_by")) {
            return TABLE + " stays in BigQuery, which has not told of it: " + known.getString("metadata_freshness");
        }
        return String.format(
                Locale.ROOT,
                "%-24s %,8d %,11d  stays in BigQuery, partitioned by %s, metadata %s",
                TABLE,
                known.getInt("rows"),
                known.getJsonNumber("size_bytes").longValue(),
                known.getString("partition_by"),
                known.getString("metadata_freshness"));
    }

    /** Whether the catalog knows what the table holds. */
    static boolean isRight(JsonObject known) {
        return known.getString("metadata_freshness").equals("fresh") && known.getInt("rows", 0) == ROWS;
    }

    @Override
    public void close() {
        google.close();
    }
}
