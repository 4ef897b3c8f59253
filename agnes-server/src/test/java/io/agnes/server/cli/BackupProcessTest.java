// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.file.FileModes;
import io.agnes.server.Reply;
import io.agnes.server.ScratchFiles;
import io.agnes.server.Wire;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code agnes backup} and {@code agnes restore} against servers in processes of their own. */
@Tag("process")
@Timeout(300)
class BackupProcessTest {
    @TempDir
    private Path scratch;

    private AgnesProcess serve(Path data) throws Exception {
        return AgnesProcess.start(
                scratch,
                Map.of(),
                "serve",
                "--data-dir",
                data.toString(),
                "--port",
                "0",
                "--http.shutdown-delay-sec",
                "0");
    }

    private static String address(AgnesProcess server) throws Exception {
        return server.line("agnes ").replaceFirst(".* serves on ", "");
    }

    private AgnesProcess run(Map<String, String> environment, String... arguments) throws Exception {
        AgnesProcess process = AgnesProcess.start(scratch, environment, arguments);
        process.exitCode();
        return process;
    }

    private void assertEnds(int code, String output, String errors, AgnesProcess process) throws Exception {
        try (process) {
            assertEquals(code, process.exitCode(), process.output() + process.errors());
            assertTrue(process.output().contains(output), process.output());
            assertTrue(process.errors().contains(errors), process.errors());
        }
    }

    @Test
    void aBackupIsTakenCheckedAndRestored() throws Exception {
        Path data = scratch.resolve("data");
        Path other = scratch.resolve("other");
        Path file = scratch.resolve("b.duckdb");
        Map<String, String> admin;
        try (AgnesProcess server = serve(data)) {
            String token = server.firstToken();
            admin = Map.of("AGNES_URL", address(server), "AGNES_TOKEN", token);
            assertEnds(0, "b.duckdb  ", "", run(admin, "backup", "-o", file.toString()));
            assertTrue(FileModes.PRIVATE.isSet(file));
            assertEnds(
                    0,
                    "proven",
                    "",
                    run(Map.of(), "restore", file.toString(), "--check", "--data-dir", data.toString()));
            assertEnds(73, "", "held", run(Map.of(), "restore", file.toString(), "--data-dir", data.toString()));
            assertEquals(List.of(), ScratchFiles.of(data));
        }
        assertEnds(0, "restored", "", run(Map.of(), "restore", file.toString(), "--data-dir", other.toString()));
        try (AgnesProcess server = serve(other)) {
            Reply reply = new Wire(URI.create(address(server)))
                    .send("GET", "/api/admin/users", "Authorization: Bearer " + admin.get("AGNES_TOKEN"));
            assertEquals(200, reply.status(), reply.text());
        }
        assertEnds(
                0, "registry.duckdb.snapshot", "", run(Map.of(), "restore", "--list", "--data-dir", other.toString()));
        assertEnds(
                0,
                "restored",
                "",
                run(Map.of(), "restore", "registry.duckdb.snapshot", "--data-dir", other.toString()));
        assertEnds(
                1,
                "",
                "cannot be restored",
                run(Map.of(), "restore", data.resolve("agnes.id").toString(), "--data-dir", other.toString()));
    }

    @Test
    void aKillDuringABackupLeavesNothingAfterTheNextStart() throws Exception {
        Path data = scratch.resolve("data");
        try (AgnesProcess server = serve(data)) {
            URI address = URI.create(address(server));
            try (Socket socket = new Wire(address).connect()) {
                socket.getOutputStream()
                        .write(("GET /api/backup HTTP/1.1\r\nHost: x\r\nX-API-Key: " + server.firstToken() + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                while (ScratchFiles.of(data).isEmpty()
                        && socket.getInputStream().available() == 0) {
                    Thread.onSpinWait();
                }
            }
        }
        try (AgnesProcess server = serve(data)) {
            assertTrue(address(server).startsWith("http://"));
            assertEquals(List.of(), ScratchFiles.of(data));
        }
        assertTrue(Files.exists(data.resolve("registry.duckdb")));
    }
}
