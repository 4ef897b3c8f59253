// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.table.TableRecord;
import io.agnes.server.registry.Database;
import io.agnes.server.registry.RegistryTables;
import io.agnes.testkit.FakeBigQuery;
import io.agnes.testkit.FakeCloudStorage;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are killed while a table of BigQuery is exported, and the runs after them. */
@Tag("process")
@Timeout(300)
class BigQueryKillTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String BUCKET = "staging";
    private static final TableId ORDERS = new TableId("orders");
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(100);

    @TempDir
    private Path directory;

    private final FakeCloudStorage storage = FakeCloudStorage.start().bucket(BUCKET, Duration.ZERO);
    private FakeBigQuery google;

    @BeforeEach
    void fill() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        try (Database database = Database.open(data.resolve("registry.duckdb"), data)) {
            new RegistryTables(database)
                    .register(TableRecord.builder(ORDERS, "bigquery")
                            .bucket("crm")
                            .sourceTable("orders")
                            .registered("test", Instant.now())
                            .build());
        }
    }

    private void emulate(FakeBigQuery.Builder builder) {
        google = builder.storage(storage).shards(3).start();
        google.dataset("crm").table("orders").columns("id INT64").row(1).row(2);
    }

    @AfterEach
    void close() {
        google.close();
        storage.close();
    }

    private ServerProcess start() throws IOException {
        Path key = Files.writeString(directory.resolve("key.json"), google.serviceAccountKey());
        Map<String, String> settings = Map.of(
                "SCHEDULER_API_TOKEN", TOKEN,
                "AGNES_BIGQUERY_PROJECT", google.project(),
                "AGNES_BIGQUERY_ENDPOINT", google.endpoint().toString(),
                "AGNES_BIGQUERY_STORAGE_ENDPOINT", storage.endpoint().toString(),
                "AGNES_BIGQUERY_STAGING_BUCKET", BUCKET,
                "AGNES_BIGQUERY_READ_CREDENTIALS", key.toString(),
                "AGNES_BIGQUERY_WRITE_CREDENTIALS", key.toString());
        return ServerProcess.start(
                new Program(BuiltProgram.command()),
                directory.resolve("data"),
                settings,
                directory.resolve("log"),
                Time.system());
    }

    private static String triggered(ServerClient client) {
        return client.post(
                        "/api/sync/trigger",
                        Json.createArrayBuilder().add(ORDERS.value()).build())
                .getString("run_id");
    }

    /** Waits for the end of a run. */
    private static JsonObject ended(ServerClient client, String run) throws InterruptedException {
        while (true) {
            JsonObject found = client.get("/api/sync/runs/" + run);
            if (!found.getString("status").equals("running")) {
                return found;
            }
            Time.system().sleep(POLL);
        }
    }

    private void assertTheNextServerPublishes() throws Exception {
        try (ServerProcess next = start();
                ServerClient client = new ServerClient(next.address(), Secret.of(TOKEN))) {
            next.awaitReady();
            JsonObject run = ended(client, triggered(client));
            assertEquals("succeeded", run.getString("status"), run.toString());
        }
        assertEquals(List.of(), storage.list(BUCKET, ""));
        assertEquals(1, google.requests("POST", ".*/jobs").size());
    }

    @Test
    void aJobThatRunsIsFoundByTheNextServer() throws Exception {
        emulate(FakeBigQuery.builder().jobTakes(LONG));
        try (ServerProcess killed = start();
                ServerClient client = new ServerClient(killed.address(), Secret.of(TOKEN))) {
            killed.awaitReady();
            triggered(client);
            google.awaitRequests("POST", ".*/jobs", 1, PATIENCE);
            killed.kill();
        }
        google.clock().advance(LONG);
        assertTheNextServerPublishes();
    }

    @Test
    void shardsThatAreThereAreDownloadedByTheNextServer() throws Exception {
        emulate(FakeBigQuery.builder());
        storage.onDownload().stall().once();
        try (ServerProcess killed = start();
                ServerClient client = new ServerClient(killed.address(), Secret.of(TOKEN))) {
            killed.awaitReady();
            triggered(client);
            storage.awaitRequests("GET", ".*/o/.*shard.*", 1, PATIENCE);
            killed.kill();
        }
        assertEquals(3, storage.list(BUCKET, "").size());
        assertTheNextServerPublishes();
    }
}
