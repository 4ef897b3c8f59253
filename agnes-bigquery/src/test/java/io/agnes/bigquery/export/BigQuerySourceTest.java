// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.TableId;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.sync.Discovered;
import io.agnes.core.sync.SourceEnvironment;
import io.agnes.core.sync.SyncProgress;
import io.agnes.core.sync.TableSource;
import io.agnes.core.sync.TableSource.Fetched;
import io.agnes.core.table.FieldIdRegistry;
import io.agnes.core.table.TableRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BigQuerySourceTest {
    private static final int FIRST_ID = 41;
    private static final FieldIdRegistry IDS = (table, fields) ->
            IntStream.range(0, fields.size()).mapToObj(i -> FIRST_ID + i).toList();

    @TempDir
    Path directory;

    private CloudFixture cloud;
    private TableSource source;

    @BeforeEach
    void open() throws Exception {
        cloud = CloudFixture.of(directory);
        cloud.bigQuery
                .dataset("sales")
                .table("orders")
                .columns("id INT64, at TIMESTAMP")
                .row(1, "2024-01-01");
        source = new BigQuerySourceType()
                .open(cloud.config(), new SourceEnvironment(FileStore.system(), directory, cloud.time, IDS));
    }

    @AfterEach
    void close() throws Exception {
        source.close();
        cloud.close();
    }

    private static TableRecord.Builder record() {
        return TableRecord.builder(new TableId("orders"), "bigquery").registered("system", Instant.EPOCH);
    }

    private static TableRecord orders() {
        return record().bucket("sales").sourceTable("orders").build();
    }

    @Test
    void aTableIsFetchedWithTheIdsOfItsFieldsAndThenUnchanged() throws Exception {
        FileDraft draft = cloud.draft();
        Fetched.Table fetched = assertInstanceOf(
                Fetched.Table.class, source.fetch(orders(), Optional.empty(), draft, SyncProgress.NONE));
        assertEquals(1, fetched.rows());
        try (Part part = Part.of(draft.path())) {
            assertEquals(
                    List.of(OptionalInt.of(FIRST_ID), OptionalInt.of(FIRST_ID + 1)),
                    assertInstanceOf(ParquetFile.Inspection.Opened.class, ParquetFile.inspect(part))
                            .file()
                            .schema()
                            .columns()
                            .stream()
                            .map(column -> column.fieldId())
                            .toList());
        }
        assertEquals(List.of("id BIGINT", "at TIMESTAMP WITH TIME ZONE"), CloudFixture.types(draft));
        assertInstanceOf(
                Fetched.Unchanged.class,
                source.fetch(orders(), Optional.ofNullable(fetched.marker()), cloud.draft(), SyncProgress.NONE));
    }

    @Test
    void aQueryCountsMoreThanTheTable() throws Exception {
        TableRecord query = orders().toBuilder()
                .sourceQuery("SELECT id + 1 AS next FROM `" + cloud.table("orders") + "`")
                .build();
        FileDraft draft = cloud.draft();
        source.fetch(query, Optional.empty(), draft, SyncProgress.NONE);
        assertEquals(List.of("2"), CloudFixture.rows(draft, "SELECT next FROM FILE"));
    }

    @Test
    void registrationAsksForTheTableOrTheCostOfTheQuery() throws Exception {
        source.check(orders());
        source.check(record().sourceQuery("SELECT 1 AS one").build());
        assertEquals(
                "table_not_found",
                assertThrows(
                                AgnesException.class,
                                () -> source.check(record().bucket("sales")
                                        .sourceTable("none")
                                        .build()))
                        .code());
        assertThrows(
                AgnesException.class,
                () -> source.check(record().sourceQuery("DROP TABLE x").build()));
        assertEquals(0, cloud.jobs());
    }

    @Test
    void tablesAreListedAndAccessIsChecked() throws Exception {
        BigQuerySource bigQuery = assertInstanceOf(BigQuerySource.class, source);
        assertEquals(List.of(new Discovered("sales", "orders", "orders", "sales.orders")), bigQuery.list());
        bigQuery.checkAccess();
        cloud.bigQuery.deny("bigquery.datasets.get");
        cloud.bigQuery.onDatasets().status(401).always();
        AgnesException refused = assertThrows(AgnesException.class, bigQuery::checkAccess);
        assertTrue(refused.code().startsWith("credentials_"), refused.code());
    }

    @Test
    void theTypeKnowsItsFieldsAndWhereTablesComeFrom() {
        BigQuerySourceType type = new BigQuerySourceType();
        assertEquals("bigquery", type.name());
        assertEquals("project " + cloud.bigQuery.project(), type.address(cloud.config()));
        assertEquals(List.of(), type.problems(orders()));
        assertEquals(List.of(), type.problems(record().sourceQuery("SELECT 1").build()));
        assertEquals(
                1,
                type.problems(record().bucket("sales").sourceTable("orders_*").build())
                        .size());
    }
}
