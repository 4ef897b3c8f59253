// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.auth.oauth2.ServiceAccountCredentials;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQuery.DatasetListOption;
import com.google.cloud.bigquery.BigQuery.JobListOption;
import com.google.cloud.bigquery.BigQuery.QueryResultsOption;
import com.google.cloud.bigquery.BigQuery.TableDataListOption;
import com.google.cloud.bigquery.BigQuery.TableListOption;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.BigQueryOptions;
import com.google.cloud.bigquery.Dataset;
import com.google.cloud.bigquery.DatasetId;
import com.google.cloud.bigquery.ExtractJobConfiguration;
import com.google.cloud.bigquery.Field;
import com.google.cloud.bigquery.FieldValueList;
import com.google.cloud.bigquery.Job;
import com.google.cloud.bigquery.JobId;
import com.google.cloud.bigquery.JobInfo;
import com.google.cloud.bigquery.JobStatistics;
import com.google.cloud.bigquery.JobStatus;
import com.google.cloud.bigquery.QueryJobConfiguration;
import com.google.cloud.bigquery.StandardTableDefinition;
import com.google.cloud.bigquery.Table;
import com.google.cloud.bigquery.TableDefinition;
import com.google.cloud.bigquery.TableId;
import com.google.cloud.bigquery.TableResult;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.StorageOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the official Java client of BigQuery needs, against {@link FakeBigQuery}. With three environment variables the same tests
 * run against a real project too: {@code AGNES_TEST_BIGQUERY_DATASET} is {@code project.dataset}, {@code AGNES_TEST_GCS_BUCKET}
 * a bucket that may receive exports, and {@code AGNES_TEST_GCS_KEY} the file with the JSON key of a service account that may
 * read the dataset, run jobs, and write, list and delete objects of the bucket. The tests delete their exports. The dataset
 * must contain these tables:
 *
 * <pre>{@code
 * CREATE TABLE orders (id INT64 NOT NULL, status STRING, tags ARRAY<STRING>, buyer STRUCT<name STRING, age INT64>)
 *   CLUSTER BY id AS SELECT id, 'open', ['a', 'b'], STRUCT('Ada' AS name, 36 AS age) FROM UNNEST(GENERATE_ARRAY(1, 250)) AS id;
 * CREATE VIEW open_orders AS SELECT id FROM dataset.orders WHERE status = 'open';
 * CREATE TABLE days (day DATE, visits INT64) PARTITION BY day;
 * }</pre>
 *
 * <p>Without the variables there are no tests of a real project.
 */
@ParameterizedClass
@MethodSource("targets")
class BigQueryContractTest {
    @Parameter
    Target target;

    private final String prefix = "agnes-contract/" + UUID.randomUUID() + "/";

    /** A dataset and a bucket, with their clients. */
    record Target(String name, BigQuery client, Storage storage, DatasetId dataset, String bucket, Runnable end)
            implements AutoCloseable {
        static Target fake() throws IOException {
            FakeCloudStorage storage = FakeCloudStorage.start().bucket("contract");
            FakeBigQuery fake = FakeBigQuery.builder()
                    .storage(storage)
                    .shards(3)
                    .pageRows(100)
                    .start();
            FakeDataset dataset = fake.dataset("contract");
            dataset.table("orders")
                    .columns(
                            "id INT64 NOT NULL, status STRING, tags ARRAY<STRING>, buyer STRUCT<name STRING, age INT64>")
                    .rowsOf("SELECT range + 1, 'open', ['a', 'b'], {'name': 'Ada', 'age': 36} FROM range(250)")
                    .clusteredBy("id");
            dataset.table("open_orders")
                    .view("SELECT id FROM `" + fake.project() + ".contract.orders` WHERE status = 'open'");
            dataset.table("days").columns("day DATE, visits INT64").partitionedBy("DAY", "day");
            return new Target(
                    "fake",
                    client(
                            BigQueryOptions.newBuilder().setHost(fake.endpoint().toString()),
                            fake.project(),
                            fake.serviceAccountKey()),
                    StorageOptions.newBuilder()
                            .setHost(storage.endpoint().toString())
                            .setProjectId(fake.project())
                            .setCredentials(credentials(fake.serviceAccountKey()))
                            .build()
                            .getService(),
                    DatasetId.of(fake.project(), "contract"),
                    "contract",
                    () -> {
                        fake.close();
                        storage.close();
                    });
        }

        static Target real(String dataset, String bucket, Path key) throws IOException {
            String project = dataset.substring(0, dataset.indexOf('.'));
            String json = Files.readString(key);
            return new Target(
                    "real",
                    client(BigQueryOptions.newBuilder(), project, json),
                    StorageOptions.newBuilder()
                            .setProjectId(project)
                            .setCredentials(credentials(json))
                            .build()
                            .getService(),
                    DatasetId.of(project, dataset.substring(project.length() + 1)),
                    bucket,
                    () -> {});
        }

        static BigQuery client(BigQueryOptions.Builder options, String project, String key) throws IOException {
            return options.setProjectId(project)
                    .setCredentials(credentials(key))
                    .build()
                    .getService();
        }

        private static ServiceAccountCredentials credentials(String key) throws IOException {
            return ServiceAccountCredentials.fromStream(new ByteArrayInputStream(key.getBytes(UTF_8)));
        }

        @Override
        public void close() {
            end.run();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Target> targets() throws IOException {
        String dataset = System.getenv("AGNES_TEST_BIGQUERY_DATASET");
        String bucket = System.getenv("AGNES_TEST_GCS_BUCKET");
        String key = System.getenv("AGNES_TEST_GCS_KEY");
        return dataset == null || bucket == null || key == null
                ? Stream.of(Target.fake())
                : Stream.of(Target.fake(), Target.real(dataset, bucket, Path.of(key)));
    }

    @AfterEach
    void clean() {
        exported().forEach(Blob::delete);
    }

    private List<Blob> exported() {
        return StreamSupport.stream(
                        target.storage
                                .list(target.bucket, BlobListOption.prefix(prefix))
                                .iterateAll()
                                .spliterator(),
                        false)
                .toList();
    }

    private TableId table(String id) {
        return TableId.of(target.dataset.getProject(), target.dataset.getDataset(), id);
    }

    private String quoted(String id) {
        return "`" + target.dataset.getProject() + "." + target.dataset.getDataset() + "." + id + "`";
    }

    private String uri(String name) {
        return "gs://" + target.bucket + "/" + prefix + name;
    }

    @Test
    void aDatasetIsFoundAndListed() {
        Dataset dataset = target.client.getDataset(target.dataset);

        assertNotNull(dataset.getLocation());
        List<String> listed = new ArrayList<>();
        target.client
                .listDatasets(target.dataset.getProject(), DatasetListOption.pageSize(1))
                .iterateAll()
                .forEach(found -> listed.add(found.getDatasetId().getDataset()));
        assertTrue(listed.contains(target.dataset.getDataset()), listed.toString());
    }

    @Test
    void aMissingDatasetAndAMissingTableAreNull() {
        assertNull(target.client.getDataset(DatasetId.of(target.dataset.getProject(), "agnes_missing")));
        assertNull(target.client.getTable(table("agnes_missing")));
        assertNull(target.client.getTable(TableId.of(target.dataset.getProject(), "agnes_missing", "t")));
    }

    @Test
    void tablesAreListedInPages() {
        List<String> listed = new ArrayList<>();
        target.client
                .listTables(target.dataset, TableListOption.pageSize(1))
                .iterateAll()
                .forEach(found -> listed.add(found.getTableId().getTable() + " "
                        + found.getDefinition().getType()));

        assertTrue(listed.containsAll(List.of("days TABLE", "open_orders VIEW", "orders TABLE")), listed.toString());
    }

    @Test
    void aTableHasItsColumnsAndCounts() {
        Table table = target.client.getTable(table("orders"));

        StandardTableDefinition definition = table.getDefinition();
        List<String> columns = definition.getSchema().getFields().stream()
                .map(field -> field.getName() + " " + field.getType().getStandardType() + " " + field.getMode())
                .toList();
        assertEquals(
                List.of("id INT64 REQUIRED", "status STRING NULLABLE", "tags STRING REPEATED", "buyer STRUCT NULLABLE"),
                columns);
        Field age =
                definition.getSchema().getFields().get("buyer").getSubFields().get("age");
        assertEquals("INT64", age.getType().getStandardType().name());
        assertEquals(250, table.getNumRows().longValue());
        assertTrue(table.getNumBytes() > 250 * 8);
        assertEquals(List.of("id"), definition.getClustering().getFields());
        assertNull(definition.getStreamingBuffer());
        assertNotNull(table.getEtag());
        assertTrue(table.getLastModifiedTime() >= table.getCreationTime());
    }

    @Test
    void partitioningAndViewsAreDescribed() {
        StandardTableDefinition days = target.client.getTable(table("days")).getDefinition();
        assertEquals("day", days.getTimePartitioning().getField());

        Table view = target.client.getTable(table("open_orders"));
        assertEquals(TableDefinition.Type.VIEW, view.getDefinition().getType());
        assertEquals("id", view.getDefinition().getSchema().getFields().get(0).getName());
    }

    @Test
    void rowsAreListedInPages() {
        TableResult first = target.client.listTableData(table("orders"), TableDataListOption.pageSize(100));

        long sum = 0;
        int rows = 0;
        for (FieldValueList row : first.iterateAll()) {
            sum += Long.parseLong(row.get(0).getStringValue());
            rows++;
        }
        assertEquals(250, rows);
        assertEquals(250 * 251 / 2, sum);
    }

    @Test
    void aQueryHasSeveralPages() throws InterruptedException {
        QueryJobConfiguration query = QueryJobConfiguration.newBuilder(
                        "SELECT id, tags, buyer FROM " + quoted("orders") + " ORDER BY id")
                .setMaxResults(100L)
                .build();

        TableResult result = target.client.query(query);

        assertEquals(250, result.getTotalRows());
        long expected = 1;
        for (FieldValueList row : result.iterateAll()) {
            assertEquals(expected++, row.get("id").getLongValue());
            assertEquals(2, row.get("tags").getRepeatedValue().size());
            assertEquals("Ada", row.get("buyer").getRecordValue().get(0).getStringValue());
        }
        assertEquals(251, expected);
    }

    @Test
    void aQueryJobIsAwaitedAndRead() throws InterruptedException {
        JobId id = JobId.newBuilder()
                .setProject(target.dataset.getProject())
                .setJob("agnes_" + UUID.randomUUID())
                .build();
        QueryJobConfiguration query = QueryJobConfiguration.newBuilder("SELECT count(*) AS n FROM " + quoted("orders"))
                .setLabels(Map.of("agnes", "contract"))
                .build();

        Job done = target.client.create(JobInfo.of(id, query)).waitFor();

        assertEquals(JobStatus.State.DONE, done.getStatus().getState());
        assertNull(done.getStatus().getError());
        assertEquals(
                Map.of("agnes", "contract"),
                done.<QueryJobConfiguration>getConfiguration().getLabels());
        JobStatistics.QueryStatistics statistics = done.getStatistics();
        assertNotNull(statistics.getTotalBytesProcessed());
        TableResult result = done.getQueryResults(QueryResultsOption.pageSize(10));
        assertEquals(250, result.iterateAll().iterator().next().get("n").getLongValue());
    }

    @Test
    void aDryRunTellsBytesAndSchema() {
        QueryJobConfiguration query = QueryJobConfiguration.newBuilder("SELECT id, status FROM " + quoted("orders"))
                .setDryRun(true)
                .build();

        JobStatistics.QueryStatistics statistics =
                target.client.create(JobInfo.of(query)).getStatistics();

        assertEquals(250 * 8 + 250 * 6, statistics.getTotalBytesProcessed());
        assertEquals(
                List.of("id", "status"),
                statistics.getSchema().getFields().stream().map(Field::getName).toList());
    }

    @Test
    void anExtractJobWritesShards() throws InterruptedException {
        ExtractJobConfiguration extract = ExtractJobConfiguration.newBuilder(table("orders"), uri("part-*.parquet"))
                .setFormat("PARQUET")
                .setCompression("ZSTD")
                .build();

        Job done = target.client.create(JobInfo.of(extract)).waitFor();

        assertNull(done.getStatus().getError());
        JobStatistics.ExtractStatistics statistics = done.getStatistics();
        List<Blob> shards = exported();
        assertEquals(statistics.getDestinationUriFileCounts().get(0), (long) shards.size());
        assertEquals(prefix + "part-000000000000.parquet", shards.get(0).getName());
        byte[] bytes = shards.get(0).getContent();
        assertEquals("PAR1", new String(bytes, bytes.length - 4, 4, UTF_8));
    }

    @Test
    void exportDataWritesTheRowsOfAQuery() throws InterruptedException {
        QueryJobConfiguration export = QueryJobConfiguration.of("EXPORT DATA OPTIONS(uri='" + uri("*.csv")
                + "', format='CSV', overwrite=true, header=true) AS SELECT id, status FROM " + quoted("orders")
                + " ORDER BY id");

        Job done = target.client.create(JobInfo.of(export)).waitFor();

        assertNull(done.getStatus().getError());
        int lines = 0;
        for (Blob shard : exported()) {
            List<String> text = new String(shard.getContent(), UTF_8).lines().toList();
            assertEquals("id,status", text.get(0));
            lines += text.size() - 1;
        }
        assertEquals(250, lines);
    }

    /** The client asks for the job that exists when the service answers 409. */
    @Test
    void aSecondJobWithTheSameIdIsTheFirstOne() throws InterruptedException {
        JobId id = JobId.newBuilder()
                .setProject(target.dataset.getProject())
                .setJob("agnes_" + UUID.randomUUID())
                .setLocation(target.client.getDataset(target.dataset).getLocation())
                .build();
        target.client
                .create(JobInfo.of(id, QueryJobConfiguration.of("SELECT 1 AS one")))
                .waitFor();

        Job again = target.client.create(JobInfo.of(id, QueryJobConfiguration.of("SELECT 2 AS two")));

        assertEquals(
                "SELECT 1 AS one",
                again.<QueryJobConfiguration>getConfiguration().getQuery());
    }

    @Test
    void jobsAreListedAndAMissingJobIsNull() throws InterruptedException {
        target.client
                .create(JobInfo.of(QueryJobConfiguration.of("SELECT 2 AS two")))
                .waitFor();

        assertTrue(target.client
                .listJobs(JobListOption.pageSize(1))
                .iterateAll()
                .iterator()
                .hasNext());
        assertNull(target.client.getJob(JobId.of("agnes_missing_" + UUID.randomUUID())));
        assertFalse(target.client.cancel(JobId.of("agnes_missing_" + UUID.randomUUID())));
    }

    @Test
    void anInvalidQueryIsRefused() {
        BigQueryException refused = assertThrows(
                BigQueryException.class,
                () -> target.client.create(
                        JobInfo.of(QueryJobConfiguration.newBuilder("SELECT nothing FROM " + quoted("orders"))
                                .setDryRun(true)
                                .build())));
        assertEquals(400, refused.getCode());
        assertEquals("invalidQuery", refused.getError().getReason());
    }

    @Test
    void aQueryOfAMissingTableIsNotFound() {
        BigQueryException refused = assertThrows(
                BigQueryException.class,
                () -> target.client.create(
                        JobInfo.of(QueryJobConfiguration.newBuilder("SELECT * FROM " + quoted("agnes_missing"))
                                .setDryRun(true)
                                .build())));
        assertEquals(404, refused.getCode());
        assertEquals("notFound", refused.getError().getReason());
        assertTrue(refused.getMessage().contains("was not found in location"), refused.getMessage());
    }

    @Test
    void anExtractOfAMissingTableFails() throws InterruptedException {
        ExtractJobConfiguration extract = ExtractJobConfiguration.newBuilder(table("agnes_missing"), uri("*.csv"))
                .build();

        try {
            Job done = target.client.create(JobInfo.of(extract)).waitFor();
            assertEquals("notFound", done.getStatus().getError().getReason());
        } catch (BigQueryException e) {
            assertEquals("notFound", e.getError().getReason());
        }
    }

    @Test
    void bytesBilledBeyondTheMaximumAreRefused() {
        QueryJobConfiguration query = QueryJobConfiguration.newBuilder("SELECT id FROM " + quoted("orders"))
                .setMaximumBytesBilled(1L)
                .setUseQueryCache(false)
                .build();

        BigQueryException refused = assertThrows(BigQueryException.class, () -> target.client.query(query));

        assertEquals("bytesBilledLimitExceeded", refused.getError().getReason());
    }

    @Test
    void anotherLocationIsNotThatOfTheDataset() {
        JobId elsewhere = JobId.newBuilder()
                .setProject(target.dataset.getProject())
                .setJob("agnes_" + UUID.randomUUID())
                .setLocation("asia-northeast1")
                .build();

        BigQueryException refused = assertThrows(
                BigQueryException.class,
                () -> target.client.create(
                        JobInfo.of(elsewhere, QueryJobConfiguration.of("SELECT id FROM " + quoted("orders")))));

        assertEquals(404, refused.getCode());
    }
}
