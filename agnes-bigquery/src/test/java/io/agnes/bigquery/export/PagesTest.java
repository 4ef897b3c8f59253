// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryReadCredentials;
import io.agnes.bigquery.BigQueryWriteCredentials;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.core.Secret;
import io.agnes.core.file.FileDraft;
import io.agnes.core.sync.SyncProgress;
import io.agnes.testkit.FakeBigQueryTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Exports without a bucket. */
@Timeout(120)
class PagesTest {
    @TempDir
    Path directory;

    private CloudFixture cloud;

    @BeforeEach
    void open() {
        cloud = new CloudFixture(directory, builder -> builder.pageRows(3));
    }

    @AfterEach
    void close() throws Exception {
        cloud.close();
    }

    private BigQueryConfig config() {
        Secret key = Secret.of(cloud.bigQuery.serviceAccountKey());
        return BigQueryConfig.of(cloud.bigQuery.project())
                .withPrivateTargets(true)
                .withReadCredentials(BigQueryReadCredentials.json(key))
                .withWriteCredentials(BigQueryWriteCredentials.json(key))
                .withEndpoint(cloud.bigQuery.endpoint());
    }

    private FakeBigQueryTable table(String name) {
        return cloud.bigQuery.dataset("sales").table(name);
    }

    private ExportOutcome export(BigQueryConfig config, FileDraft draft, ExportRequest request) throws Exception {
        return cloud.export(config, cloud.time).export(request, draft, SyncProgress.NONE);
    }

    private ExportOutcome.Exported exported(FileDraft draft, ExportRequest request) throws Exception {
        return assertInstanceOf(ExportOutcome.Exported.class, export(config(), draft, request));
    }

    @Test
    void aSmallTableIsReadInPagesWithItsTypes() throws Exception {
        FakeBigQueryTable orders = table("orders")
                .columns("id INT64, price NUMERIC(10, 2), at TIMESTAMP, tags ARRAY<STRING>,"
                        + " place STRUCT<city STRING, day DATE>");
        for (int i = 0; i < 10; i++) {
            orders.row(
                    i,
                    "1.50",
                    "2024-02-29 10:00:00+00",
                    List.of("a", "b\"c"),
                    Map.of("city", "Brno", "day", "2024-01-01"));
        }
        orders.row(null, null, null, List.of(), null);
        FileDraft draft = cloud.draft();
        ExportOutcome.Exported exported = exported(draft, ExportRequest.of(CloudFixture.ID, cloud.table("orders")));
        assertEquals(ExportOutcome.Way.PAGES, exported.way());
        assertEquals(11, exported.rows());
        assertEquals(List.of("read in pages, because no staging bucket is set"), exported.notes());
        assertEquals(
                List.of(
                        "id BIGINT",
                        "price DECIMAL(10,2)",
                        "at TIMESTAMP WITH TIME ZONE",
                        "tags VARCHAR[]",
                        "place STRUCT(city VARCHAR, \"day\" DATE)"),
                CloudFixture.types(draft));
        assertEquals(
                List.of("9|1.50|2024-02-29 10:00:00+00|[a, 'b\"c']|{'city': Brno, 'day': 2024-01-01}"),
                CloudFixture.rows(draft, "SELECT * FROM FILE WHERE id = 9"));
        assertEquals(
                List.of("null|null|null|[]|null"), CloudFixture.rows(draft, "SELECT * FROM FILE WHERE id IS NULL"));
        assertEquals(0, cloud.jobs());
        assertTrue(cloud.bigQuery.requests("GET", ".*/data").size() >= 4);
        ExportRequest again =
                ExportRequest.of(CloudFixture.ID, cloud.table("orders")).unless(Optional.of(exported.marker()));
        assertInstanceOf(ExportOutcome.Unchanged.class, export(config(), cloud.draft(), again));
    }

    @Test
    void viewsAndQueriesAreReadFromTheirResult() throws Exception {
        table("orders").columns("id INT64").row(1).row(2).row(3).row(4).row(5);
        table("big").view("SELECT id FROM `" + cloud.table("orders") + "` WHERE id > 1");
        FileDraft draft = cloud.draft();
        assertEquals(
                4,
                exported(draft, ExportRequest.of(CloudFixture.ID, cloud.table("big")))
                        .rows());
        assertEquals(List.of("14"), CloudFixture.rows(draft, "SELECT sum(id) FROM FILE"));
        FileDraft none = cloud.draft();
        ExportOutcome.Exported empty = exported(
                none, ExportRequest.of(CloudFixture.ID, "SELECT id FROM `" + cloud.table("orders") + "` WHERE id > 9"));
        assertEquals(0, empty.rows());
        assertEquals(List.of("id BIGINT"), CloudFixture.types(none));
    }

    @Test
    void aTableAboveTheLimitNeedsABucket() throws Exception {
        table("orders").columns("id INT64").row(1).row(2);
        FileDraft draft = cloud.draft();
        GoogleCloudException failure = assertThrows(
                GoogleCloudException.class,
                () -> export(
                        config().withPagedLimitBytes(15),
                        draft,
                        ExportRequest.of(CloudFixture.ID, cloud.table("orders"))));
        assertEquals("staging_bucket_needed", failure.code());
        assertTrue(failure.getMessage().contains("16 bytes"), failure.getMessage());
        FileDraft other = cloud.draft();
        GoogleCloudException late = assertThrows(
                GoogleCloudException.class,
                () -> export(
                        config().withPagedLimitBytes(15),
                        other,
                        ExportRequest.of(
                                CloudFixture.ID, "SELECT REPEAT('x', 100) AS a FROM `" + cloud.table("orders") + "`")));
        assertEquals("staging_bucket_needed", late.code());
    }
}
