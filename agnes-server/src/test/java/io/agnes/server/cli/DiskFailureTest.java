// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.Secret;
import io.agnes.core.Time;
import jakarta.json.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fails to write, simulated by strace around a server. Every acknowledged change stays. */
@EnabledOnOs(OS.LINUX)
@Tag("process")
@Timeout(120)
class DiskFailureTest {
    private static final int CHANGES = 25;

    @TempDir
    private Path directory;

    private Path data;
    private Path scratch;
    private Secret token = Secret.of("none");

    /** The first start creates many files, so it runs on a working disk. */
    @BeforeEach
    void firstStart() throws Exception {
        data = directory.resolve("data");
        scratch = Files.createDirectories(directory.resolve("scratch"));
        try (AgnesProcess server = serve()) {
            token = Secret.of(server.firstToken());
            try (ServerClient client = client(server)) {
                // A use of the token, because a later start replaces an unused first token.
                client.get("/api/admin/users");
            }
            server.terminate();
            assertEquals(0, server.exitCode(), server.errors());
        }
    }

    private AgnesProcess serve() throws IOException {
        return AgnesProcess.start(scratch, Map.of(), "serve", "--data-dir", data.toString(), "--port", "0");
    }

    /**
     * Starts a server under strace. Each thread counts its own calls. The writing thread makes two for each change:
     * fdatasync for the journal and fsync for DuckDB.
     *
     * @param calls the calls that fail
     * @param which the number of the failing call, followed by a plus if all later ones fail too
     */
    private AgnesProcess serve(String calls, String which) throws IOException {
        return AgnesProcess.startUnder(
                List.of(
                        "strace",
                        "-f",
                        "-qq",
                        "-o",
                        directory.resolve("trace").toString(),
                        "-e",
                        "trace=fsync,fdatasync",
                        "-e",
                        "inject=" + calls + ":error=EIO:when=" + which),
                scratch,
                Map.of(),
                "serve",
                "--data-dir",
                data.toString(),
                "--port",
                "0");
    }

    /** Grants until the server no longer answers; returns the acknowledged grants. */
    private static Set<String> grant(ServerClient client) throws InterruptedException {
        Set<String> acknowledged = new TreeSet<>();
        for (int i = 0; i < CHANGES; i++) {
            try {
                client.post(
                        "/api/admin/users",
                        Json.createObjectBuilder()
                                .add("id", "user" + i)
                                .add("groups", Json.createArrayBuilder().add("group" + i))
                                .build());
                acknowledged.add("user" + i);
            } catch (AgnesException refused) {
                // A grant without an acknowledgement may or may not be stored.
                Time.system().sleep(Duration.ofMillis(50));
            }
        }
        return acknowledged;
    }

    private Set<String> users() throws Exception {
        Set<String> users = new HashSet<>();
        try (Connection registry = DriverManager.getConnection("jdbc:duckdb:" + data.resolve("registry.duckdb"));
                Statement statement = registry.createStatement();
                ResultSet found = statement.executeQuery("SELECT id FROM app_user")) {
            while (found.next()) {
                users.add(found.getString(1));
            }
        }
        return users;
    }

    private ServerClient client(AgnesProcess server) throws InterruptedException {
        return new ServerClient(URI.create(server.line("agnes ").replaceFirst(".* serves on ", "")), token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fsync", "fdatasync", "fsync,fdatasync"})
    void oneFailureIsOvercome(String calls) throws Exception {
        Set<String> acknowledged;
        try (AgnesProcess server = serve(calls, "10");
                ServerClient client = client(server)) {
            acknowledged = grant(client);
            assertEquals("ok", client.get("/health/ready").getString("status"));
            assertTrue(server.errors().contains("failed and is opened again"), server.errors());
            server.terminate();
            assertEquals(0, server.exitCode(), server.errors());
        }
        assertTrue(acknowledged.size() >= CHANGES - 2, acknowledged.toString());
        assertTrue(users().containsAll(acknowledged), acknowledged + " in " + users());
    }

    @Test
    void aDiskThatStaysBrokenEndsTheProcess() throws Exception {
        Set<String> acknowledged;
        try (AgnesProcess server = serve("fsync,fdatasync", "10+");
                ServerClient client = client(server)) {
            acknowledged = grant(client);
            assertEquals(ExitCode.BUG, server.exitCode(), server.errors());
            assertTrue(server.errors().contains("cannot be opened again"), server.errors());
        }
        assertTrue(acknowledged.size() < CHANGES);
        try (AgnesProcess server = serve()) {
            server.line("agnes ");
            server.terminate();
            assertEquals(0, server.exitCode(), server.errors());
        }
        assertTrue(users().containsAll(acknowledged), acknowledged + " in " + users());
    }
}
