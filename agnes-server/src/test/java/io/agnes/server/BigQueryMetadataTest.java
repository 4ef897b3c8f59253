// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryReadCredentials;
import io.agnes.bigquery.BigQueryWriteCredentials;
import io.agnes.bigquery.export.BigQuerySourceType;
import io.agnes.core.Secret;
import io.agnes.core.sync.ConfiguredSource;
import io.agnes.testkit.FakeBigQuery;
import io.agnes.testkit.FakeBigQueryTable;
import io.agnes.testkit.FakeCloudStorage;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables of an emulated BigQuery over HTTP: registered, remote with cached metadata, and materialized. */
@Timeout(120)
class BigQueryMetadataTest {
    private static final String REGISTER = "/api/admin/register-table";
    private static final String REFRESH = "/api/admin/run-bq-metadata-refresh";
    private static final String REFRESH_ONE = "/api/v2/metadata-cache/refresh?table=";
    private static final String TABLE_GET = ".*/datasets/crm/tables/.*";

    @TempDir
    private Path data;

    private final FakeCloudStorage storage = FakeCloudStorage.start().bucket("staging");
    private FakeBigQuery google;
    private Served served;

    @BeforeEach
    void start() throws IOException {
        start(FakeBigQuery.builder());
    }

    private void start(FakeBigQuery.Builder builder) throws IOException {
        google = builder.storage(storage).start();
        google.dataset("crm")
                .table("orders")
                .columns("id INT64 NOT NULL, day DATE, customer STRING")
                .row(1, "2026-05-07", "ada")
                .row(2, "2026-05-08", "bob")
                .partitionedBy("DAY", "day")
                .clusteredBy("customer");
        Secret key = Secret.of(google.serviceAccountKey());
        BigQueryConfig config = BigQueryConfig.of(google.project())
                .withPrivateTargets(true)
                .withEndpoint(google.endpoint())
                .withStorageEndpoint(storage.endpoint())
                .withStagingBucket("staging")
                .withMetadataRefreshConcurrency(1)
                .withReadCredentials(BigQueryReadCredentials.json(key))
                .withWriteCredentials(BigQueryWriteCredentials.json(key));
        served = Served.over(data, new ConfiguredSource<>(new BigQuerySourceType(), config));
    }

    @AfterEach
    void stop() {
        served.close();
        google.close();
        storage.close();
    }

    private static String body(String bucket, String table, String mode) {
        return """
                {"source_type": "bigquery", "bucket": "%s", "source_table": "%s", "query_mode": "%s"}""".formatted(bucket, table, mode);
    }

    private void remote(String... tables) throws IOException {
        for (String table : tables) {
            Reply reply = served.post(served.admin, REGISTER, body("crm", table, "remote"));
            assertEquals(201, reply.status(), reply.text());
            served.grant("crm." + table);
        }
    }

    private JsonObject refreshed() throws IOException {
        Reply reply = served.post(served.operator, REFRESH, null);
        assertEquals(200, reply.status(), reply.text());
        return reply.json();
    }

    private JsonObject refreshed(String table) throws IOException {
        Reply reply = served.post(served.operator, REFRESH_ONE + table, null);
        assertEquals(200, reply.status(), reply.text());
        return reply.json();
    }

    private JsonObject inCatalog(String table) throws IOException {
        return served.get(served.analyst, "/api/v2/catalog").json().getJsonArray("tables").stream()
                .map(JsonValue::asJsonObject)
                .filter(found -> found.getString("id").equals(table))
                .findFirst()
                .orElseThrow();
    }

    private JsonObject status() throws IOException {
        Reply reply = served.get(served.analyst, "/api/v2/metadata-cache/status");
        assertEquals(200, reply.status(), reply.text());
        return reply.json();
    }

    @Test
    void aRegistrationAsksBigQuery() throws Exception {
        assertEquals(
                200,
                served.post(served.admin, REGISTER + "?dry_run=true", body("crm", "orders", "remote"))
                        .status());
        Reply missing = served.post(served.admin, REGISTER + "?dry_run=true", body("crm", "ordres", "remote"));
        assertEquals(422, missing.status(), missing.text());
        assertEquals("table_not_found", missing.json().getString("source_code"));
        google.deny("bigquery.tables.get");
        Reply denied = served.post(served.admin, REGISTER + "?dry_run=true", body("crm", "orders", "remote"));
        assertEquals(422, denied.status(), denied.text());
        assertEquals("access_denied", denied.json().getString("source_code"));
        assertTrue(denied.text().contains("bigquery.tables.get"), denied.text());
        int calls = google.requests("GET", TABLE_GET).size();
        Reply wildcard = served.post(served.admin, REGISTER, body("crm", "orders_*", "remote"));
        assertEquals(422, wildcard.status(), wildcard.text());
        assertTrue(wildcard.text().contains("wildcard"), wildcard.text());
        assertEquals(calls, google.requests("GET", TABLE_GET).size());
        assertEquals(
                404, served.get(served.admin, "/api/admin/registry/crm.orders").status());
    }

    @Test
    void aWholePathThatIsPastedIsSplit() throws Exception {
        Reply reply = served.post(served.admin, REGISTER, """
                {"source_type": "bigquery", "source_table": "`%s.crm.orders`", "query_mode": "remote"}""".formatted(google.project()));
        assertEquals(201, reply.status(), reply.text());
        assertEquals(google.project() + ".crm.orders", reply.json().getString("id"));
        assertEquals(google.project() + ".crm", reply.json().getString("bucket"));
        assertEquals("orders", reply.json().getString("source_table"));
        Reply query = served.post(served.admin, REGISTER, """
                {"source_type": "bigquery", "source_query": "SELECT 1 AS one"}""");
        assertEquals(422, query.status(), query.text());
        assertTrue(query.text().contains("\"field\":\"id\""), query.text());
    }

    @Test
    void theCatalogTellsWhatTheLastRefreshBroughtAndAsksNobody() throws Exception {
        google.dataset("crm").table("recent").view("SELECT * FROM crm.orders");
        remote("orders", "recent");
        JsonObject before = inCatalog("crm.orders");
        assertEquals("never_fetched", before.getString("metadata_freshness"));
        assertTrue(before.isNull("rows") && before.isNull("entity_type"), before.toString());
        JsonObject run = refreshed();
        assertEquals(2, run.getInt("total"));
        assertEquals(2, run.getInt("succeeded"));
        assertEquals(8, run.getString("run_id").length());
        int calls = google.requests().size();
        JsonObject orders = inCatalog("crm.orders");
        assertEquals("fresh", orders.getString("metadata_freshness"));
        assertEquals(2, orders.getInt("rows"));
        assertEquals("small", orders.getString("rough_size_hint"));
        assertEquals("DAY(day)", orders.getString("partition_by"));
        assertEquals("[\"customer\"]", orders.getJsonArray("clustered_by").toString());
        assertEquals("table", orders.getString("entity_type"));
        assertEquals(
                "{\"name\":\"id\",\"type\":\"INT64\"}",
                orders.getJsonArray("columns").getFirst().toString());
        JsonObject view = inCatalog("crm.recent");
        assertEquals("view", view.getString("entity_type"));
        assertTrue(view.isNull("rows") && view.isNull("size_bytes") && view.isNull("rough_size_hint"));
        assertEquals(2, status().getJsonArray("tables").size());
        assertEquals(14_400, status().getInt("scheduler_interval_seconds"));
        assertEquals(28_800, status().getInt("fresh_threshold_seconds"));
        assertEquals(calls, google.requests().size());
        served.time.advance(Duration.ofHours(8).plusSeconds(1));
        assertEquals("stale", inCatalog("crm.orders").getString("metadata_freshness"));
    }

    @Test
    void aFailureIsToldAndKeepsTheValues() throws Exception {
        FakeBigQueryTable orders = google.dataset("crm").table("orders");
        remote("orders");
        refreshed();
        orders.drop();
        JsonObject failed = refreshed("crm.orders");
        assertEquals("error", failed.getString("status"));
        assertEquals("error", failed.getString("freshness"));
        assertEquals(2, failed.getInt("rows"));
        assertTrue(failed.getString("error_msg").contains("crm.orders"), failed.toString());
        assertEquals(1, refreshed().getInt("failed"));
        assertEquals("error", inCatalog("crm.orders").getString("metadata_freshness"));
        assertEquals(2, inCatalog("crm.orders").getInt("rows"));
        JsonObject known = status().getJsonArray("tables").getJsonObject(0);
        assertEquals("error", known.getString("freshness"));
        assertEquals(3, known.getJsonArray("known_columns").size());
    }

    @Test
    void whatIsKnownOutlivesTheServerAndGoesWithTheTable() throws Exception {
        remote("orders");
        refreshed();
        served.close();
        google.close();
        start(FakeBigQuery.builder());
        assertEquals("fresh", inCatalog("crm.orders").getString("metadata_freshness"));
        assertEquals(
                204,
                served.as(served.admin, "DELETE", "/api/admin/registry/crm.orders", null)
                        .status());
        remote("orders");
        assertEquals("never_fetched", inCatalog("crm.orders").getString("metadata_freshness"));
    }

    @Test
    void aSecondRefreshIsRefusedWithTheRunAtWork() throws Exception {
        served.close();
        google.close();
        start(FakeBigQuery.builder().latency(Duration.ofMillis(300)));
        google.dataset("crm").table("clients").columns("id INT64").row(1);
        remote("orders", "clients");
        google.awaitRequests("GET", TABLE_GET, 2, Duration.ofSeconds(30));
        CompletableFuture<JsonObject> first = CompletableFuture.supplyAsync(() -> {
            try {
                return refreshed();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        google.awaitRequests("GET", TABLE_GET, 3, Duration.ofSeconds(30));
        Reply second = served.post(served.operator, REFRESH, null);
        assertEquals(409, second.status(), second.text());
        assertEquals("already_running", second.json().getString("code"));
        assertEquals("metadata_refresh", second.json().getString("reason"));
        JsonObject run = first.get(30, TimeUnit.SECONDS);
        assertEquals(run.getString("run_id"), second.json().getString("run_id"));
        assertEquals(run.getString("started_at"), second.json().getString("started_at"));
    }

    @Test
    void onlyRemoteTablesOfBigQueryHaveMetadata() throws Exception {
        served.register("copied");
        Reply keboola = served.post(served.operator, REFRESH_ONE + "copied", null);
        assertEquals(400, keboola.status(), keboola.text());
        assertEquals("not_remote", keboola.json().getString("code"));
        assertEquals(
                201,
                served.post(served.admin, REGISTER, body("crm", "orders", "materialized"))
                        .status());
        assertEquals(
                400,
                served.post(served.operator, REFRESH_ONE + "crm.orders", null).status());
        assertEquals(0, refreshed().getInt("total"));
        assertEquals(0, status().getJsonArray("tables").size());
    }

    @Test
    void tablesWithoutAGrantAreNotTold() throws Exception {
        assertEquals(
                201,
                served.post(served.admin, REGISTER, body("crm", "orders", "remote"))
                        .status());
        refreshed();
        assertEquals(0, status().getJsonArray("tables").size());
        assertEquals(403, served.get(served.analyst, Served.check("crm.orders")).status());
    }

    @Test
    void eachRefreshLeavesOneRecord() throws Exception {
        remote("orders");
        JsonObject run = refreshed();
        refreshed("crm.orders");
        List<String> actions =
                served.get(served.admin, "/api/admin/audit?limit=200").json().getJsonArray("records").stream()
                        .map(JsonValue::asJsonObject)
                        .filter(record -> record.getString("action").contains("metadata"))
                        .map(record -> record.getString("actor") + " " + record.getString("action") + " "
                                + record.getString("object"))
                        .toList();
        assertEquals(
                List.of(
                        "olga metadata_refreshed " + run.getString("run_id"),
                        "olga table_metadata_refreshed crm.orders"),
                actions);
    }

    @Test
    void aMaterializedTableIsSyncedAndDownloaded() throws Exception {
        assertEquals(
                201,
                served.post(served.admin, REGISTER, body("crm", "orders", "materialized"))
                        .status());
        served.grant("crm.orders");
        JsonObject run = served.sync("crm.orders");
        assertEquals("published", Served.outcome(run, "crm.orders"), run.toString());
        Reply reply = served.get(served.analyst, Served.download("crm.orders"));
        assertEquals(200, reply.status());
        assertTrue(reply.text().startsWith("PAR1"));
        assertEquals(2, inCatalog("crm.orders").getInt("rows"));
        assertEquals(List.of(), storage.list("staging", ""));
        assertEquals("unchanged", Served.outcome(served.sync("crm.orders"), "crm.orders"));
    }

    @Test
    void theTablesOfTheProjectAreDiscovered() throws Exception {
        Reply found = served.post(served.admin, "/api/admin/discover-and-register?dry_run=true", null);
        assertEquals(200, found.status(), found.text());
        assertTrue(found.text().contains("crm.orders"), found.text());
    }
}
