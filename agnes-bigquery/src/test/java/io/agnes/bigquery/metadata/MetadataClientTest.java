// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryReadCredentials;
import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.HurriedTime;
import io.agnes.bigquery.ScriptedGoogle;
import io.agnes.bigquery.ScriptedGoogle.Call;
import io.agnes.bigquery.ScriptedGoogle.Reply;
import io.agnes.bigquery.ServiceAccountKey;
import io.agnes.core.work.Task;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetadataClientTest {
    private static final BigQueryTable ORDERS = new BigQueryTable("my-project", "sales", "orders");
    private static final String SMALL = """
            {"type": "TABLE", "numRows": "3", "numBytes": "120", "etag": "e1", "lastModifiedTime": "1778148000000",
             "location": "EU", "schema": {"fields": [{"name": "id", "type": "INTEGER"}]}}""";

    private final HurriedTime time = new HurriedTime();
    private ScriptedGoogle google;

    @BeforeEach
    void start() throws Exception {
        google = ScriptedGoogle.start(call -> ScriptedGoogle.json(200, SMALL));
    }

    @AfterEach
    void end() throws Exception {
        google.close();
    }

    private TableMetadata orders() throws InterruptedException {
        return orders(google.config());
    }

    private TableMetadata orders(BigQueryConfig config) throws InterruptedException {
        try (MetadataClient client = MetadataClient.of(config, time)) {
            return client.table(ORDERS);
        }
    }

    private TableMetadata resource(String json) throws InterruptedException {
        google.script(call -> ScriptedGoogle.json(200, json));
        return orders();
    }

    private GoogleCloudException failure() {
        return failure(google.config());
    }

    private GoogleCloudException failure(BigQueryConfig config) {
        return assertThrows(GoogleCloudException.class, () -> orders(config));
    }

    private static Function<Call, Reply> inTurn(Reply... replies) {
        Queue<Reply> rest = new ArrayDeque<>(List.of(replies));
        return call -> rest.remove();
    }

    /** Google's libraries need modules that only their error paths show: these tests have to run with them. */
    @Test
    void theTestsRunOnTheModulePath() {
        assertTrue(MetadataClient.class.getModule().isNamed());
        assertTrue(com.google.cloud.BaseServiceException.class.getModule().isNamed());
    }

    @Nested
    class Resources {
        @Test
        void oneCallBringsWhatBigQueryKnows() throws Exception {
            TableMetadata table = resource("""
                    {"kind": "bigquery#table", "type": "TABLE", "etag": "abc==", "location": "EU", "description": "all orders",
                     "numRows": "12345678901", "numBytes": "9876543210", "lastModifiedTime": "1778148000123",
                     "timePartitioning": {"type": "DAY", "field": "created_at", "requirePartitionFilter": true},
                     "clustering": {"fields": ["status", "customer"]},
                     "streamingBuffer": {"estimatedRows": "7", "estimatedBytes": "4096", "oldestEntryTime": "1778147000000"},
                     "schema": {"fields": [
                       {"name": "id", "type": "INTEGER", "mode": "REQUIRED", "description": "the key"},
                       {"name": "price", "type": "NUMERIC", "precision": "18", "scale": "3"},
                       {"name": "big", "type": "BIGNUMERIC", "precision": "40"},
                       {"name": "code", "type": "STRING", "maxLength": "30"},
                       {"name": "ratio", "type": "FLOAT"},
                       {"name": "active", "type": "BOOLEAN"},
                       {"name": "valid", "type": "RANGE", "rangeElementType": {"type": "DATE"}},
                       {"name": "tags", "type": "STRING", "mode": "REPEATED"},
                       {"name": "items", "type": "RECORD", "mode": "REPEATED", "fields": [
                         {"name": "sku", "type": "STRING"}, {"name": "odd name", "type": "GEOGRAPHY"}]}]}}""");
            assertEquals(
                    new TableMetadata(
                            ORDERS,
                            EntityType.TABLE,
                            12_345_678_901L,
                            9_876_543_210L,
                            Optional.of(new Partitioning.ByTime("DAY", "created_at")),
                            List.of("status", "customer"),
                            List.of(
                                    new MetadataColumn("id", "INT64", true, "the key"),
                                    new MetadataColumn("price", "NUMERIC(18, 3)", false, ""),
                                    new MetadataColumn("big", "BIGNUMERIC(40)", false, ""),
                                    new MetadataColumn("code", "STRING(30)", false, ""),
                                    new MetadataColumn("ratio", "FLOAT64", false, ""),
                                    new MetadataColumn("active", "BOOL", false, ""),
                                    new MetadataColumn("valid", "RANGE<DATE>", false, ""),
                                    new MetadataColumn("tags", "ARRAY<STRING>", false, ""),
                                    new MetadataColumn(
                                            "items", "ARRAY<STRUCT<sku STRING, `odd name` GEOGRAPHY>>", false, "")),
                            Optional.of(new StreamingBuffer(
                                    7, 4096, Optional.of(Instant.ofEpochMilli(1_778_147_000_000L)))),
                            "abc==",
                            Instant.ofEpochMilli(1_778_148_000_123L),
                            "EU",
                            "all orders"),
                    table);
            assertEquals(1, google.calls().size());
            assertEquals(
                    "/bigquery/v2/projects/my-project/datasets/sales/tables/orders",
                    google.calls().getFirst().target().replaceFirst("\\?.*", ""));
        }

        @Test
        void aViewHasNoRowsOfItsOwn() throws Exception {
            TableMetadata view = resource("""
                    {"type": "VIEW", "location": "EU", "numRows": "0", "numBytes": "0", "view": {"query": "SELECT 1 AS one"},
                     "schema": {"fields": [{"name": "one", "type": "INTEGER"}]}}""");
            assertEquals(EntityType.VIEW, view.entityType());
            assertNull(view.rows());
            assertNull(view.bytes());
            assertEquals("EU", view.location());
            assertEquals(List.of(), view.missing());
        }

        @ParameterizedTest
        @CsvSource({
            "MATERIALIZED_VIEW, '', MATERIALIZED_VIEW",
            "EXTERNAL, '', EXTERNAL",
            "SNAPSHOT, '', SNAPSHOT",
            "TABLE, ', \"cloneDefinition\": {\"baseTableReference\": {\"tableId\": \"orders\"}}', CLONE"
        })
        void everyTypeIsKnown(String type, String more, EntityType expected) throws Exception {
            assertEquals(
                    expected,
                    resource("{\"type\": \"" + type + "\"" + more + "}").entityType());
        }

        @Test
        void partitionsByRangeAndByTheTimeOfLoading() throws Exception {
            assertEquals(
                    Optional.of(new Partitioning.ByRange("customer", 0, 100, 10)),
                    resource("""
                                    {"type": "TABLE", "rangePartitioning": {"field": "customer",
                                     "range": {"start": "0", "end": "100", "interval": "10"}}}""").partitioning());
            assertEquals(
                    Optional.of(new Partitioning.ByTime("HOUR", "_PARTITIONTIME")),
                    resource("{\"type\": \"TABLE\", \"timePartitioning\": {\"type\": \"HOUR\"}}")
                            .partitioning());
        }

        @Test
        void anAnswerInPartSaysWhatIsMissing() throws Exception {
            assertEquals(
                    List.of("rows", "bytes", "columns"),
                    resource("{\"type\": \"TABLE\"}").missing());
        }

        @Test
        void namesAreEncodedInTheAddress() throws Exception {
            try (MetadataClient client = MetadataClient.of(google.config(), time)) {
                client.table(new BigQueryTable("example.com:my-project", "sales", "objednávky 2026"));
            }
            assertTrue(
                    google.calls()
                            .getFirst()
                            .target()
                            .contains("/projects/example.com:my-project/datasets/sales/tables/objedn%C3%A1vky%202026"),
                    () -> google.calls().getFirst().target());
        }

        @ParameterizedTest
        @CsvSource({
            "{}",
            "{\"type\": \"MODEL\"}",
            "<html>login</html>",
            "[]",
            "{\"type\": \"TABLE\"; \"numRows\": \"many\"}"
        })
        void anotherAnswerIsUnreadable(String body) {
            google.script(call -> ScriptedGoogle.json(200, body.replace(';', ',')));
            assertTrue(
                    failure().code().matches("answer_unreadable|source_unreachable"),
                    () -> failure().toString());
        }
    }

    @Nested
    class Listings {
        @Test
        void datasetsComeInPages() throws Exception {
            google.script(
                    call -> ScriptedGoogle.json(
                            200,
                            call.target().contains("pageToken=p2")
                                    ? "{\"datasets\": [{\"datasetReference\": {\"datasetId\": \"b\"}}]}"
                                    : "{\"datasets\": [{\"datasetReference\": {\"datasetId\": \"a\"}}], \"nextPageToken\": \"p2\"}"));
            try (MetadataClient client = MetadataClient.of(google.config(), time)) {
                assertEquals(List.of("a", "b"), client.datasets());
            }
        }

        @Test
        void anEmptyProjectHasNoDatasets() throws Exception {
            google.script(call -> ScriptedGoogle.json(200, "{\"kind\": \"bigquery#datasetList\"}"));
            try (MetadataClient client = MetadataClient.of(google.config(), time)) {
                assertEquals(List.of(), client.datasets());
                assertEquals(List.of(), new BigQueryDiscovery(client).list());
            }
        }

        @Test
        void aDiscoveryListsEveryTableOfEveryDataset() throws Exception {
            google.script(call -> ScriptedGoogle.json(
                    200,
                    call.target().contains("/tables")
                            ? "{\"tables\": [{\"type\": \"VIEW\", \"tableReference\": {\"tableId\": \"t1\"}}]}"
                            : "{\"datasets\": [{\"datasetReference\": {\"datasetId\": \"a\"}},"
                                    + " {\"datasetReference\": {\"datasetId\": \"b\"}}]}"));
            try (MetadataClient client = MetadataClient.of(google.config(), time)) {
                assertEquals(
                        List.of("a.t1", "b.t1"),
                        new BigQueryDiscovery(client)
                                .list().stream()
                                        .map(found -> found.proposedId())
                                        .toList());
            }
        }

        @Test
        void pagesThatNeverEndAreRefused() throws Exception {
            google.script(call -> ScriptedGoogle.json(200, "{\"nextPageToken\": \"again\"}"));
            try (MetadataClient client = MetadataClient.of(google.config(), time)) {
                assertEquals(
                        "answer_unreadable",
                        assertThrows(GoogleCloudException.class, client::datasets)
                                .code());
            }
            assertEquals(2, google.calls().size());
        }

        @Test
        void aRefusalNamesThePermissionToList() {
            google.script(call -> ScriptedGoogle.error(403, "accessDenied", "Access Denied: Dataset"));
            try (MetadataClient client = MetadataClient.of(google.config(), time)) {
                String message = String.valueOf(assertThrows(GoogleCloudException.class, () -> client.tables("sales"))
                        .getMessage());
                assertTrue(message.contains("permission bigquery.tables.list is missing"), message);
            }
        }
    }

    @Nested
    class Failures {
        @ParameterizedTest
        @CsvSource({
            "400, invalid, request_refused, 1",
            "401, authError, credentials_refused, 1",
            "403, accessDenied, access_denied, 1",
            "403, quotaExceeded, quota_exceeded, 1",
            "403, rateLimitExceeded, rate_limited, 6",
            "404, notFound, table_not_found, 1",
            "429, rateLimitExceeded, rate_limited, 6",
            "500, backendError, source_unavailable, 6",
            "502, backendError, source_unavailable, 6",
            "503, backendError, source_unavailable, 6"
        })
        void eachStatusHasItsCodeAndItsAttempts(int status, String reason, String code, int attempts) {
            google.script(call -> ScriptedGoogle.error(status, reason, "it failed"));
            assertEquals(code, failure().code());
            assertEquals(attempts, google.calls().size());
        }

        @Test
        void anotherAttemptMaySucceed() throws Exception {
            google.script(inTurn(
                    ScriptedGoogle.error(503, "backendError", "busy"),
                    new Reply.Reset(),
                    new Reply.Cut(SMALL.substring(0, 20)),
                    ScriptedGoogle.json(200, SMALL)));
            // The JDK itself repeats a GET after a connection that closed without an answer.
            assertEquals(3L, orders().rows());
        }

        @Test
        void googleSaysHowLongToWait() throws Exception {
            google.script(
                    inTurn(new Reply.Answer(429, Map.of("Retry-After", "7"), "{}"), ScriptedGoogle.json(200, SMALL)));
            orders();
            assertEquals(List.of(Duration.ofSeconds(7)), time.pauses());
        }

        @Test
        void pausesEndWithTheBudget() {
            google.script(call -> new Reply.Answer(429, Map.of("Retry-After", "60"), "{}"));
            assertEquals(
                    "rate_limited",
                    failure(google.config().withRetryBudget(Duration.ofSeconds(130)))
                            .code());
            assertEquals(3, google.calls().size());
        }

        @Test
        void aSilentServerIsATimeout() {
            google.script(call -> new Reply.Stall());
            GoogleCloudException e = failure(
                    google.config().withReadTimeout(Duration.ofMillis(50)).withRetryBudget(Duration.ZERO));
            assertEquals("source_timeout", e.code());
        }

        @Test
        void aServerThatIsNotThereIsUnreachable() throws Exception {
            BigQueryConfig config = google.config();
            google.close();
            assertEquals("source_unreachable", failure(config).code());
            assertEquals(5, time.pauses().size());
        }

        @Test
        void aRedirectIsNotFollowedToAForeignHost() {
            for (String address : List.of("https://example.org/stolen", "http://bigquery.googleapis.com/stolen")) {
                google.script(call -> new Reply.Answer(302, Map.of("Location", address), ""));
                assertEquals("target_refused", failure().code());
            }
        }

        @Test
        void anInterruptEndsTheCallAndItsConnection() throws Exception {
            google.script(call -> new Reply.Stall());
            Task<TableMetadata> call = Task.start("call", () -> orders());
            google.awaitStall();
            call.close();
            assertThrows(InterruptedException.class, call::await);
            google.awaitHangUp();
            assertEquals(1, google.calls().size());
        }

        @Test
        void closingTheClientEndsTheCall() throws Exception {
            google.script(call -> new Reply.Stall());
            MetadataClient client = MetadataClient.of(google.config(), time);
            try (Task<TableMetadata> call = Task.start("call", () -> client.table(ORDERS))) {
                google.awaitStall();
                client.close();
                assertEquals(
                        "client_closed",
                        assertThrows(GoogleCloudException.class, call::await).code());
                google.awaitHangUp();
            }
            assertEquals(
                    "client_closed",
                    assertThrows(GoogleCloudException.class, () -> client.table(ORDERS))
                            .code());
        }
    }

    @Nested
    class Tokens {
        private ServiceAccountKey key;
        private BigQueryConfig config;

        @BeforeEach
        void key() {
            key = ServiceAccountKey.of(URI.create(google.url() + "/token"));
            config = google.config().withReadCredentials(BigQueryReadCredentials.json(key.json()));
        }

        private void tokens(Function<Call, Reply> tokens, Function<Call, Reply> tables) {
            google.script(call -> call.target().equals("/token") ? tokens.apply(call) : tables.apply(call));
        }

        private static Reply token(String value) {
            return ScriptedGoogle.json(
                    200, "{\"access_token\": \"" + value + "\", \"expires_in\": 3600, \"token_type\": \"Bearer\"}");
        }

        @Test
        void aKeyBecomesATokenThatMayOnlyRead() throws Exception {
            tokens(call -> token("ya29.first"), call -> ScriptedGoogle.json(200, SMALL));
            assertEquals(3L, orders(config).rows());
            Call request = google.calls().getFirst();
            String claims = request.body().replaceFirst(".*assertion=[^.]*\\.([^.]*)\\..*", "$1");
            assertTrue(new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8)
                    .contains("\"scope\":\"https://www.googleapis.com/auth/bigquery.readonly\""));
            assertEquals("Bearer ya29.first", google.calls().getLast().headers().get("authorization"));
        }

        @Test
        void aTokenThatEndsEarlyIsRenewed() throws Exception {
            Function<Call, Reply> tokens = inTurn(token("ya29.first"), token("ya29.second"));
            tokens(
                    tokens,
                    call -> "Bearer ya29.second".equals(call.headers().get("authorization"))
                            ? ScriptedGoogle.json(200, SMALL)
                            : new Reply.Answer(
                                    401,
                                    Map.of("WWW-Authenticate", "Bearer realm=\"x\", error=\"invalid_token\""),
                                    "{\"error\": {\"code\": 401, \"message\": \"expired\"}}"));
            assertEquals(3L, orders(config).rows());
        }

        @ParameterizedTest
        @CsvSource({
            "400, invalid_grant, Token has been expired or revoked., credentials_expired",
            "400, invalid_grant, Invalid JWT Signature., credentials_refused",
            "400, invalid_client, The OAuth client was not found., credentials_refused"
        })
        void aTokenServiceThatRefusesIsNoFaultOfTheTable(int status, String error, String said, String code) {
            tokens(
                    call -> ScriptedGoogle.json(
                            status, "{\"error\": \"" + error + "\", \"error_description\": \"" + said + "\"}"),
                    call -> ScriptedGoogle.json(200, SMALL));
            GoogleCloudException e = failure(config);
            assertEquals(code, e.code());
            assertTrue(String.valueOf(e.getMessage()).contains(said), e.getMessage());
        }

        @Test
        void aTokenServiceThatIsDownIsRetried() {
            tokens(call -> ScriptedGoogle.json(503, "{}"), call -> ScriptedGoogle.json(200, SMALL));
            GoogleCloudException e = failure(config.withRetryBudget(Duration.ZERO));
            assertEquals("source_unavailable", e.code());
        }

        @ParameterizedTest
        @CsvSource({"401", "403", "404", "500"})
        void noFailureShowsAKeyOrAToken(int status) {
            tokens(
                    call -> token("ya29.canary"),
                    call -> ScriptedGoogle.error(
                            status, "x", "refused " + call.headers().get("authorization")));
            StringWriter trace = new StringWriter();
            failure(config).printStackTrace(new PrintWriter(trace));
            assertFalse(trace.toString().contains("canary"), trace::toString);
            assertFalse(trace.toString().contains(key.canary()), trace::toString);
        }
    }
}
