// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.file.DataDirectory;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileModes;
import io.agnes.core.file.FileStore;
import io.agnes.core.file.Scratch;
import io.agnes.server.backup.Backups;
import io.agnes.server.backup.RestoreReport;
import io.agnes.server.registry.RegistryRestore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup becomes a server again, with the files of its time, with fewer and with more. */
@Tag("slow")
class RestoreDrillTest {
    private static final String ROWS = "SELECT range AS n FROM range(1000)";
    private static final String MORE_ROWS = "SELECT range AS n FROM range(2000)";

    @TempDir
    private Path dir;

    private String analyst = "";

    /** A backup of a server with one published table, and the directory that the server left. */
    private Path backup(Path data, String afterwards) throws IOException {
        try (Served served = Served.over(data)) {
            served.register("orders").grant("orders").publish("orders", ROWS);
            analyst = served.analyst;
            served.time.advance(Backups.BETWEEN);
            Reply reply = served.get(served.admin, "/api/backup");
            assertEquals(200, reply.status(), reply.text());
            if (!afterwards.isEmpty()) {
                served.publish("orders", afterwards);
            }
            return Files.write(dir.resolve("backup.duckdb"), reply.body());
        }
    }

    private static RestoreReport restore(Path backup, Path data) throws IOException {
        try (DataDirectory owned = DataDirectory.open(FileStore.system(FileModes.PRIVATE), data)) {
            Scratch scratch = owned.scratch(data.resolve("tmp"));
            try (FileDraft draft = scratch.draft("registry.duckdb")) {
                RegistryRestore restore = RegistryRestore.of(backup, draft, scratch.root());
                RestoreReport report = RestoreReport.of(restore.prove(), data);
                restore.place(data.resolve("registry.duckdb"), Served.START);
                return report;
            }
        }
    }

    private static void copyVersions(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from.resolve("extracts"))) {
            for (Path file : all.toList()) {
                Path copy = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    @Test
    void aBackupAndTheFilesAreTheServerAgain() throws IOException {
        Path before = dir.resolve("before");
        Path backup = backup(before, "");
        Path data = dir.resolve("after");
        copyVersions(before, data);
        RestoreReport report = restore(backup, data);
        assertEquals(0, report.missing().size(), report.toString());
        assertEquals(0, report.unknown().size(), report.toString());
        byte[] file = Files.readAllBytes(
                data.resolve(report.proof().versions().getFirst().name()));
        try (Served served = Served.over(data)) {
            Reply reply = served.get(analyst, Served.download("orders"));
            assertEquals(200, reply.status(), reply.text());
            assertArrayEquals(file, reply.body());
        }
    }

    @Test
    void missingFilesAreNamedAndComeWithTheNextSync() throws IOException {
        Path data = dir.resolve("empty");
        RestoreReport report = restore(backup(dir.resolve("before"), ""), data);
        assertEquals(1, report.missing().size(), report.toString());
        assertTrue(report.toString().contains("missing extracts/keboola/data/orders/1-"), report.toString());
        try (Served served = Served.over(data)) {
            assertEquals(503, served.get(analyst, Served.download("orders")).status());
            served.publish("orders", ROWS);
            assertEquals(200, served.get(analyst, Served.download("orders")).status());
        }
    }

    @Test
    void filesThatAreNewerThanTheBackupStay() throws IOException {
        Path data = dir.resolve("data");
        Path backup = backup(data, MORE_ROWS);
        RestoreReport report = restore(backup, data);
        assertEquals(0, report.missing().size(), report.toString());
        assertEquals(1, report.unknown().size(), report.toString());
        Path newer = data.resolve(report.unknown().getFirst().name());
        try (Served served = Served.over(data)) {
            assertEquals(200, served.get(analyst, Served.download("orders")).status());
            assertTrue(Files.exists(newer));
            served.publish("orders", MORE_ROWS);
            assertEquals(200, served.get(analyst, Served.download("orders")).status());
        }
    }
}
