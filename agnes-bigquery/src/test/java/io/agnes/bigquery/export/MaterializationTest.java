// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.bigquery.GoogleCloudException;
import io.agnes.core.AgnesException;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.sync.SyncProgress;
import io.agnes.testkit.FakeBigQueryTable;
import io.agnes.testkit.JobBehaviour;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MaterializationTest {
    private static final String MANY = "SELECT range AS id, md5(range::VARCHAR) AS cell FROM range(30000)";

    @TempDir
    Path directory;

    private CloudFixture cloud;

    @AfterEach
    void close() throws Exception {
        cloud.bigQuery.verifyFaultsConsumed();
        cloud.storage.verifyFaultsConsumed();
        cloud.close();
    }

    private FakeBigQueryTable table(String name) {
        return cloud.bigQuery.dataset("sales").table(name);
    }

    private AgnesException fails(ExportRequest request) throws Exception {
        FileDraft draft = cloud.draft();
        return assertThrows(AgnesException.class, () -> cloud.exported(draft, request));
    }

    private AgnesException fails(String table) throws Exception {
        return fails(ExportRequest.of(CloudFixture.ID, cloud.table(table)));
    }

    @Nested
    class Tables {
        @Test
        void shardsOfAPlainTableBecomeOneFileInPlaceByAFreeJob() throws Exception {
            cloud = new CloudFixture(directory, builder -> builder.shards(7));
            table("orders").rowsOf(MANY);
            FileDraft draft = cloud.draft();
            ExportOutcome.Exported exported = cloud.exported(draft, "orders");
            assertEquals(ExportOutcome.Way.EXTRACT, exported.way());
            assertEquals(30_000, exported.rows());
            assertEquals(7, exported.shards());
            assertEquals(List.of(), exported.notes());
            assertEquals(FileDigests.of(draft.path()), exported.digests());
            assertEquals(
                    List.of("30000|449985000|30000"),
                    CloudFixture.rows(draft, "SELECT count(*), sum(id), count(DISTINCT cell) FROM FILE"));
            assertEquals(List.of("id BIGINT", "cell VARCHAR"), CloudFixture.types(draft));
            assertEquals(1, cloud.jobs());
            String job = cloud.bigQuery.requests("POST", ".*/jobs").getLast().body();
            assertTrue(job.contains("\"extract\""), job);
            assertTrue(job.contains("\"compression\":\"ZSTD\""), job);
            assertTrue(job.contains("\"agnes-table\":\"sales_orders\""), job);
            assertTrue(job.contains("\"jobTimeoutMs\":\"3600000\""), job);
            assertTrue(job.contains("\"location\":\"US\""), job);
            cloud.assertNothingStaged();
        }

        @Test
        void anEmptyTableBecomesAFileWithItsColumns() throws Exception {
            cloud = CloudFixture.of(directory);
            table("orders").columns("id INT64 NOT NULL, at TIMESTAMP");
            FileDraft draft = cloud.draft();
            assertEquals(0, cloud.exported(draft, "orders").rows());
            assertEquals(List.of("id BIGINT", "at TIMESTAMP WITH TIME ZONE"), CloudFixture.types(draft));
        }

        @Test
        void anUnchangedTableCostsOneCallAndNoJob() throws Exception {
            cloud = CloudFixture.of(directory);
            table("orders").columns("id INT64").row(1);
            String marker = cloud.exported(cloud.draft(), "orders").marker();
            int before = cloud.bigQuery.requests().size();
            ExportRequest again =
                    ExportRequest.of(CloudFixture.ID, cloud.table("orders")).unless(Optional.of(marker));
            FileDraft draft = cloud.draft();
            try (BigQueryExport export = cloud.export(cloud.config(), cloud.time)) {
                assertInstanceOf(ExportOutcome.Unchanged.class, export.export(again, draft, SyncProgress.NONE));
            }
            assertEquals(
                    before + 1,
                    cloud.bigQuery.requests("GET", ".*").size()
                            + cloud.bigQuery.requests("POST", ".*/jobs").size());
            assertTrue(Files.notExists(draft.path()));
            table("orders").row(2);
            assertEquals(2, cloud.exported(cloud.draft(), again).rows());
        }

        @Test
        void rowsInTheStreamingBufferAreSaidToBeMissingAndTheNextSyncExportsAgain() throws Exception {
            cloud = CloudFixture.of(directory);
            table("orders").columns("id INT64").row(1).streamed(2).streamed(3);
            ExportOutcome.Exported exported = cloud.exported(cloud.draft(), "orders");
            assertEquals(1, exported.rows());
            assertTrue(exported.notes().getFirst().contains("2 rows in the streaming buffer"), exported.toString());
            ExportRequest again =
                    ExportRequest.of(CloudFixture.ID, cloud.table("orders")).unless(Optional.of(exported.marker()));
            assertEquals(1, cloud.exported(cloud.draft(), again).rows());
            assertEquals(2, cloud.jobs());
            table("orders").flush();
            ExportOutcome.Exported flushed = cloud.exported(cloud.draft(), again);
            assertEquals(3, flushed.rows());
            assertEquals(List.of(), flushed.notes());
        }

        @Test
        void aRowAccessPolicyThatHidesRowsFailsTheExport() throws Exception {
            cloud = CloudFixture.of(directory);
            table("orders").columns("id INT64").row(1).row(2).rowAccessPolicy("mine", "id = 1");
            AgnesException failure = fails("orders");
            assertEquals("export_partial", failure.code());
            assertTrue(failure.getMessage().contains("expected 2 rows, found 1"), failure.getMessage());
            cloud.assertNothingStaged();
        }

        @Test
        void snapshotsAndClonesAreExtractedToo() throws Exception {
            cloud = CloudFixture.of(directory);
            FakeBigQueryTable orders = table("orders").columns("id INT64").row(1);
            table("snap").snapshotOf(orders);
            table("clone").cloneOf(orders);
            for (String name : List.of("snap", "clone")) {
                assertEquals(
                        ExportOutcome.Way.EXTRACT,
                        cloud.exported(cloud.draft(), name).way(),
                        name);
            }
        }

        @Test
        void manyShardsAreRewrittenAndKeepTheirTypes() throws Exception {
            cloud = new CloudFixture(directory, builder -> builder.shards(5));
            table("orders").rowsOf("SELECT range AS id, TIMESTAMPTZ '2024-03-01 10:00:00+00' AS at FROM range(100)");
            FileDraft draft = cloud.draft();
            ExportOutcome.Exported exported = (ExportOutcome.Exported) cloud.export()
                    .withShardsInPlace(4)
                    .export(ExportRequest.of(CloudFixture.ID, cloud.table("orders")), draft, SyncProgress.NONE);
            assertEquals(100, exported.rows());
            assertTrue(exported.notes().getFirst().contains("5 shards were rewritten"), exported.toString());
            assertEquals(List.of("id BIGINT", "at TIMESTAMP WITH TIME ZONE"), CloudFixture.types(draft));
            assertEquals(
                    List.of("100|2024-03-01 10:00:00+00"),
                    CloudFixture.rows(draft, "SELECT count(*), max(\"at\") FROM FILE"));
        }
    }

    @Nested
    class Queries {
        @Test
        void aQueryIsExportedWithItsCostBounded() throws Exception {
            cloud = new CloudFixture(directory, builder -> builder.shards(3));
            table("orders").rowsOf(MANY);
            FileDraft draft = cloud.draft();
            ExportOutcome.Exported exported = cloud.exported(
                    draft,
                    ExportRequest.of(
                            CloudFixture.ID,
                            "SELECT id, id * 2 AS twice FROM `" + cloud.table("orders") + "` WHERE id < 100; "));
            assertEquals(ExportOutcome.Way.EXPORT_DATA, exported.way());
            assertEquals(100, exported.rows());
            assertEquals(List.of("9900"), CloudFixture.rows(draft, "SELECT sum(twice) FROM FILE"));
            String job = cloud.bigQuery.requests("POST", ".*/jobs").getLast().body();
            assertTrue(job.contains("\"maximumBytesBilled\":\"" + (10L << 30) + "\""), job);
            cloud.assertNothingStaged();
        }

        @Test
        void viewsAreExportedByAQuery() throws Exception {
            cloud = CloudFixture.of(directory);
            table("orders").columns("id INT64").row(1).row(2);
            table("big").view("SELECT id FROM `" + cloud.table("orders") + "` WHERE id > 1");
            ExportOutcome.Exported exported = cloud.exported(cloud.draft(), "big");
            assertEquals(ExportOutcome.Way.EXPORT_DATA, exported.way());
            assertEquals(1, exported.rows());
            ExportRequest again =
                    ExportRequest.of(CloudFixture.ID, cloud.table("big")).unless(Optional.of(exported.marker()));
            assertEquals(1, cloud.exported(cloud.draft(), again).rows());
        }

        @Test
        void aQueryThatWouldScanTooMuchDoesNotRun() throws Exception {
            cloud = CloudFixture.of(directory);
            table("orders").rowsOf("SELECT range AS id FROM range(200000)");
            FileDraft draft = cloud.draft();
            BigQueryExport export = cloud.export(cloud.config().withMaxBytesPerMaterialize(1 << 20), cloud.time);
            ExportRequest request = ExportRequest.of(CloudFixture.ID, "SELECT id FROM `" + cloud.table("orders") + "`");
            GoogleCloudException failure =
                    assertThrows(GoogleCloudException.class, () -> export.export(request, draft, SyncProgress.NONE));
            assertEquals("cost_limit_exceeded", failure.code());
            assertTrue(failure.getMessage().contains("1600000 bytes"), failure.getMessage());
            assertTrue(failure.getMessage().contains("1048576"), failure.getMessage());
            assertEquals(0, cloud.jobs());
        }

        @Test
        void whatIsNoSelectIsRefusedBeforeItRuns() throws Exception {
            cloud = CloudFixture.of(directory);
            table("orders").columns("id INT64").row(1);
            for (String sql : List.of(
                    "DROP TABLE `" + cloud.table("orders") + "`",
                    "SELECT no_such_column FROM `" + cloud.table("orders") + "`")) {
                AgnesException failure = fails(ExportRequest.of(CloudFixture.ID, sql));
                assertEquals(AgnesException.Kind.REQUEST, failure.kind(), sql + ": " + failure.getMessage());
            }
            assertEquals(0, cloud.jobs());
            assertEquals(1, cloud.exported(cloud.draft(), "orders").rows());
        }
    }

    @Nested
    class Jobs {
        @Test
        void aJobThatFailsIsReportedAndTheNextRunStartsAnother() throws Exception {
            cloud = CloudFixture.of(directory);
            table("orders").columns("id INT64").row(1);
            cloud.bigQuery.nextJob(new JobBehaviour.Fails("backendError", "try again"));
            AgnesException failure = fails("orders");
            assertEquals("source_unavailable", failure.code());
            assertEquals(AgnesException.Kind.SOURCE_PASSING, failure.kind());
            cloud.assertNothingStaged();
            assertEquals(1, cloud.exported(cloud.draft(), "orders").rows());
            assertEquals(2, cloud.jobs());
        }

        @Test
        void aJobThatDoesNotEndIsCancelledUpstream() throws Exception {
            cloud = new CloudFixture(directory, builder -> builder.jobPolls(100_000));
            table("orders").columns("id INT64").row(1);
            AgnesException failure = fails("orders");
            assertEquals("export_timeout", failure.code());
            assertEquals(1, cloud.bigQuery.requests("POST", ".*/jobs/.*/cancel").size());
            cloud.assertNothingStaged();
            assertTrue(cloud.time.waits().size() < 500, cloud.time.waits().size() + " polls");
            assertTrue(
                    cloud.time.waits().stream().allMatch(wait -> wait.compareTo(Duration.ofSeconds(10)) <= 0),
                    cloud.time.waits().toString());
        }
    }
}
