// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.metadata.EntityType;
import io.agnes.bigquery.metadata.MetadataCache;
import io.agnes.bigquery.metadata.MetadataCache.Entry;
import io.agnes.bigquery.metadata.MetadataCache.Failure;
import io.agnes.bigquery.metadata.MetadataCache.Known;
import io.agnes.bigquery.metadata.MetadataColumn;
import io.agnes.bigquery.metadata.Partitioning;
import io.agnes.bigquery.metadata.StreamingBuffer;
import io.agnes.bigquery.metadata.TableMetadata;
import io.agnes.core.TableId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link MetadataCache} does. */
public abstract class MetadataCacheContract {
    private static final Instant NOW = Instant.parse("2026-05-07T10:00:00Z");
    private static final TableId ORDERS = new TableId("sales.orders");
    private static final TableId CLIENTS = new TableId("sales.clients");
    private static final Failure DENIED =
            new Failure("access_denied", "permission bigquery.tables.get is missing", NOW.plusSeconds(60));

    private MetadataCache cache;

    /** An empty cache. */
    protected abstract MetadataCache open() throws Exception;

    /** The same cache in the next process, as far as the implementation can. */
    protected MetadataCache restart(MetadataCache before) throws Exception {
        return before;
    }

    /** Frees what the cache holds. */
    protected void close(MetadataCache opened) throws Exception {}

    @BeforeEach
    void start() throws Exception {
        cache = open();
        register(ORDERS, CLIENTS);
    }

    @AfterEach
    void end() throws Exception {
        close(cache);
    }

    /** Registers tables, where the cache refers to a registry. */
    protected void register(TableId... tables) throws Exception {}

    private static TableMetadata table(BigQueryTable name, EntityType type, Long rows) {
        return new TableMetadata(
                name,
                type,
                rows,
                rows,
                Optional.empty(),
                List.of(),
                List.of(new MetadataColumn("id", "INT64", true, "")),
                Optional.empty(),
                "etag",
                null,
                "EU",
                "");
    }

    private static TableMetadata orders(Long rows) {
        return table(new BigQueryTable("my-project", "sales", "orders"), EntityType.TABLE, rows);
    }

    private Entry stored(TableId table) throws Exception {
        cache = restart(cache);
        return cache.find(table).orElseThrow();
    }

    @Test
    void anUnknownTableHasNoEntry() {
        assertEquals(Optional.empty(), cache.find(ORDERS));
        assertEquals(List.of(), cache.all());
    }

    @Test
    void metadataComeBackAsTheyWereStored() throws Exception {
        TableMetadata full = new TableMetadata(
                new BigQueryTable("example.com:my-project", "sales", "objednávky 2026"),
                EntityType.CLONE,
                12_345_678_901L,
                Long.MAX_VALUE,
                Optional.of(new Partitioning.ByTime("DAY", "created_at")),
                List.of("status", "customer \"id\""),
                List.of(
                        new MetadataColumn("id", "INT64", true, "the key"),
                        new MetadataColumn("items", "ARRAY<STRUCT<sku STRING, `odd, name` NUMERIC(18, 3)>>", false, ""),
                        new MetadataColumn(
                                "it's",
                                "BIGNUMERIC(76, 38)",
                                false,
                                "one\nor two lines, \u017elu\u0165ou\u010dk\u00fd")),
                Optional.of(new StreamingBuffer(7, 4096, Optional.of(NOW.minusSeconds(90)))),
                "\"abc/def==\"",
                NOW.minusSeconds(3600),
                "europe-west3",
                "orders of all shops");
        cache.store(ORDERS, new Known(full, NOW));
        assertEquals(new Entry(ORDERS, Optional.of(new Known(full, NOW)), Optional.empty()), stored(ORDERS));
    }

    @Test
    void whatBigQueryDidNotSayStaysUnsaid() throws Exception {
        TableMetadata view = table(new BigQueryTable("my-project", "sales", "orders"), EntityType.VIEW, null);
        cache.store(ORDERS, new Known(view, NOW));
        assertEquals(view, stored(ORDERS).known().orElseThrow().metadata());
    }

    @Test
    void everyPartitioningAndTypeComesBack() throws Exception {
        for (EntityType type : EntityType.values()) {
            TableMetadata plain = table(new BigQueryTable("my-project", "sales", "orders"), type, 1L);
            TableMetadata ranged = new TableMetadata(
                    plain.table(),
                    type,
                    0L,
                    0L,
                    Optional.of(new Partitioning.ByRange("customer, id", -100, 100, 10)),
                    List.of(),
                    plain.columns(),
                    Optional.of(new StreamingBuffer(0, 0, Optional.empty())),
                    "",
                    NOW,
                    "",
                    "");
            cache.store(ORDERS, new Known(ranged, NOW));
            assertEquals(ranged, stored(ORDERS).known().orElseThrow().metadata());
        }
    }

    @Test
    void laterMetadataReplaceEarlierOnesAndTheFailure() throws Exception {
        cache.store(ORDERS, new Known(orders(1L), NOW));
        cache.fail(ORDERS, DENIED);
        cache.store(ORDERS, new Known(orders(2L), NOW.plusSeconds(120)));
        assertEquals(
                new Entry(ORDERS, Optional.of(new Known(orders(2L), NOW.plusSeconds(120))), Optional.empty()),
                stored(ORDERS));
    }

    @Test
    void aFailureKeepsTheGoodMetadata() throws Exception {
        cache.store(ORDERS, new Known(orders(1L), NOW));
        cache.fail(ORDERS, DENIED);
        assertEquals(new Entry(ORDERS, Optional.of(new Known(orders(1L), NOW)), Optional.of(DENIED)), stored(ORDERS));
    }

    @Test
    void aFailureIsKeptThoughNothingIsKnown() throws Exception {
        cache.fail(ORDERS, DENIED);
        Failure later = new Failure("source_timeout", "it's late", NOW.plusSeconds(300));
        cache.fail(ORDERS, later);
        assertEquals(new Entry(ORDERS, Optional.empty(), Optional.of(later)), stored(ORDERS));
    }

    @Test
    void aLongMessageIsCut() throws Exception {
        cache.fail(ORDERS, new Failure("c", "x".repeat(600), NOW));
        assertEquals(
                MetadataCache.LONGEST_MESSAGE,
                stored(ORDERS).failure().orElseThrow().message().length());
    }

    @Test
    void allEntriesAreOrderedByTable() throws Exception {
        cache.store(ORDERS, new Known(orders(1L), NOW));
        cache.fail(CLIENTS, DENIED);
        cache = restart(cache);
        List<TableId> ids = new ArrayList<>();
        cache.all().forEach(entry -> ids.add(entry.table()));
        assertEquals(List.of(CLIENTS, ORDERS), ids);
    }

    @Test
    void aRemovedEntryIsGoneAndAnUnknownOneIsNoError() throws Exception {
        cache.store(ORDERS, new Known(orders(1L), NOW));
        cache.fail(CLIENTS, DENIED);
        cache.remove(ORDERS);
        cache.remove(ORDERS);
        cache = restart(cache);
        assertEquals(Optional.empty(), cache.find(ORDERS));
        assertTrue(cache.find(CLIENTS).isPresent());
    }

    @Test
    void onlyRetainedTablesStay() throws Exception {
        cache.store(ORDERS, new Known(orders(1L), NOW));
        cache.fail(CLIENTS, DENIED);
        cache.retain(Set.of(CLIENTS, new TableId("unknown")));
        cache = restart(cache);
        assertEquals(1, cache.all().size());
        assertEquals(CLIENTS, cache.all().getFirst().table());
        cache.retain(Set.of());
        assertEquals(List.of(), cache.all());
    }
}
