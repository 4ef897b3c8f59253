// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GoogleSQL that {@link FakeBigQuery} runs or refuses. */
class GoogleSqlTest {
    private static final ManualClock CLOCK = ManualClock.standingAt(Instant.parse("2026-11-28T12:00:00Z"));
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static FakeBigQuery bigquery;

    @BeforeAll
    static void start() {
        bigquery = FakeBigQuery.builder().anonymous().clock(CLOCK).start();
        bigquery.dataset("d")
                .table("t")
                .columns("id INT64, name STRING, tags ARRAY<STRING>, st STRUCT<x INT64, y STRING>, `odd name` FLOAT64")
                .row(1, "Ada", List.of("a", "b"), Map.of("x", 1, "y", "one"), 1.5)
                .row(2, null, List.of(), null, null);
        bigquery.dataset("other-project", "d2").table("u").columns("id INT64").row(2);
    }

    @AfterAll
    static void close() {
        bigquery.close();
        HTTP.close();
    }

    private static HttpResponse<String> post(String sql) throws Exception {
        Map<String, Object> body = Map.of("query", sql, "useLegacySql", false);
        URI url = URI.create(bigquery.endpoint() + "/bigquery/v2/projects/agnes-testkit/queries");
        HttpRequest request = HttpRequest.newBuilder(url)
                .POST(HttpRequest.BodyPublishers.ofString(Json.write(body)))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
    }

    /** Rows separated by semicolons, cells by spaces. */
    private static String result(String sql) throws Exception {
        HttpResponse<String> response = post(sql);
        assertEquals(200, response.statusCode(), response.body());
        Map<?, ?> json = (Map<?, ?>) Json.read(response.body());
        return ((List<?>) json.get("rows"))
                .stream()
                        .map(row -> ((List<?>) ((Map<?, ?>) row).get("f"))
                                .stream().map(GoogleSqlTest::cell).collect(Collectors.joining(" ")))
                        .collect(Collectors.joining("; "));
    }

    private static String cell(Object cell) {
        Object value = ((Map<?, ?>) cell).get("v");
        return value instanceof List<?> array
                ? array.stream().map(GoogleSqlTest::cell).collect(Collectors.joining(",", "[", "]"))
                : String.valueOf(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                // Names of tables.
                "SELECT id FROM `agnes-testkit.d.t` ORDER BY id | 1; 2",
                "SELECT id FROM `agnes-testkit`.d.t ORDER BY id | 1; 2",
                "SELECT id FROM agnes-testkit.d.t ORDER BY id | 1; 2",
                "SELECT t.id FROM d.t JOIN `other-project.d2.u` AS u ON u.id = t.id | 2",
                "SELECT x.id FROM d.t x, `other-project`.d2.u WHERE x.id = u.id | 2",
                "WITH t AS (SELECT 7 AS id) SELECT id FROM t | 7",
                "SELECT `odd name` FROM d.t WHERE `odd name` IS NOT NULL | 1.5",
                "SELECT id FROM (SELECT * FROM d.t) WHERE id IN (SELECT id FROM other-project.d2.u) | 2",
                // Literals.
                "SELECT \"it's\", 'a\\'b', r'\\d', '''x''', b'\\x01' AS y | it's a'b \\d x AQ==",
                "SELECT 0x10, 1e3, .5 | 16 1000.0 0.5",
                "SELECT DATE '2026-01-02', DATETIME '2026-01-02 03:04:05', TIME '03:04:05' | 2026-01-02 2026-01-02T03:04:05 03:04:05",
                "SELECT NUMERIC '1.50', BIGNUMERIC '123456789012345678901234567890.10' | 1.5 123456789012345678901234567890.1",
                "SELECT TIMESTAMP '1970-01-01 00:00:01.5+00' | 1.5",
                "SELECT [1, 2], ARRAY<INT64>[3] | [1,2] [3]",
                "SELECT 1 -- comment | 1",
                "SELECT /* a, 1 */ 2 | 2",
                // Structs, arrays, sets.
                "SELECT st.y FROM d.t WHERE id = 1 | one",
                "SELECT STRUCT(1 AS a, 'x' AS b).b | x",
                "SELECT tag FROM d.t, t.tags AS tag ORDER BY tag | a; b",
                "SELECT tag FROM d.t CROSS JOIN UNNEST(t.tags) AS tag ORDER BY tag DESC | b; a",
                "SELECT n FROM UNNEST(GENERATE_ARRAY(1, 3)) AS n | 1; 2; 3",
                "SELECT tags[OFFSET(0)], tags[ORDINAL(2)], ARRAY_LENGTH(tags) FROM d.t WHERE id = 1 | a b 2",
                "SELECT 1 IN UNNEST([1, 2]) | true",
                "SELECT ARRAY(SELECT id FROM d.t ORDER BY id) | [1,2]",
                "SELECT 1 UNION DISTINCT SELECT 1 | 1",
                "SELECT * EXCEPT (tags, st, `odd name`) FROM d.t ORDER BY id | 1 Ada; 2 null",
                "SELECT * REPLACE (id + 1 AS id) FROM (SELECT id FROM d.t WHERE id = 1) | 2",
                "SELECT name FROM d.t ORDER BY name | null; Ada",
                // Functions.
                "SELECT CAST(1.50 AS STRING), CAST('7' AS INT64), SAFE_CAST('x' AS INT64), CAST(b'x' AS STRING) | 1.5 7 null x",
                "SELECT FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E*SZ', TIMESTAMP '2026-01-02 03:04:05.120+00') | 2026-01-02T03:04:05.12Z",
                "SELECT FORMAT_DATETIME('%F %T', DATETIME '2026-01-02 03:04:05'), FORMAT_DATE('%b %e', DATE '2026-01-02') | 2026-01-02 03:04:05 Jan  2",
                "SELECT TO_JSON_STRING(st) FROM d.t WHERE id = 1 | {\"x\":1,\"y\":\"one\"}",
                "SELECT TIMESTAMP_TRUNC(TIMESTAMP '2026-05-06 07:08:09+00', MONTH) = TIMESTAMP '2026-05-01 00:00:00+00' | true",
                "SELECT EXTRACT(YEAR FROM DATE '2026-05-06'), DATE_ADD(DATE '2026-01-31', INTERVAL 1 DAY) | 2026 2026-02-01",
                "SELECT CURRENT_DATE(), CURRENT_TIMESTAMP() = TIMESTAMP '2026-11-28 12:00:00+00' | 2026-11-28 true",
                "SELECT UNIX_MICROS(TIMESTAMP_MILLIS(1500)), DIV(7, 2), SAFE_DIVIDE(1, 0), 7 / 2 | 1500000 3 null 3.5",
                "SELECT COUNTIF(id > 1), SUM(id), STRING_AGG(name) FROM d.t | 1 3 Ada",
                "SELECT ST_ASTEXT(ST_GEOGPOINT(1.5, -2)), ST_GEOGFROMTEXT('POINT(0 1)') | POINT(1.5 -2) POINT(0 1)",
                "SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC) AS n FROM d.t QUALIFY n = 1 | 2 1",
                "SELECT JSON_VALUE(JSON '{\"a\": \"b\"}', '$.a') | b",
                "SELECT CAST(INTERVAL 90 MINUTE AS STRING) | 0-0 0 1:30:0",
            })
    void itRuns(String sql, String rows) throws Exception {
        assertEquals(rows, result(sql));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "SELECT read_csv('/etc/passwd') | 400 | invalidQuery | Function not found: read_csv at [1:8]",
                "SELECT * FROM read_parquet('x') | 400 | invalidQuery | Function not found: read_parquet at [1:15]",
                "SELECT * FROM t | 400 | invalidQuery | must be qualified with a dataset (e.g. dataset.table)",
                "SELECT * FROM d.nothing | 404 | notFound | Not found: Table agnes-testkit:d.nothing was not found in location US",
                "SELECT * FROM none.t | 404 | notFound | Not found: Dataset agnes-testkit:none was not found in location US",
                "SELECT * FROM `d.t*` | 400 | invalidQuery | does not support wildcard tables",
                "SELECT nope FROM d.t | 400 | invalidQuery | nope",
                "SELECT (1 | 400 | invalidQuery | Expected \")\" but got end of statement",
                "SELECT 'a | 400 | invalidQuery | Unclosed string literal at [1:8]",
                "DELETE FROM d.t WHERE true | 400 | invalidQuery | no statement that begins with DELETE",
                "SELECT * FROM d.t WHERE id = @id | 400 | invalidQuery | query parameters",
                "SELECT 1; DROP TABLE x | 400 | invalidQuery | Expected end of input but got \";\" at [1:9]",
            })
    void itIsRefused(String sql, int status, String reason, String message) throws Exception {
        HttpResponse<String> response = post(sql);

        assertEquals(status, response.statusCode(), response.body());
        Map<?, ?> error = (Map<?, ?>) ((Map<?, ?>) Json.read(response.body())).get("error");
        assertEquals(reason, ((Map<?, ?>) ((List<?>) error.get("errors")).get(0)).get("reason"));
        assertTrue(String.valueOf(error.get("message")).contains(message), response.body());
    }

    /** The table has 2 integers, one name of 3 bytes, 2 tags of 1 byte, and a struct of an integer and 3 bytes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT count(*) FROM d.t | 0",
                "SELECT id FROM d.t | 16",
                "SELECT id * 2, name FROM d.t | 21",
                "SELECT tags FROM d.t | 6",
                "SELECT st FROM d.t | 13",
                "SELECT t.* FROM d.t | 48",
            })
    void itReadsTheBytesOfTheColumnsThatItNames(String sql, String bytes) throws Exception {
        String body = post(sql).body();

        assertTrue(body.contains("\"totalBytesProcessed\":\"" + bytes + "\""), body);
    }

    @Test
    void aDefaultDatasetQualifiesTables() throws Exception {
        String body = "{\"query\":\"SELECT count(*) AS n FROM t\",\"useLegacySql\":false,"
                + "\"defaultDataset\":{\"datasetId\":\"d\"}}";
        URI url = URI.create(bigquery.endpoint() + "/bigquery/v2/projects/agnes-testkit/queries");

        HttpResponse<String> response = HTTP.send(
                HttpRequest.newBuilder(url)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString(UTF_8));

        assertTrue(response.body().contains("\"rows\":[{\"f\":[{\"v\":\"2\"}]}]"), response.body());
    }

    @Test
    void expressionsWithoutAliasHaveTheNamesOfBigQuery() throws Exception {
        String body =
                post("SELECT count(*), 1, id AS kept FROM d.t GROUP BY id").body();

        assertTrue(
                body.contains("\"name\":\"f0_\"")
                        && body.contains("\"name\":\"f1_\"")
                        && body.contains("\"name\":\"kept\""),
                body);
    }
}
