// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.CoreException;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.contract.InMemoryRegistry;
import io.agnes.core.file.FailingFileStore;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.Scratch;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableVersion;
import io.agnes.core.version.DirectoryVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAdoptionTest {
    private static final TableId ORDERS = new TableId("in.c-crm.orders");

    @TempDir
    private Path data;

    private final InMemoryRegistry registry = new InMemoryRegistry();
    private final FailingFileStore files = new FailingFileStore();
    private TablePublisher publisher;
    private FileAdoption adoption;

    @BeforeEach
    void open() {
        Scratch scratch = Scratch.of(files, data.resolve("tmp"));
        publisher = new TablePublisher(
                new DirectoryVersions(files, data, true), scratch, registry, registry, Time.system());
        adoption = new FileAdoption(files, data, publisher);
    }

    private TableRecord registered(QueryMode mode) {
        TableRecord table = TableRecord.builder(ORDERS, "keboola")
                .name("orders")
                .bucket("in.c-crm")
                .sourceTable("orders")
                .queryMode(mode)
                .registered("test", Instant.EPOCH)
                .build();
        registry.register(table);
        return table;
    }

    private Path parquet(String name) throws Exception {
        Path file = data.resolve("extracts/keboola/data/" + name + ".parquet");
        Files.createDirectories(file.getParent());
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (SELECT range AS id FROM range(7)) TO '" + file + "' (FORMAT parquet)");
        }
        return file;
    }

    private Optional<TableVersion> current() {
        return registry.find(ORDERS).orElseThrow().current();
    }

    @Test
    void aFileBecomesAVersionOfItsOwnAndStaysWhereItIs() throws Exception {
        Path file = parquet("orders");
        FileDigests digests = FileDigests.of(file);
        TableRecord table = registered(QueryMode.MATERIALIZED);
        TableOutcome.Published published =
                assertInstanceOf(TableOutcome.Published.class, adoption.adopt(table, file, digests.md5()));
        assertEquals(7, published.rows());
        TableVersion version = current().orElseThrow();
        assertEquals(digests, version.digest());
        assertNull(version.marker());
        assertEquals(digests, FileDigests.of(file));
        assertFalse(Files.isSameFile(file, data.resolve(version.name())));
    }

    @Test
    void theFileOfALocalTableIsNotCopiedAgainByItsFirstRun() throws Exception {
        Path file = parquet("in.c-crm.orders");
        TableRecord table = registered(QueryMode.LOCAL);
        adoption.adopt(table, file, FileDigests.of(file).md5());
        LocalSource local = new LocalSource(files, data);
        try (FileDraft draft = publisher.draft(ORDERS)) {
            TableSource.Fetched fetched =
                    local.fetch(table, current().map(TableVersion::marker), draft, SyncProgress.NONE);
            assertInstanceOf(TableSource.Fetched.Unchanged.class, fetched);
        }
    }

    @Test
    void whatIsNotTheFileThatIsMeantOrNoParquetIsNotPublished() throws Exception {
        TableRecord table = registered(QueryMode.MATERIALIZED);
        assertRejected("expected MD5 " + "0".repeat(32), table, parquet("orders"), "0".repeat(32));
        Path broken = Files.writeString(parquet("broken"), "no Parquet");
        assertRejected(
                "expected a Parquet file", table, broken, FileDigests.of(broken).md5());
    }

    private void assertRejected(String expected, TableRecord table, Path file, String md5) throws IOException {
        CoreException rejected = assertThrows(CoreException.class, () -> adoption.adopt(table, file, md5));
        assertEquals("draft_rejected", rejected.code());
        assertTrue(rejected.getMessage().contains(expected), rejected.getMessage());
        assertTrue(current().isEmpty());
        assertEquals(List.of(data.resolve("tmp").resolve(Scratch.MARK)), files.list(data.resolve("tmp")));
        assertTrue(Files.exists(file));
    }
}
