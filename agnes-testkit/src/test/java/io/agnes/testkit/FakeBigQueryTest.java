// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.ServiceOptions;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryError;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.BigQueryOptions;
import com.google.cloud.bigquery.ExtractJobConfiguration;
import com.google.cloud.bigquery.FieldValueList;
import com.google.cloud.bigquery.Job;
import com.google.cloud.bigquery.JobId;
import com.google.cloud.bigquery.JobInfo;
import com.google.cloud.bigquery.JobStatus;
import com.google.cloud.bigquery.QueryJobConfiguration;
import com.google.cloud.bigquery.StandardTableDefinition;
import com.google.cloud.bigquery.Table;
import com.google.cloud.bigquery.TableDefinition;
import com.google.cloud.bigquery.TableId;
import com.google.cloud.bigquery.TableResult;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link FakeBigQuery} does beyond the contract: scripted jobs and faults, permissions, states of tables. */
class FakeBigQueryTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    private final ManualClock clock = ManualClock.standingAt(NOW);
    private FakeCloudStorage storage;
    private FakeBigQuery bigquery;
    private BigQuery client;

    @BeforeEach
    void start() {
        storage = FakeCloudStorage.builder().clock(clock).start().bucket("out");
        bigquery = FakeBigQuery.builder().storage(storage).start();
        client = client("https://www.googleapis.com/auth/bigquery");
    }

    @AfterEach
    void close() {
        bigquery.close();
        storage.close();
    }

    /** A client that repeats no request, so that a test sees each response. */
    private BigQuery client(String scope) {
        return options(scope)
                .setRetrySettings(ServiceOptions.getNoRetrySettings())
                .build()
                .getService();
    }

    private BigQueryOptions.Builder options(String scope) {
        AccessToken token = new AccessToken(
                bigquery.accessToken(scope), Date.from(Instant.now().plusSeconds(86_400)));
        return BigQueryOptions.newBuilder()
                .setHost(bigquery.endpoint().toString())
                .setProjectId(bigquery.project())
                .setCredentials(GoogleCredentials.create(token));
    }

    private FakeBigQueryTable orders() {
        return bigquery.dataset("d")
                .table("orders")
                .columns("id INT64 NOT NULL, status STRING")
                .row(1, "open");
    }

    private Job extract(String uri) {
        return client.create(JobInfo.of(ExtractJobConfiguration.newBuilder(TableId.of("d", "orders"), uri)
                .build()));
    }

    private List<String> query(String sql) {
        try {
            List<String> rows = new ArrayList<>();
            for (FieldValueList row :
                    client.query(QueryJobConfiguration.of(sql)).iterateAll()) {
                rows.add(String.join(
                        "|",
                        row.stream()
                                .map(cell -> String.valueOf(cell.getValue()))
                                .toList()));
            }
            return rows;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BigQueryException refused(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(BigQueryException.class, call);
    }

    /** The error with which a job has ended. The client's methods of a job throw it. */
    private String error(Job job) {
        BigQueryError error = client.getJob(job.getJobId()).getStatus().getError();
        return error.getReason() + ": " + error.getMessage();
    }

    @Nested
    class Jobs {
        @Test
        void aSlowJobEndsByTheClock() {
            orders();
            bigquery.nextJob(new JobBehaviour.Takes(Duration.ofMinutes(5)));

            Job job = extract("gs://out/x.csv");
            assertEquals(JobStatus.State.RUNNING, job.reload().getStatus().getState());
            clock.advance(Duration.ofMinutes(4));
            assertEquals(JobStatus.State.RUNNING, job.reload().getStatus().getState());
            assertEquals(List.of(), storage.list("out", ""));
            clock.advance(Duration.ofMinutes(1));
            assertEquals(JobStatus.State.DONE, job.reload().getStatus().getState());
            assertEquals(1, storage.list("out", "").size());
        }

        @Test
        void aJobEndsAfterItsPolls() {
            orders();
            bigquery.nextJob(new JobBehaviour.Succeeds(2));

            Job job = extract("gs://out/x.csv");

            assertEquals(JobStatus.State.PENDING, job.getStatus().getState());
            assertEquals(JobStatus.State.RUNNING, job.reload().getStatus().getState());
            assertEquals(JobStatus.State.RUNNING, job.reload().getStatus().getState());
            assertEquals(JobStatus.State.DONE, job.reload().getStatus().getState());
        }

        @Test
        void aCancelledJobHasNoEffect() {
            orders();
            bigquery.nextJob(new JobBehaviour.Takes(Duration.ofMinutes(5)));
            Job job = extract("gs://out/x.csv");

            assertTrue(client.cancel(job.getJobId()));
            clock.advance(Duration.ofMinutes(10));

            assertEquals("stopped: Job execution was cancelled: User requested cancellation", error(job));
            assertEquals(List.of(), storage.list("out", ""));
        }

        @Test
        void aScriptedFailureIsTheErrorOfTheJob() {
            orders();
            bigquery.nextJob(new JobBehaviour.Fails("quotaExceeded", "Quota exceeded: too many exports"));

            assertEquals("quotaExceeded: Quota exceeded: too many exports", error(extract("gs://out/x.csv")));
        }

        @Test
        void aPermissionThatIsRevokedInMidJobFailsIt() {
            orders();
            bigquery.nextJobs(2, new JobBehaviour.Takes(Duration.ofMinutes(1)));
            Job extract = extract("gs://out/x.csv");
            Job query = client.create(JobInfo.of(QueryJobConfiguration.of("SELECT * FROM d.orders")));

            bigquery.deny("bigquery.tables.export");
            bigquery.deny("bigquery.tables.getData", "d.orders");
            clock.advance(Duration.ofMinutes(1));

            assertTrue(error(extract).startsWith("accessDenied: Access Denied: Table agnes-testkit:d.orders:"));
            assertTrue(error(query).startsWith("accessDenied: Access Denied: Table agnes-testkit:d.orders:"));
        }

        @Test
        void aDuplicateIdIsRefusedByTheServiceAndItsIdIsSpentByAFailure() {
            JobId id = JobId.newBuilder().setJob("same").setLocation("US").build();
            refused(() -> client.create(JobInfo.of(id, QueryJobConfiguration.of("SELECT nothing"))));

            String body = "{\"jobReference\":{\"jobId\":\"same\",\"location\":\"US\"},"
                    + "\"configuration\":{\"query\":{\"query\":\"SELECT 1\",\"useLegacySql\":false}}}";
            HttpResponse<String> response = post("/bigquery/v2/projects/" + bigquery.project() + "/jobs", body);
            assertEquals(409, response.statusCode());
            assertTrue(response.body().contains("\"reason\":\"duplicate\""), response.body());
            assertTrue(response.body().contains("Already Exists: Job agnes-testkit:US.same"), response.body());
        }

        @Test
        void aJobIsFoundInItsLocationOnly() throws InterruptedException {
            JobId id =
                    JobId.newBuilder().setJob("j").setLocation("europe-west3").build();
            client.create(JobInfo.of(id, QueryJobConfiguration.of("SELECT 1 AS one")))
                    .waitFor();

            assertNull(client.getJob(JobId.of("j")));
            assertNull(client.getJob(
                    JobId.newBuilder().setJob("j").setLocation("US").build()));
            assertEquals("j", client.getJob(id).getJobId().getJob());
        }
    }

    private HttpResponse<String> post(String path, String body) {
        return send(HttpRequest.newBuilder(URI.create(bigquery.endpoint() + path))
                .header("Authorization", "Bearer " + bigquery.accessToken("https://www.googleapis.com/auth/bigquery"))
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(bigquery.endpoint() + path));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString(UTF_8));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Nested
    class Access {
        @Test
        void anUnknownTokenIs401AndAnExpiredOneToo() {
            orders();
            String path = "/bigquery/v2/projects/agnes-testkit/datasets";
            String token = bigquery.accessToken("https://www.googleapis.com/auth/bigquery");

            assertEquals(200, get(path, "Authorization", "Bearer " + token).statusCode());
            assertEquals(401, get(path).statusCode());
            assertEquals(401, get(path, "Authorization", "Bearer ya29.forged").statusCode());
            clock.advance(Duration.ofHours(2));
            HttpResponse<String> expired = get(path, "Authorization", "Bearer " + token);
            assertEquals(401, expired.statusCode());
            assertTrue(expired.body().contains("\"reason\":\"authError\""), expired.body());
        }

        @Test
        void aReadOnlyTokenStartsNoJob() {
            orders();
            BigQuery reader = client("https://www.googleapis.com/auth/bigquery.readonly");

            assertEquals(1, reader.getTable("d", "orders").getNumRows().intValue());
            BigQueryException refused =
                    refused(() -> reader.create(JobInfo.of(QueryJobConfiguration.of("SELECT 1 AS one"))));
            assertEquals(403, refused.getCode());
            assertEquals("insufficientPermissions", refused.getError().getReason());
        }

        @ParameterizedTest
        @CsvSource({
            "bigquery.datasets.get,  Dataset agnes-testkit:d",
            "bigquery.tables.list,   Dataset agnes-testkit:d",
            "bigquery.tables.get,    Table agnes-testkit:d.orders",
            "bigquery.jobs.create,   Project agnes-testkit",
        })
        void aMissingPermissionIsNamed(String permission, String resource) {
            orders();
            bigquery.deny(permission);

            BigQueryException refused = refused(() -> {
                client.getDataset("d");
                client.listTables("d");
                client.getTable("d", "orders");
                client.create(JobInfo.of(QueryJobConfiguration.of("SELECT 1 AS one")));
            });

            assertEquals(403, refused.getCode());
            assertEquals("accessDenied", refused.getError().getReason());
            assertTrue(refused.getMessage().startsWith("Access Denied: " + resource), refused.getMessage());
            assertTrue(refused.getMessage().contains(permission), refused.getMessage());
        }

        @Test
        void aBucketThatMayNotBeWrittenFailsTheJob() {
            orders();
            bigquery.deny("storage.objects.create", "out");

            assertTrue(error(extract("gs://out/x.csv")).contains("does not have storage.objects.create access"));
        }
    }

    @Nested
    class ScriptedFaults {
        @ParameterizedTest
        @CsvSource({
            "401, authError",
            "403, accessDenied",
            "404, notFound",
            "409, duplicate",
            "429, rateLimitExceeded",
            "500, internalError",
            "503, backendError"
        })
        void eachStatusHasTheBodyOfGoogle(int status, String reason) {
            bigquery.onTables().status(status).once();

            HttpResponse<String> response = get("/bigquery/v2/projects/agnes-testkit/datasets/d/tables");

            assertEquals(status, response.statusCode());
            assertTrue(response.body().contains("\"reason\":\"" + reason + "\""), response.body());
            assertTrue(response.body().contains("\"code\":" + status), response.body());
        }

        @Test
        void aQuotaErrorHasItsReason() {
            bigquery.onQuery()
                    .status(
                            403,
                            FakeBigQuery.errorBody(403, "quotaExceeded", "Quota exceeded: free query bytes scanned"))
                    .once();

            BigQueryException refused = refused(() -> query("SELECT 1 AS one"));

            assertEquals("quotaExceeded", refused.getError().getReason());
        }

        @Test
        void theClientRepeatsAfterA503() {
            orders();
            bigquery.onTable().status(503).times(2);
            BigQuery patient =
                    options("https://www.googleapis.com/auth/bigquery").build().getService();

            assertEquals("orders", patient.getTable("d", "orders").getTableId().getTable());
            bigquery.verifyFaultsConsumed();
            bigquery.verifyCount("GET", ".*/tables/orders", 3);
        }

        @Test
        void aFaultThatDidNotHappenIsReported() {
            bigquery.onTable().status(503).once();
            bigquery.nextJob(new JobBehaviour.NeverEnds());

            AssertionError report = assertThrows(AssertionError.class, () -> bigquery.verifyFaultsConsumed());

            assertTrue(
                    report.getMessage().contains("onTable().status, scripted at FakeBigQueryTest.java"),
                    report.getMessage());
            assertTrue(
                    report.getMessage().contains("a job that NeverEnds[], scripted at FakeBigQueryTest.java"),
                    report.getMessage());
            bigquery.clearScripts();
        }
    }

    @Nested
    class Tables {
        private Table found(String id) {
            return client.getTable("d", id);
        }

        @Test
        void everyEntityHasItsType() {
            FakeBigQueryTable orders = orders();
            FakeDataset dataset = bigquery.dataset("d");
            dataset.table("view").view("SELECT count(*) AS n FROM `d.orders`");
            dataset.table("mv").materializedView("SELECT status FROM d.orders");
            dataset.table("ext").columns("a STRING").external("CSV", "gs://out/x.csv");
            dataset.table("snap").snapshotOf(orders);
            dataset.table("clone").cloneOf(orders);

            assertEquals(
                    TableDefinition.Type.TABLE, found("orders").getDefinition().getType());
            assertEquals(
                    TableDefinition.Type.VIEW, found("view").getDefinition().getType());
            assertEquals(
                    TableDefinition.Type.MATERIALIZED_VIEW,
                    found("mv").getDefinition().getType());
            assertEquals(
                    TableDefinition.Type.EXTERNAL, found("ext").getDefinition().getType());
            assertEquals(
                    TableDefinition.Type.SNAPSHOT, found("snap").getDefinition().getType());
            assertEquals(
                    TableDefinition.Type.TABLE, found("clone").getDefinition().getType());
            assertEquals(
                    "orders",
                    found("clone").getCloneDefinition().getBaseTableId().getTable());
            assertEquals(List.of("1"), query("SELECT n FROM d.view"));
        }

        @Test
        void anExtractOfAViewFails() {
            orders();
            bigquery.dataset("d").table("view").view("SELECT * FROM d.orders");

            Job job = client.create(
                    JobInfo.of(ExtractJobConfiguration.newBuilder(TableId.of("d", "view"), "gs://out/x.csv")
                            .build()));

            assertTrue(error(job).startsWith("invalid: Cannot extract agnes-testkit:d.view"));
        }

        @Test
        void partitioningAndClusteringAreDescribed() {
            FakeDataset dataset = bigquery.dataset("d");
            dataset.table("time")
                    .columns("day DATE, id INT64")
                    .partitionedBy("DAY", "day")
                    .clusteredBy("id", "day");
            dataset.table("range").columns("id INT64").partitionedByRange("id", 0, 100, 10);

            StandardTableDefinition time = found("time").getDefinition();
            assertEquals("DAY", time.getTimePartitioning().getType().name());
            assertEquals(List.of("id", "day"), time.getClustering().getFields());
            StandardTableDefinition range = found("range").getDefinition();
            assertEquals(10, range.getRangePartitioning().getRange().getInterval());
        }

        @Test
        void theStreamingBufferIsInQueriesAndNotInExtractsAndCounts() {
            FakeBigQueryTable orders = orders();
            long before = found("orders").getLastModifiedTime();
            clock.advance(Duration.ofMinutes(1));
            orders.streamed(2, "new");

            StandardTableDefinition definition = found("orders").getDefinition();
            assertEquals(1, definition.getStreamingBuffer().getEstimatedRows());
            assertEquals(1, found("orders").getNumRows().intValue());
            assertEquals(before, found("orders").getLastModifiedTime());
            assertEquals(List.of("2"), query("SELECT count(*) AS n FROM d.orders"));
            extract("gs://out/x.csv").reload();
            assertEquals("id,status\n1,open\n", new String(storage.bytes("out", "x.csv"), UTF_8));

            orders.flush();
            assertNull(found("orders").<StandardTableDefinition>getDefinition().getStreamingBuffer());
            assertEquals(2, found("orders").getNumRows().intValue());
            assertTrue(found("orders").getLastModifiedTime() > before);
        }

        @Test
        void changesThatAreNotAppliedAreInQueriesAndNotInExtracts() {
            orders().changeDataCapture(Duration.ofMinutes(15), "id")
                    .changed(1, "closed")
                    .changed(2, "new");

            assertEquals(List.of("1|closed", "2|new"), query("SELECT id, status FROM d.orders ORDER BY id"));
            extract("gs://out/x.csv").reload();
            assertEquals("id,status\n1,open\n", new String(storage.bytes("out", "x.csv"), UTF_8));
            assertEquals(
                    "id",
                    found("orders")
                            .getTableConstraints()
                            .getPrimaryKey()
                            .getColumns()
                            .get(0));
        }

        @Test
        void rowAccessPoliciesFilterQueriesExtractsAndRowsAndNotCounts() {
            orders().row(2, "closed").rowAccessPolicy("open_only", "status = 'open'");

            assertEquals(List.of("1"), query("SELECT id FROM d.orders"));
            extract("gs://out/x.csv").reload();
            assertEquals("id,status\n1,open\n", new String(storage.bytes("out", "x.csv"), UTF_8));
            assertEquals(1, client.listTableData(TableId.of("d", "orders")).getTotalRows());
            assertEquals(2, found("orders").getNumRows().intValue());
            String path = "/bigquery/v2/projects/agnes-testkit/datasets/d/tables/orders/rowAccessPolicies";
            assertTrue(authorized(path, "none").body().contains("\"filterPredicate\":\"status = 'open'\""));
        }

        private HttpResponse<String> authorized(String path, String etag) {
            String token = bigquery.accessToken("https://www.googleapis.com/auth/bigquery");
            return get(path, "Authorization", "Bearer " + token, "If-None-Match", etag);
        }

        @Test
        void anEtagIsKnownAgainUntilTheTableChanges() {
            FakeBigQueryTable orders = orders();
            String path = "/bigquery/v2/projects/agnes-testkit/datasets/d/tables/orders";
            String etag = found("orders").getEtag();

            assertEquals(304, authorized(path, etag).statusCode());
            orders.row(2, "new");
            assertEquals(200, authorized(path, etag).statusCode());
            assertNotEquals(etag, found("orders").getEtag());
        }

        @Test
        void systemTimeReadsAnEarlierVersion() {
            FakeBigQueryTable orders = orders();
            clock.advance(Duration.ofMinutes(10));
            orders.row(2, "new");

            assertEquals(
                    List.of("1"),
                    query("SELECT count(*) AS n FROM d.orders FOR SYSTEM_TIME AS OF"
                            + " TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 5 MINUTE)"));
            assertEquals(
                    404,
                    refused(() -> query(
                                    "SELECT * FROM d.orders FOR SYSTEM_TIME AS OF TIMESTAMP '2026-11-28 11:00:00+00'"))
                            .getCode());
            assertEquals(
                    400,
                    refused(() -> query(
                                    "SELECT * FROM d.orders FOR SYSTEM_TIME AS OF TIMESTAMP '2020-01-01 00:00:00+00'"))
                            .getCode());
        }

        @Test
        void aRequiredColumnTakesNoNull() {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> orders().row(null, "x"));
            assertTrue(refused.getMessage().contains("Required field id cannot be null"), refused.getMessage());
        }

        @Test
        void aDroppedTableIsNotFound() {
            orders().drop();

            assertNull(client.getTable("d", "orders"));
            assertFalse(client.listTables("d").iterateAll().iterator().hasNext());
        }
    }

    @Nested
    class Results {
        @Test
        void everyTypeArrivesAsTheClientExpectsIt() throws InterruptedException {
            bigquery.dataset("d")
                    .table("types")
                    .columns("i INT64, f FLOAT64, n NUMERIC, b BIGNUMERIC, o BOOL, s STRING, y BYTES, d DATE, t TIME,"
                            + " dt DATETIME, ts TIMESTAMP, g GEOGRAPHY, j JSON, v INTERVAL, r RANGE<DATE>, a ARRAY<TIMESTAMP>,"
                            + " st STRUCT<x INT64, y ARRAY<STRUCT<z BIGNUMERIC>>>")
                    .row(
                            1,
                            0.5,
                            "1.50",
                            "0.10",
                            true,
                            "x",
                            new byte[] {1},
                            "2026-01-02",
                            "03:04:05.000006",
                            "2026-01-02 03:04:05",
                            "2026-01-02 03:04:05.000006+00",
                            "POINT(1 2)",
                            "{\"a\":null}",
                            "1 month",
                            "[2026-01-01, 2026-02-01)",
                            List.of("2026-01-02 00:00:00+00"),
                            Map.of("x", 1, "y", List.of(Map.of("z", "7"))));

            TableResult result = client.query(QueryJobConfiguration.of("SELECT * FROM d.types"));
            FieldValueList row = result.iterateAll().iterator().next();

            assertEquals(
                    "[INTEGER, FLOAT, NUMERIC, BIGNUMERIC, BOOLEAN, STRING, BYTES, DATE, TIME, DATETIME, TIMESTAMP, GEOGRAPHY,"
                            + " JSON, INTERVAL, RANGE, TIMESTAMP, RECORD]",
                    result.getSchema().getFields().stream()
                            .map(field -> field.getType().name())
                            .toList()
                            .toString());
            assertEquals(1, row.get("i").getLongValue());
            assertEquals(0.5, row.get("f").getDoubleValue());
            assertEquals("1.5", row.get("n").getNumericValue().toString());
            assertEquals("0.1", row.get("b").getNumericValue().toString());
            assertTrue(row.get("o").getBooleanValue());
            assertEquals(1, row.get("y").getBytesValue()[0]);
            assertEquals("2026-01-02", row.get("d").getStringValue());
            assertEquals("03:04:05.000006", row.get("t").getStringValue());
            assertEquals("2026-01-02T03:04:05", row.get("dt").getStringValue());
            assertEquals(
                    Instant.parse("2026-01-02T03:04:05.000006Z"), row.get("ts").getTimestampInstant());
            assertEquals("POINT(1 2)", row.get("g").getStringValue());
            assertEquals("{\"a\":null}", row.get("j").getStringValue());
            assertEquals(1, row.get("v").getPeriodDuration().getPeriod().getMonths());
            assertEquals("2026-01-01", row.get("r").getRangeValue().getStart().getStringValue());
            assertEquals(
                    Instant.parse("2026-01-02T00:00:00Z"),
                    row.get("a").getRepeatedValue().get(0).getTimestampInstant());
            assertEquals(
                    "7",
                    row.get("st")
                            .getRecordValue()
                            .get(1)
                            .getRepeatedValue()
                            .get(0)
                            .getRecordValue()
                            .get(0)
                            .getStringValue());
        }

        @Test
        void aResultWithoutRowsHasItsSchema() throws InterruptedException {
            orders();

            TableResult result = client.query(QueryJobConfiguration.of("SELECT id FROM d.orders WHERE id > 5"));

            assertEquals(0, result.getTotalRows());
            assertEquals("id", result.getSchema().getFields().get(0).getName());
        }
    }

    @Test
    void eachFakeHasAnotherKeyUnlessItHasAStorage() {
        try (FakeBigQuery other = FakeBigQuery.start()) {
            assertNotEquals(bigquery.serviceAccountKey(), other.serviceAccountKey());
        }
        assertEquals(storage.serviceAccountKey(), bigquery.serviceAccountKey());
    }

    @Test
    void aSampleIsATable() {
        bigquery.seed(Samples.AIRPORTS);

        assertEquals(3376, client.getTable("demo", "airports").getNumRows().intValue());
        assertEquals(List.of("Anchorage"), query("SELECT city FROM demo.airports WHERE iata = 'ANC'"));
    }
}
