// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryReadCredentials;
import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.HurriedTime;
import io.agnes.bigquery.metadata.MetadataRefresh.Outcome;
import io.agnes.bigquery.metadata.MetadataRefresh.Target;
import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.sync.Discovered;
import io.agnes.testkit.FakeBigQuery;
import io.agnes.testkit.FakeBigQueryTable;
import io.agnes.testkit.FaultPoint;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Metadata by Google's client, with the key of a service account, from an emulated BigQuery. */
class FakeBigQueryMetadataTest {
    private final FakeBigQuery google = FakeBigQuery.start();
    private final HurriedTime time = new HurriedTime();
    private MetadataClient client;

    @BeforeEach
    void open() {
        client = MetadataClient.of(config(google), time);
    }

    @AfterEach
    void close() {
        client.close();
        google.close();
    }

    static BigQueryConfig config(FakeBigQuery google) {
        return BigQueryConfig.of(google.project())
                .withPrivateTargets(true)
                .withEndpoint(google.endpoint())
                .withReadCredentials(BigQueryReadCredentials.json(Secret.of(google.serviceAccountKey())));
    }

    private BigQueryTable name(String table) {
        return new BigQueryTable(google.project(), "crm", table);
    }

    private FakeBigQueryTable orders() {
        return google.dataset("crm")
                .table("orders")
                .columns("id INT64 NOT NULL, day DATE, price NUMERIC(10, 2), tags ARRAY<STRING>")
                .row(1, "2026-05-07", "2.50", List.of("new"));
    }

    @Test
    void oneCallBringsWhatBigQueryKnows() throws Exception {
        google.dataset("crm").location("EU");
        orders().partitionedBy("DAY", "day")
                .clusteredBy("id")
                .description("all orders")
                .streamed(2, null, null, List.of());
        TableMetadata table = client.table(name("orders"));
        assertEquals(EntityType.TABLE, table.entityType());
        assertEquals(1L, table.rows());
        assertTrue(table.bytes() != null && table.bytes() > 0);
        assertEquals(Optional.of(new Partitioning.ByTime("DAY", "day")), table.partitioning());
        assertEquals(List.of("id"), table.clusteredBy());
        assertEquals(
                List.of("INT64", "DATE", "NUMERIC(10, 2)", "ARRAY<STRING>"),
                table.columns().stream().map(MetadataColumn::type).toList());
        assertEquals(1, table.streamingBuffer().orElseThrow().estimatedRows());
        assertEquals("EU", table.location());
        assertEquals("all orders", table.description());
        assertFalse(table.etag().isEmpty());
        assertTrue(table.lastModified() != null);
        google.verifyCount("GET", "/bigquery/v2/.*", 1);
    }

    @Test
    void everyTypeOfTableIsTold() throws Exception {
        FakeBigQueryTable orders = orders();
        google.dataset("crm").table("v").view("SELECT id FROM crm.orders");
        google.dataset("crm").table("m").materializedView("SELECT id FROM crm.orders");
        google.dataset("crm").table("s").snapshotOf(orders);
        google.dataset("crm").table("c").cloneOf(orders);
        google.dataset("crm").table("e").columns("id INT64").external("CSV", "gs://b/e.csv");
        assertEquals(EntityType.VIEW, client.table(name("v")).entityType());
        assertNull(client.table(name("v")).rows());
        assertEquals(EntityType.MATERIALIZED_VIEW, client.table(name("m")).entityType());
        assertEquals(EntityType.SNAPSHOT, client.table(name("s")).entityType());
        assertEquals(EntityType.CLONE, client.table(name("c")).entityType());
        assertEquals(EntityType.EXTERNAL, client.table(name("e")).entityType());
        assertNull(client.table(name("e")).rows());
    }

    @Test
    void aDiscoveryListsTheProject() throws Exception {
        orders();
        google.dataset("crm").table("v").view("SELECT id FROM crm.orders");
        google.dataset("web").table("visits").columns("id INT64");
        List<Discovered> found = new BigQueryDiscovery(client).list();
        assertEquals(
                List.of("crm.orders", "crm.v", "web.visits"),
                found.stream().map(Discovered::proposedId).sorted().toList());
        assertTrue(found.contains(new Discovered("crm", "orders", "orders", "crm.orders")));
    }

    @Test
    void aMissingPermissionIsNamed() {
        orders();
        google.deny("bigquery.tables.get", "crm.orders");
        GoogleCloudException e = assertThrows(GoogleCloudException.class, () -> client.table(name("orders")));
        assertEquals("access_denied", e.code());
        assertTrue(
                String.valueOf(e.getMessage()).contains("permission bigquery.tables.get is missing"), e.getMessage());
    }

    @Test
    void aMissingTableAndAMissingDatasetAreNotFound() {
        google.dataset("crm");
        assertEquals(
                "table_not_found",
                assertThrows(GoogleCloudException.class, () -> client.table(name("missing")))
                        .code());
        assertEquals(
                "dataset_not_found",
                assertThrows(GoogleCloudException.class, () -> client.tables("missing"))
                        .code());
    }

    static Stream<Arguments> misbehaviour() {
        return Stream.of(
                fault("request_refused", point -> point.status(400).always()),
                fault("credentials_refused", point -> point.status(401).always()),
                fault("access_denied", point -> point.status(403).always()),
                fault(
                        "quota_exceeded",
                        point -> point.status(403, FakeBigQuery.errorBody(403, "quotaExceeded", "Quota exceeded"))
                                .always()),
                fault("table_not_found", point -> point.status(404).always()),
                fault("rate_limited", point -> point.tooManyRequests("3").always()),
                fault("source_unavailable", point -> point.status(500).always()),
                fault("source_unavailable", point -> point.status(503).always()),
                fault("source_unavailable", point -> point.html(502).always()),
                fault("source_unreachable", point -> point.reset().always()),
                fault("source_unreachable", point -> point.cutAfter(40).always()),
                fault("answer_unreadable", point -> point.html(200).always()));
    }

    private static Arguments fault(String code, Consumer<FaultPoint> script) {
        return Arguments.of(code, script);
    }

    /** Each failure has its code and its cause, and none of them costs the values that were good. */
    @ParameterizedTest
    @MethodSource("misbehaviour")
    void aRefreshThatFailsKeepsTheGoodValues(String code, Consumer<FaultPoint> script) throws Exception {
        orders();
        Target target = new Target(new TableId("orders"), name("orders"));
        MetadataCache cache = MetadataCache.inMemory();
        MetadataRefresh refresh = new MetadataRefresh(client::table, cache, () -> List.of(target), 4, time);
        assertEquals("ok", refresh.one(target).status());
        MetadataCache.Known good = cache.find(target.id()).orElseThrow().known().orElseThrow();
        script.accept(google.onTable());
        RefreshReport report =
                assertInstanceOf(Outcome.Done.class, refresh.all()).report();
        assertEquals(1, report.failed());
        MetadataCache.Entry entry = cache.find(target.id()).orElseThrow();
        assertEquals(Optional.of(good), entry.known());
        assertEquals(code, entry.failure().orElseThrow().code());
        assertTrue(entry.failure().orElseThrow().message().contains("table " + name("orders")));
        google.clearScripts();
        assertEquals("ok", refresh.one(target).status());
    }

    @Test
    void anAnswerInPartKeepsTheGoodValues() throws Exception {
        orders();
        Target target = new Target(new TableId("orders"), name("orders"));
        MetadataCache cache = MetadataCache.inMemory();
        MetadataRefresh refresh = new MetadataRefresh(client::table, cache, () -> List.of(target), 4, time);
        refresh.one(target);
        google.onTable().without("numRows").once();
        assertEquals("no_data", refresh.one(target).status());
        MetadataCache.Entry entry = cache.find(target.id()).orElseThrow();
        assertEquals(1L, entry.known().orElseThrow().metadata().rows());
        assertTrue(entry.failure().orElseThrow().message().endsWith("BigQuery answered without rows"));
    }

    @Test
    void aRunAsksOnceForEachTableAndOneFailureStopsNoOther() throws Exception {
        List<Target> targets = IntStream.range(0, 25)
                .mapToObj(i -> {
                    google.dataset("crm").table("t" + i).columns("id INT64").row(i);
                    return new Target(new TableId("t" + i), name("t" + i));
                })
                .toList();
        google.deny("bigquery.tables.get", "crm.t7");
        google.dataset("crm").table("t9").drop();
        MetadataCache cache = MetadataCache.inMemory();
        RefreshReport report = assertInstanceOf(
                        Outcome.Done.class, new MetadataRefresh(client::table, cache, () -> targets, 4, time).all())
                .report();
        assertEquals(
                List.of(25, 23, 0, 2), List.of(report.total(), report.succeeded(), report.noData(), report.failed()));
        google.verifyCount("GET", "/bigquery/v2/.*", 25);
    }

    @Test
    void anExpiredTokenIsRenewed() throws Exception {
        orders();
        client.table(name("orders"));
        google.onTable().expired().once();
        assertEquals(1L, client.table(name("orders")).rows());
    }
}
