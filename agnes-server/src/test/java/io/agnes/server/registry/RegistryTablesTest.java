// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.TableId;
import io.agnes.core.file.FileDigests;
import io.agnes.core.table.Column;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableRegistry.Registration;
import io.agnes.core.table.TableVersion;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTablesTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.123456Z");

    @TempDir
    private Path dir;

    private Database database;
    private TableRegistry tables;

    @BeforeEach
    void open() {
        database = Database.open(dir.resolve("registry.duckdb"), dir);
        tables = new RegistryTables(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void reopen() {
        close();
        open();
    }

    private static TableRecord table(String id, String name) {
        return TableRecord.builder(new TableId(id), "keboola")
                .name(name)
                .description("what 'it' is; \"quoted\" \n ž")
                .bucket("in.c-crm")
                .sourceTable("orders")
                .registered("ada", NOW)
                .build();
    }

    private static TableVersion version(String id, long sequence, String marker) {
        String digit = Long.toHexString(sequence % 16);
        return new TableVersion(
                new TableId(id),
                sequence,
                "extracts/keboola/data/" + id + "/" + sequence + ".parquet",
                new FileDigests(1L << 40, digit.repeat(32), digit.repeat(64)),
                3_000_000_000L,
                List.of(new Column("a \"b\" 'c'", "DECIMAL(18,3)"), new Column("ž", "STRUCT(x INTEGER)")),
                NOW.plusSeconds(sequence),
                marker);
    }

    @Test
    void whatIsRegisteredIsThereAfterReopening() {
        TableRecord far = TableRecord.builder(new TableId("far"), "keboola")
                .name("Far away")
                .bucket("b")
                .sourceTable("t")
                .sourceQuery("SELECT 1")
                .queryMode(QueryMode.REMOTE)
                .allowEmpty(true)
                .registered("ada", NOW)
                .build();
        assertEquals(new Registration.Registered(), tables.register(table("orders", "Orders")));
        assertEquals(new Registration.Registered(), tables.register(far));
        reopen();
        assertEquals(
                List.of(
                        new TableRegistry.Entry(far, Optional.empty()),
                        new TableRegistry.Entry(table("orders", "Orders"), Optional.empty())),
                tables.all());
    }

    @Test
    void aVersionIsThereAfterReopeningWithEverythingAboutIt() {
        tables.register(table("orders", "Orders"));
        tables.publish(version("orders", 1, null));
        tables.publish(version("orders", 2, "import-2"));
        reopen();
        assertEquals(
                Optional.of(version("orders", 2, "import-2")),
                tables.find(new TableId("orders")).orElseThrow().current());
        assertEquals(2, tables.versions().size());
    }

    @Test
    void anIdIsTakenInWhateverCaseAndANameAsItIs() {
        tables.register(table("Orders", "Orders of the year"));
        Registration.Taken id = new Registration.Taken("id", new TableId("Orders"));
        assertEquals(id, tables.register(table("Orders", "x")));
        assertEquals(id, tables.register(table("oRDERS", "x")));
        assertEquals(
                new Registration.Taken("name", new TableId("Orders")),
                tables.register(table("other", "Orders of the year")));
        assertEquals(1, tables.all().size());
    }

    @Test
    void anIdIsFoundInItsOwnCaseAlone() {
        tables.register(table("Orders", "Orders"));
        assertTrue(tables.find(new TableId("orders")).isEmpty());
    }

    @Test
    void thePointerOnlyMovesForward() {
        tables.register(table("orders", "Orders"));
        tables.publish(version("orders", 2, "two"));
        assertThrows(RegistryException.class, () -> tables.publish(version("orders", 1, "one")));
        assertThrows(RegistryException.class, () -> tables.publish(version("orders", 2, "again")));
        assertEquals(
                Optional.of(version("orders", 2, "two")),
                tables.find(new TableId("orders")).orElseThrow().current());
        assertEquals(
                List.of(2L),
                tables.versions().stream().map(TableVersion::sequence).toList());
        tables.publish(version("orders", 3, null));
        assertEquals(
                3,
                tables.find(new TableId("orders"))
                        .orElseThrow()
                        .current()
                        .orElseThrow()
                        .sequence());
    }

    @Test
    void aMarkerIsThatOfTheCurrentVersion() {
        tables.register(table("orders", "Orders"));
        tables.mark(new TableId("orders"), "before any version");
        assertTrue(tables.find(new TableId("orders")).orElseThrow().current().isEmpty());
        tables.publish(version("orders", 1, "one"));
        tables.mark(new TableId("orders"), "later");
        assertEquals(
                Optional.of(version("orders", 1, "later")),
                tables.find(new TableId("orders")).orElseThrow().current());
        tables.mark(new TableId("orders"), null);
        reopen();
        assertEquals(
                Optional.of(version("orders", 1, null)),
                tables.find(new TableId("orders")).orElseThrow().current());
    }
}
