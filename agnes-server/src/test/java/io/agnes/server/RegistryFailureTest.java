// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.core.Secret;
import io.agnes.core.file.DiskSpace;
import io.agnes.core.file.FileStore;
import io.agnes.core.file.Scratch;
import io.agnes.core.sync.Discovery;
import io.agnes.core.sync.RunOwner;
import io.agnes.core.sync.SyncConfig;
import io.agnes.core.sync.SyncEngine;
import io.agnes.core.sync.TablePublisher;
import io.agnes.core.version.DirectoryVersions;
import io.agnes.server.access.ClientAddress;
import io.agnes.server.access.TokenProvider;
import io.agnes.server.api.Who;
import io.agnes.server.audit.Audit;
import io.agnes.server.audit.Usage;
import io.agnes.server.backup.Backups;
import io.agnes.server.connection.Connections;
import io.agnes.server.connection.Limits;
import io.agnes.server.metadata.RemoteMetadata;
import io.agnes.server.registry.Database;
import io.agnes.server.registry.RegistryAccess;
import io.agnes.server.registry.RegistryAudit;
import io.agnes.server.registry.RegistryFieldIds;
import io.agnes.server.registry.RegistryMetadataCache;
import io.agnes.server.registry.RegistryRuns;
import io.agnes.server.registry.RegistryTables;
import io.agnes.server.registry.RegistryUsage;
import io.agnes.server.route.HttpApi;
import io.agnes.server.route.Routes;
import io.agnes.server.route.Services;
import io.agnes.server.settings.Sources;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** When the registry fails every call, no route grants access. */
class RegistryFailureTest {
    private static final String ANY_TOKEN = "Authorization: Bearer agn_any";
    private static final String SCHEDULER = "Authorization: Bearer " + Served.SCHEDULER_TOKEN;

    @TempDir
    private Path dir;

    private Audit audit;
    private Usage usage;
    private Connections connections;
    private Web web;
    private Wire wire;

    @BeforeEach
    void start() throws IOException {
        ManualTime time = new ManualTime(Served.START);
        Database database = Database.open(dir.resolve("registry.duckdb"), dir);
        RegistryTables tables = new RegistryTables(database);
        RegistryRuns runs = new RegistryRuns(database);
        RegistryAccess access = new RegistryAccess(database);
        audit = new Audit(RegistryAudit.of(database), database.origins(), time);
        usage = new Usage(new RegistryUsage(database), time);
        FileStore files = FileStore.system();
        Scratch scratch = Scratch.of(files, dir.resolve("tmp"));
        TablePublisher publisher = new TablePublisher(
                new DirectoryVersions(files, dir, true), scratch, tables, new RegistryFieldIds(database), time);
        SyncEngine engine =
                new SyncEngine(SyncConfig.of(), new RunOwner("test"), tables, runs, publisher, List.of(), time);
        Routes routes = new Routes(new Services(
                tables,
                access,
                audit,
                usage,
                runs,
                engine,
                publisher,
                new Discovery(tables, List.of(), time),
                RemoteMetadata.of(Sources.of(), tables, new RegistryMetadataCache(database), time),
                new Backups(database, scratch, DiskSpace.system(), time),
                dir,
                Sources.of(),
                "1",
                database::schema,
                Map::of,
                Limits.standard(),
                time));
        TokenProvider tokens = new TokenProvider(
                access, Optional.of(Secret.of(Served.SCHEDULER_TOKEN)), usage, new ClientAddress(0), time);
        connections = new Connections(Limits.standard(), time);
        web = new Web(
                Served.settings(dir, SyncConfig.of()),
                Limits.standard(),
                connections,
                routes,
                tokens,
                lost -> {},
                time);
        wire = new Wire(URI.create("http://127.0.0.1:" + web.port()), new Conformity()::check);
        database.close();
    }

    @AfterEach
    void stop() throws IOException {
        web.close();
        connections.close();
        usage.close();
        audit.close();
    }

    @TestFactory
    Stream<DynamicTest> aTokenThatNeedsTheRegistryGets503FromEveryRoute() {
        return HttpApi.ENDPOINTS.stream()
                .filter(endpoint -> endpoint.who() != Who.PUBLIC)
                .flatMap(endpoint -> endpoint.names().stream())
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    String[] words = name.split(" ");
                    Reply reply = wire.send(words[0], words[1].replaceAll("[{}]", ""), ANY_TOKEN);
                    assertEquals(503, reply.status());
                    if (!words[0].equals("HEAD")) {
                        Problems.check(reply, 503, "registry_unavailable");
                    }
                }));
    }

    @Test
    void aTokenThatNeedsNoRegistryGets503FromTheRoute() throws IOException {
        Problems.check(wire.send("GET", "/api/sync/runs", SCHEDULER), 503, "registry_unavailable");
        Problems.check(wire.sendBody("POST", "/api/sync/trigger", "null", SCHEDULER), 503, "registry_unavailable");
        assertEquals(
                "{\"locked\":false}\n", wire.send("GET", "/api/sync/status").text());
    }

    @Test
    void aRequestWithoutATokenIsStillRefused() throws IOException {
        Problems.check(wire.send("GET", "/api/data/orders/check-access"), 401, "unauthenticated");
    }

    @Test
    void healthIsAlways200AndReadinessTellsWhy() throws IOException {
        Reply health = wire.send("GET", "/api/health");
        assertEquals(200, health.status());
        assertEquals("degraded", health.json().getString("status"));
        Reply ready = wire.send("GET", "/health/ready");
        assertEquals(503, ready.status());
        assertEquals("[\"registry\"]", ready.json().getJsonArray("reasons").toString());
        assertEquals(200, wire.send("GET", "/health/live").status());
    }
}
