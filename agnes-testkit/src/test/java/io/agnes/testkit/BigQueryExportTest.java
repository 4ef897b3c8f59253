// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.cloud.NoCredentials;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.BigQueryOptions;
import com.google.cloud.bigquery.ExtractJobConfiguration;
import com.google.cloud.bigquery.Job;
import com.google.cloud.bigquery.JobInfo;
import com.google.cloud.bigquery.JobStatistics;
import com.google.cloud.bigquery.QueryJobConfiguration;
import com.google.cloud.bigquery.TableId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of extract jobs and of {@code EXPORT DATA}. */
class BigQueryExportTest {
    private static final String SCALARS =
            "i INT64, f FLOAT64, n NUMERIC, p NUMERIC(10, 2), b BIGNUMERIC, o BOOL, s STRING,"
                    + " y BYTES, d DATE, t TIME, dt DATETIME, ts TIMESTAMP, g GEOGRAPHY";

    @TempDir
    Path directory;

    private FakeCloudStorage storage;
    private FakeBigQuery bigquery;
    private BigQuery client;

    @BeforeEach
    void start() {
        start(FakeBigQuery.builder());
    }

    private void start(FakeBigQuery.Builder settings) {
        storage = FakeCloudStorage.start().bucket("out");
        bigquery = settings.storage(storage).anonymous().start();
        client = BigQueryOptions.newBuilder()
                .setHost(bigquery.endpoint().toString())
                .setProjectId(bigquery.project())
                .setCredentials(NoCredentials.getInstance())
                .build()
                .getService();
    }

    @AfterEach
    void close() {
        bigquery.close();
        storage.close();
    }

    private FakeBigQueryTable table(String columns) {
        return bigquery.dataset("d").table("t").columns(columns);
    }

    private FakeBigQueryTable scalars() {
        return table(SCALARS)
                .row(
                        Long.MIN_VALUE,
                        "1.5",
                        "12345678901234567890123456789.123456789",
                        "12345678.90",
                        "12345678901234567890123456789012345678.12345678901234567890123456789012345678",
                        true,
                        "ü,\"<&>",
                        new byte[] {0, -1},
                        "2026-02-28",
                        "23:59:59.000001",
                        "2026-02-28 01:02:03.5",
                        "2026-02-28 01:02:03.456789+00",
                        "POINT(1.5 -2)")
                .row(new Object[13]);
    }

    private Job extract(String format, String compression, String... uris) throws InterruptedException {
        return ended(client.create(JobInfo.of(ExtractJobConfiguration.newBuilder(TableId.of("d", "t"), List.of(uris))
                .setFormat(format)
                .setCompression(compression)
                .build())));
    }

    /** The job after its end. The client throws the error of a job that failed. */
    private Job ended(Job job) throws InterruptedException {
        try {
            return job.waitFor();
        } catch (BigQueryException e) {
            return client.getJob(job.getJobId());
        }
    }

    private static @Nullable String reason(Job job) {
        return job.getStatus().getError() == null
                ? null
                : job.getStatus().getError().getReason() + ": "
                        + job.getStatus().getError().getMessage();
    }

    private Path file(String name) throws IOException {
        return Files.write(directory.resolve(name.replace('/', '_')), storage.bytes("out", name));
    }

    private static List<String> query(String sql) throws SQLException {
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            try (ResultSet rows = statement.executeQuery(sql)) {
                List<String> all = new ArrayList<>();
                while (rows.next()) {
                    StringBuilder row = new StringBuilder();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        row.append(i == 1 ? "" : "|").append(rows.getString(i));
                    }
                    all.add(row.toString());
                }
                return all;
            }
        }
    }

    private static List<String> schema(Path file) throws SQLException {
        return query(
                "SELECT name, coalesce(type, ''), coalesce(type_length, ''), repetition_type, coalesce(logical_type, '')"
                        + " FROM parquet_schema('" + file + "')");
    }

    @Nested
    class Parquet {
        @ParameterizedTest
        @ValueSource(strings = {"NONE", "SNAPPY", "GZIP", "ZSTD"})
        void everyScalarHasTheTypeThatBigQueryDocuments(String compression) throws Exception {
            scalars();

            assertNull(reason(extract("PARQUET", compression, "gs://out/all.parquet")));

            Path file = file("all.parquet");
            String timestamp =
                    "TimestampType(isAdjustedToUTC=0, unit=TimeUnit(MILLIS=<null>, MICROS=MicroSeconds(), NANOS=<null>))";
            assertEquals(
                    List.of(
                            "schema|||null|",
                            "i|INT64||OPTIONAL|",
                            "f|DOUBLE||OPTIONAL|",
                            "n|FIXED_LEN_BYTE_ARRAY|16|OPTIONAL|DecimalType(scale=9, precision=38)",
                            "p|FIXED_LEN_BYTE_ARRAY|16|OPTIONAL|DecimalType(scale=2, precision=10)",
                            "b|FIXED_LEN_BYTE_ARRAY|32|OPTIONAL|DecimalType(scale=38, precision=76)",
                            "o|BOOLEAN||OPTIONAL|",
                            "s|BYTE_ARRAY||OPTIONAL|StringType()",
                            "y|BYTE_ARRAY||OPTIONAL|",
                            "d|INT32||OPTIONAL|DateType()",
                            "t|INT64||OPTIONAL|TimeType(isAdjustedToUTC=1, unit=TimeUnit(MILLIS=<null>, MICROS=MicroSeconds(),"
                                    + " NANOS=<null>))",
                            "dt|INT64||OPTIONAL|" + timestamp,
                            "ts|INT64||OPTIONAL|" + timestamp,
                            "g|BYTE_ARRAY||OPTIONAL|GeographyType(crs=<null>, algorithm=SPHERICAL)"),
                    schema(file));
            assertEquals(
                    List.of(
                            Long.MIN_VALUE
                                    + "|1.5|12345678901234567890123456789.123456789|12345678.90|true|ü,\"<&>|\\x00\\xFF|2026-02-28"
                                    + "|2026-02-28 01:02:03.5|2026-02-28 01:02:03.456789",
                            "null|null|null|null|null|null|null|null|null|null"),
                    query("SELECT i, f, n, p, o, s, y::VARCHAR, d, dt::VARCHAR, ts::VARCHAR FROM '" + file + "'"));
        }

        @Test
        void aBigNumericHasThirtyTwoBytes() throws Exception {
            table("b BIGNUMERIC").row("-1.5").row(new BigDecimal("1e37")).row(new Object[1]);

            assertNull(reason(extract("PARQUET", "NONE", "gs://out/b.parquet")));

            HexFormat hex = HexFormat.of();
            String bytes = hex.formatHex(Files.readAllBytes(file("b.parquet")));
            String negative = hex.formatHex(signed(new BigDecimal("-1.5")));
            String large = hex.formatHex(signed(new BigDecimal("1e37")));
            assertTrue(bytes.contains(negative + large), bytes);
            assertEquals(
                    List.of("3"), query("SELECT num_rows FROM parquet_file_metadata('" + file("b.parquet") + "')"));
        }

        private byte[] signed(BigDecimal number) {
            byte[] shortest = number.setScale(38).unscaledValue().toByteArray();
            byte[] bytes = new byte[32];
            Arrays.fill(bytes, (byte) (number.signum() < 0 ? 0xff : 0));
            System.arraycopy(shortest, 0, bytes, 32 - shortest.length, shortest.length);
            return bytes;
        }

        @ParameterizedTest
        @ValueSource(strings = {"NONE", "ZSTD"})
        void structsAreGroupsAndArraysAreRepeated(String compression) throws Exception {
            table("id INT64 NOT NULL, tags ARRAY<STRING>, items ARRAY<STRUCT<sku STRING NOT NULL, sizes ARRAY<INT64>>>,"
                            + " buyer STRUCT<name STRING, address STRUCT<zip STRING>>")
                    .row(
                            1,
                            List.of("a", "b"),
                            List.of(Map.of("sku", "x", "sizes", List.of(1, 2)), Map.of("sku", "y", "sizes", List.of())),
                            Map.of("name", "Ada", "address", Map.of("zip", "1")))
                    .row(2, List.of(), List.of(), null)
                    .row(3, List.of("c"), List.of(Map.of("sku", "z", "sizes", List.of(3))), Map.of("name", "Bo"));

            assertNull(reason(extract("PARQUET", compression, "gs://out/n.parquet")));

            Path file = file("n.parquet");
            assertEquals(
                    List.of(
                            "schema|||null|",
                            "id|INT64||REQUIRED|",
                            "tags|BYTE_ARRAY||REPEATED|StringType()",
                            "items|||REPEATED|",
                            "sku|BYTE_ARRAY||REQUIRED|StringType()",
                            "sizes|INT64||REPEATED|",
                            "buyer|||OPTIONAL|",
                            "name|BYTE_ARRAY||OPTIONAL|StringType()",
                            "address|||OPTIONAL|",
                            "zip|BYTE_ARRAY||OPTIONAL|StringType()"),
                    schema(file));
            assertEquals(
                    List.of(
                            "1|[a, b]|[{'sku': x, 'sizes': [1, 2]}, {'sku': y, 'sizes': []}]|{'name': Ada, 'address': {'zip': 1}}",
                            "2|[]|[]|NULL",
                            "3|[c]|[{'sku': z, 'sizes': [3]}]|{'name': Bo, 'address': NULL}"),
                    query("SELECT id, tags::VARCHAR, items::VARCHAR, coalesce(buyer::VARCHAR, 'NULL') FROM '" + file
                            + "'"));
        }

        @Test
        void manyRowsOfNestedColumnsSurviveTheRewriting() throws Exception {
            table("id INT64 NOT NULL, tags ARRAY<STRING>, b BIGNUMERIC")
                    .rowsOf(
                            "SELECT range, list_transform(range(range % 4), lambda x: 'tag' || x), range / 2 FROM range(300000)");

            assertNull(reason(extract("PARQUET", "SNAPPY", "gs://out/many.parquet")));

            assertEquals(
                    List.of("300000|44999850000|450000|150000"),
                    query("SELECT count(*), sum(id), sum(len(tags)), count(*) FILTER (tags[2] = 'tag1') FROM '"
                            + file("many.parquet") + "'"));
        }

        @Test
        void aGeographyHasGeoParquetMetadata() throws Exception {
            scalars();

            extract("PARQUET", "NONE", "gs://out/g.parquet");

            assertEquals(
                    List.of("{\"version\":\"1.0.0\",\"primary_column\":\"g\",\"columns\":{\"g\":{\"encoding\":\"WKB\","
                            + "\"geometry_types\":[],\"edges\":\"spherical\"}}}"),
                    query("SELECT decode(value) FROM parquet_kv_metadata('" + file("g.parquet")
                            + "') WHERE decode(key) = 'geo'"));
        }

        @Test
        void aNullInAnArrayFailsTheJob() throws Exception {
            table("tags ARRAY<STRING>").row(Arrays.asList("a", null));

            String reason = reason(extract("PARQUET", "NONE", "gs://out/null.parquet"));

            assertTrue(String.valueOf(reason).contains("Array cannot have a null element"), reason);
            assertEquals(List.of(), storage.list("out", ""));
        }

        @ParameterizedTest
        @ValueSource(strings = {"JSON", "INTERVAL", "RANGE<DATE>", "STRUCT<x JSON>"})
        void aTypeWithoutParquetTypeFailsTheJobAndNamesTheColumn(String type) throws Exception {
            table("odd " + type);

            String reason = String.valueOf(reason(extract("PARQUET", "NONE", "gs://out/x.parquet")));

            assertTrue(reason.startsWith("invalid: ") && reason.contains("Field: odd"), reason);
        }
    }

    @Nested
    class TextFiles {
        @Test
        void csvIsWrittenAsBigQueryDoes() throws Exception {
            scalars();

            assertNull(reason(extract("CSV", "NONE", "gs://out/all.csv")));

            assertEquals(
                    "i,f,n,p,b,o,s,y,d,t,dt,ts,g\n" + Long.MIN_VALUE
                            + ",1.5,12345678901234567890123456789.123456789,12345678.9,"
                            + "12345678901234567890123456789012345678.12345678901234567890123456789012345678,"
                            + "true,\"ü,\"\"<&>\",AP8=,2026-02-28,23:59:59.000001,2026-02-28T01:02:03.500000,"
                            + "2026-02-28 01:02:03.456789 UTC,POINT(1.5 -2)\n,,,,,,,,,,,,\n",
                    new String(storage.bytes("out", "all.csv"), UTF_8));
        }

        @Test
        void jsonIsWrittenAsBigQueryDoes() throws Exception {
            table("i INT64, f FLOAT64, n NUMERIC, o BOOL, s STRING, j JSON, r RANGE<DATE>, v INTERVAL, a ARRAY<INT64>,"
                            + " st STRUCT<x INT64, y STRING>")
                    .row(
                            1,
                            1.5,
                            "2.50",
                            true,
                            "<&>",
                            "{\"k\":[1]}",
                            "[2026-01-01, UNBOUNDED)",
                            "14 months",
                            List.of(1, 2),
                            Map.of("x", 3))
                    .row(null, null, null, null, null, null, null, null, List.of(), null);

            assertNull(reason(extract("NEWLINE_DELIMITED_JSON", "GZIP", "gs://out/all.json.gz")));

            String text = new String(
                    new GZIPInputStream(new ByteArrayInputStream(storage.bytes("out", "all.json.gz"))).readAllBytes(),
                    UTF_8);
            assertEquals(
                    "{\"i\":\"1\",\"f\":1.5,\"n\":\"2.5\",\"o\":true,\"s\":\"\\u003c\\u0026\\u003e\",\"j\":{\"k\":[1]},"
                            + "\"r\":\"[2026-01-01, UNBOUNDED)\",\"v\":\"1-2 0 0:0:0\",\"a\":[\"1\",\"2\"],\"st\":{\"x\":\"3\"}}\n"
                            + "{\"a\":[]}\n",
                    text);
        }

        @Test
        void csvOfANestedColumnFails() throws Exception {
            table("id INT64, tags ARRAY<STRING>");

            assertEquals(
                    "invalid: Operation cannot be performed on a nested schema. Field: tags",
                    reason(extract("CSV", "NONE", "gs://out/x.csv")));
        }
    }

    @Nested
    class Shards {
        @Test
        void theyHaveTwelveDigitsAndKeepTheOrder() throws Exception {
            close();
            start(FakeBigQuery.builder().shards(3));
            table("id INT64").rowsOf("SELECT range FROM range(10)");

            Job job = extract("CSV", "NONE", "gs://out/p/part-*.csv");

            JobStatistics.ExtractStatistics statistics = job.getStatistics();
            assertEquals(List.of(3L), statistics.getDestinationUriFileCounts());
            assertEquals(
                    List.of("p/part-000000000000.csv", "p/part-000000000001.csv", "p/part-000000000002.csv"),
                    storage.list("out", "p/").stream().map(FakeObject::name).toList());
            assertEquals("id\n0\n1\n2\n", new String(storage.bytes("out", "p/part-000000000000.csv"), UTF_8));
        }

        @Test
        void anEmptyTableHasOneFile() throws Exception {
            table("id INT64");

            assertNull(reason(extract("PARQUET", "ZSTD", "gs://out/e-*.parquet")));

            assertEquals(List.of("0"), query("SELECT count(*) FROM '" + file("e-000000000000.parquet") + "'"));
        }

        @Test
        void aLargeTableDoesNotFitIntoOneFile() throws Exception {
            close();
            start(FakeBigQuery.builder().singleFileBytes(80).shardBytes(80));
            table("id INT64").rowsOf("SELECT range FROM range(11)");

            String reason = String.valueOf(reason(extract("CSV", "NONE", "gs://out/one.csv")));
            Job sharded = extract("CSV", "NONE", "gs://out/*.csv");

            assertTrue(reason.contains("too large to be exported to a single file"), reason);
            assertEquals(
                    List.of(2L),
                    sharded.<JobStatistics.ExtractStatistics>getStatistics().getDestinationUriFileCounts());
        }

        @Test
        void aMissingBucketFailsTheJob() throws Exception {
            table("id INT64");

            assertTrue(String.valueOf(reason(extract("CSV", "NONE", "gs://none/x.csv")))
                    .startsWith("notFound: "));
        }
    }

    @Nested
    class ExportData {
        private Job export(String options, String query) throws InterruptedException {
            return ended(client.create(
                    JobInfo.of(QueryJobConfiguration.of("EXPORT DATA OPTIONS(" + options + ") AS " + query))));
        }

        @Test
        void theStatementOfADumpRuns() throws Exception {
            table("_id INT64, ts TIMESTAMP, dt DATETIME, name STRING")
                    .row(2, "2026-02-28 01:02:03.5+00", "2026-02-28 01:02:03", "b")
                    .row(1, "2026-02-28 01:02:03+00", "2026-02-28 01:02:03.25", "a");

            Job done = export(
                    "uri='gs://out/dumps/*.csv', format='CSV', overwrite=true",
                    "SELECT `_id`, FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E*SZ', `ts`, 'UTC') AS `ts`,"
                            + " FORMAT_DATETIME('%Y-%m-%dT%H:%M:%E*S', dt) AS dt, name FROM `"
                            + bigquery.project() + ".d.t` FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP() ORDER BY _id");

            assertNull(reason(done));
            assertEquals(
                    "1,2026-02-28T01:02:03Z,2026-02-28T01:02:03.25,a\n2,2026-02-28T01:02:03.5Z,2026-02-28T01:02:03,b\n",
                    new String(storage.bytes("out", "dumps/000000000000.csv"), UTF_8));
            JobStatistics.QueryStatistics statistics = done.getStatistics();
            assertEquals(1L, statistics.getExportDataStats().getFileCount());
            assertEquals(2L, statistics.getExportDataStats().getRowCount());
        }

        @Test
        void typesWithoutParquetTypeAreCastToText() throws Exception {
            table("j JSON, r RANGE<DATE>, v INTERVAL, b BIGNUMERIC")
                    .row("{\"a\":1}", "[2026-01-01, 2026-02-01)", "1 month 2 days", "1.50");

            assertNull(reason(export(
                    "uri='gs://out/*.parquet', format='PARQUET', compression='ZSTD'",
                    "SELECT TO_JSON_STRING(j) AS j, CAST(r AS STRING) AS r, CAST(v AS STRING) AS v, CAST(b AS STRING) AS b"
                            + " FROM d.t")));

            assertEquals(
                    List.of("{\"a\":1}|[2026-01-01, 2026-02-01)|0-1 2 0:0:0|1.5"),
                    query("SELECT * FROM '" + file("000000000000.parquet") + "'"));
        }

        @Test
        void withoutOverwriteTheDestinationMustBeEmpty() throws Exception {
            storage.put("out", "x/000000000007.csv", new byte[1], "text/csv");
            table("id INT64").row(1);

            Job refused = export("uri='gs://out/x/*.csv', format='CSV'", "SELECT * FROM d.t");
            Job replaced = export("uri='gs://out/x/*.csv', format='CSV', overwrite=true", "SELECT * FROM d.t");

            assertTrue(String.valueOf(reason(refused)).contains("is not empty"), reason(refused));
            assertNull(reason(replaced));
            assertEquals(2, storage.list("out", "x/").size());
        }
    }
}
