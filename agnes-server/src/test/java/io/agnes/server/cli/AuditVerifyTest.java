// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.server.Wire;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code agnes audit verify}, over a server that runs, one that was killed, and files that were changed by hand. */
@Tag("process")
class AuditVerifyTest {
    @TempDir
    private Path directory;

    private Path data;
    private Path scratch;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void folders() throws Exception {
        data = directory.resolve("data");
        scratch = Files.createDirectories(directory.resolve("scratch"));
    }

    private AgnesProcess verify(int code, String... arguments) throws Exception {
        String[] all = new String[arguments.length + 2];
        all[0] = "audit";
        all[1] = "verify";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        try (AgnesProcess process = AgnesProcess.start(scratch, environment, all)) {
            assertEquals(code, process.exitCode(), process.output() + process.errors());
            return process;
        }
    }

    private void execute(String sql) throws Exception {
        try (Connection registry = DriverManager.getConnection("jdbc:duckdb:" + data.resolve("registry.duckdb"));
                Statement statement = registry.createStatement()) {
            statement.execute(sql);
        }
    }

    private long count(String sql) throws Exception {
        try (Connection registry = DriverManager.getConnection("jdbc:duckdb:" + data.resolve("registry.duckdb"));
                Statement statement = registry.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getLong(1);
        }
    }

    @Test
    void everyChangeThatWasAcknowledgedIsInTheChainAfterAKillAndAnyEditIsFound() throws Exception {
        try (AgnesProcess server =
                AgnesProcess.start(scratch, environment, "serve", "--data-dir", data.toString(), "--port", "0")) {
            String url = server.line("agnes ").replaceFirst(".* serves on ", "");
            environment.put("AGNES_URL", url);
            environment.put("AGNES_TOKEN", server.firstToken());
            Wire wire = new Wire(URI.create(url));
            for (int i = 0; i < 20; i++) {
                String token = "Authorization: Bearer " + environment.get("AGNES_TOKEN");
                assertEquals(
                        201,
                        wire.sendBody("POST", "/api/admin/users", "{\"id\": \"user" + i + "\"}", token)
                                .status());
            }
            verify(0);
            verify(73, "--data-dir", data.toString());
            // Closing kills it.
        }
        String head = verify(0, "--data-dir", data.toString()).output().strip();
        assertTrue(head.matches("[0-9]+:[0-9a-f]{64}"), head);
        assertEquals(20, count("SELECT count(*) FROM audit_log WHERE action = 'user_put' AND subject LIKE 'user%'"));
        verify(0, "--data-dir", data.toString(), "--head", head);
        verify(64, "--data-dir", data.toString(), "--head", "x");
        verify(1, "--data-dir", data.toString(), "--head", head.replaceAll(":.*", ":" + "0".repeat(64)));

        execute("UPDATE audit_log SET actor = 'eve' WHERE subject = 'user7'");
        assertTrue(verify(1, "--data-dir", data.toString()).errors().startsWith("agnes: the audit is broken: record "));
        execute("UPDATE audit_log SET actor = 'admin' WHERE subject = 'user7'");
        verify(0, "--data-dir", data.toString());
        execute("DELETE FROM audit_log WHERE subject = 'user19'");
        verify(1, "--data-dir", data.toString());
    }
}
