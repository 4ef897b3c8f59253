// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.bigquery.GoogleCloudException;
import io.agnes.core.AgnesException;
import io.agnes.core.Time;
import io.agnes.core.file.FileDraft;
import io.agnes.core.sync.SyncProgress;
import io.agnes.core.work.Task;
import io.agnes.testkit.FakeBigQueryTable;
import io.agnes.testkit.JobBehaviour;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Exports that end in the middle, and those that come after them. */
@Timeout(120)
class RecoveryTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    Path directory;

    private CloudFixture cloud;

    @AfterEach
    void close() throws Exception {
        cloud.close();
    }

    private FakeBigQueryTable orders() {
        return cloud.bigQuery.dataset("sales").table("orders");
    }

    private ExportRequest request() {
        return ExportRequest.of(CloudFixture.ID, cloud.table("orders"));
    }

    /** A clock whose sleeps never end, as those of a process that was killed. */
    private static final class StoppedTime implements Time {
        private final CountDownLatch never = new CountDownLatch(1);
        private final CountDownLatch sleeping = new CountDownLatch(1);

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            sleeping.countDown();
            never.await();
        }
    }

    /** Begins an export that goes no further, and whose process never cleans up. */
    private void abandon(Time time) throws Exception {
        FileDraft draft = cloud.draft();
        BigQueryExport export = BigQueryExport.of(cloud.config(), time);
        Thread.ofVirtual().start(() -> {
            try {
                export.export(request(), draft, SyncProgress.NONE);
            } catch (Exception endOfTheFakes) {
                // Only once the test is over.
            }
        });
    }

    @Test
    void theNextProcessFindsTheJobOfOneThatWasKilled() throws Exception {
        cloud = new CloudFixture(directory, builder -> builder.jobTakes(LONG).shards(3));
        orders().columns("id INT64").row(1).row(2);
        StoppedTime killed = new StoppedTime();
        abandon(killed);
        killed.sleeping.await();
        assertEquals(1, cloud.jobs());
        cloud.bigQuery.clock().advance(LONG);
        assertEquals(2, cloud.exported(cloud.draft(), request()).rows());
        assertEquals(1, cloud.jobs());
        cloud.assertNothingStaged();
    }

    @Test
    void shardsThatAKilledProcessLeftAreUsedAndRemoved() throws Exception {
        cloud = new CloudFixture(directory, builder -> builder.shards(3));
        orders().columns("id INT64").row(1).row(2);
        cloud.storage.onDownload().stall().once();
        abandon(Time.system());
        cloud.storage.awaitRequests("GET", ".*/o/.*shard.*", 1, Duration.ofSeconds(20));
        assertEquals(3, cloud.objects().size());
        assertEquals(2, cloud.exported(cloud.draft(), request()).rows());
        assertEquals(1, cloud.jobs());
        cloud.assertNothingStaged();
    }

    @Test
    void shardsOfAnotherStateAreRemovedAndNotUsed() throws Exception {
        cloud = new CloudFixture(directory, builder -> builder.shards(3));
        orders().columns("id INT64").row(1).row(2);
        cloud.storage.onDownload().stall().once();
        abandon(Time.system());
        cloud.storage.awaitRequests("GET", ".*/o/.*shard.*", 1, Duration.ofSeconds(20));
        orders().row(3);
        assertEquals(3, cloud.exported(cloud.draft(), request()).rows());
        assertEquals(2, cloud.jobs());
        cloud.assertNothingStaged();
    }

    @Test
    void anInterruptEndsTheJobUpstreamAndTheNextRunStartsAnother() throws Exception {
        cloud = new CloudFixture(directory, builder -> builder.jobTakes(LONG));
        orders().columns("id INT64").row(1);
        FileDraft draft = cloud.draft();
        BigQueryExport export = cloud.export(cloud.config(), Time.system());
        try (Task<ExportOutcome> task =
                Task.start("export", () -> export.export(request(), draft, SyncProgress.NONE))) {
            cloud.bigQuery.awaitRequests("GET", ".*/jobs/.*", 2, Duration.ofSeconds(20));
            task.cancel();
            assertThrows(InterruptedException.class, task::await);
        }
        assertEquals(1, cloud.bigQuery.requests("POST", ".*/jobs/.*/cancel").size());
        cloud.assertNothingStaged();
        StoppedTime waiting = new StoppedTime();
        abandon(waiting);
        waiting.sleeping.await();
        cloud.bigQuery.clock().advance(LONG);
        assertEquals(1, cloud.exported(cloud.draft(), request()).rows());
        assertEquals(2, cloud.jobs());
        cloud.assertNothingStaged();
    }

    @Test
    void aPermissionRevokedInMidJobIsNamedAndTheJobIsCancelled() throws Exception {
        cloud = new CloudFixture(directory, builder -> builder.jobTakes(LONG));
        orders().columns("id INT64").row(1);
        Time revoking = new Time() {
            @Override
            public Instant now() {
                return Instant.now();
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration duration) {
                cloud.bigQuery.deny("bigquery.jobs.get");
            }
        };
        FileDraft draft = cloud.draft();
        BigQueryExport export = cloud.export(cloud.config(), revoking);
        AgnesException failure =
                assertThrows(AgnesException.class, () -> export.export(request(), draft, SyncProgress.NONE));
        assertEquals("access_denied", failure.code());
        assertTrue(failure.getMessage().contains("bigquery.jobs.get"), failure.getMessage());
        assertEquals(1, cloud.bigQuery.requests("POST", ".*/jobs/.*/cancel").size());
        cloud.assertNothingStaged();
    }

    @Test
    void aDownloadThatBreaksGoesOnWhereItStopped() throws Exception {
        cloud = new CloudFixture(directory, builder -> builder.shards(2));
        orders().rowsOf("SELECT range AS id, md5(range::VARCHAR) AS cell FROM range(20000)");
        cloud.storage.onDownload().cutAfter(50_000).times(3);
        cloud.storage.onList().status(503).once();
        cloud.bigQuery.onJob().status(503).once();
        FileDraft draft = cloud.draft();
        assertEquals(20_000, cloud.exported(draft, request()).rows());
        assertEquals(
                List.of("199990000|20000"), CloudFixture.rows(draft, "SELECT sum(id), count(DISTINCT cell) FROM FILE"));
        cloud.assertNothingStaged();
    }

    @Test
    void objectsThatCouldNotBeDeletedGoWithTheNextExport() throws Exception {
        cloud = CloudFixture.of(directory);
        orders().columns("id INT64").row(1);
        cloud.storage.onBatch().status(403).once();
        assertEquals(1, cloud.exported(cloud.draft(), request()).rows());
        assertEquals(1, cloud.objects().size());
        orders().row(2);
        assertEquals(2, cloud.exported(cloud.draft(), request()).rows());
        cloud.assertNothingStaged();
    }

    @Test
    void objectsOfOtherProgramsInTheFolderStay() throws Exception {
        cloud = CloudFixture.of(directory);
        orders().columns("id INT64").row(1);
        String other = "agnes/" + CloudFixture.ID + "/by hand/notes.txt";
        cloud.storage.put(CloudFixture.BUCKET, other, new byte[1], "text/plain");
        assertEquals(1, cloud.exported(cloud.draft(), request()).rows());
        assertEquals(List.of(other), cloud.objects());
    }

    @Test
    void aTableWhoseJobsFailedManyTimesIsNotStuck() throws Exception {
        cloud = CloudFixture.of(directory);
        orders().columns("id INT64").row(1);
        cloud.bigQuery.nextJobs(Materialization.ATTEMPTS, new JobBehaviour.Fails("backendError", "try again"));
        for (int i = 0; i < Materialization.ATTEMPTS; i++) {
            FileDraft draft = cloud.draft();
            assertThrows(AgnesException.class, () -> cloud.exported(draft, request()));
        }
        assertEquals(1, cloud.exported(cloud.draft(), request()).rows());
        assertEquals(Materialization.ATTEMPTS + 1, cloud.jobs());
        cloud.assertNothingStaged();
    }

    @Test
    void aFullDiskIsNoticedBeforeTheDownload() throws Exception {
        cloud = CloudFixture.of(directory);
        orders().columns("id INT64").row(1);
        FileDraft draft = cloud.draft();
        try (BigQueryExport export = BigQueryExport.of(cloud.config(), cloud.time, path -> 10)) {
            GoogleCloudException failure =
                    assertThrows(GoogleCloudException.class, () -> export.export(request(), draft, SyncProgress.NONE));
            assertEquals("disk_full", failure.code());
        }
        cloud.assertNothingStaged();
    }

    @Test
    void aQueryInTheWrongLocationSaysSo() throws Exception {
        cloud = CloudFixture.of(directory);
        orders().columns("id INT64").row(1);
        FileDraft draft = cloud.draft();
        BigQueryExport export = cloud.export(cloud.config().withLocation("EU"), cloud.time);
        ExportRequest query = ExportRequest.of(CloudFixture.ID, "SELECT id FROM `" + cloud.table("orders") + "`");
        assertEquals(
                "location_wrong",
                assertThrows(AgnesException.class, () -> export.export(query, draft, SyncProgress.NONE))
                        .code());
    }
}
