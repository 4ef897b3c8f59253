// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.TableId;
import io.agnes.core.sync.RunId;
import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.RunOwner;
import io.agnes.core.sync.SyncRun;
import io.agnes.core.sync.TableOutcome;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryRunsTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.123456Z");
    private static final RunOwner OWNER = new RunOwner("server");
    private static final TableId ORDERS = new TableId("orders");

    @TempDir
    private Path dir;

    private Database database;
    private RunLog runs;

    @BeforeEach
    void open() {
        database = Database.open(dir.resolve("registry.duckdb"), dir);
        runs = new RegistryRuns(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static SyncRun running(RunId id, Instant at, List<TableId> targets) {
        return new SyncRun(id, OWNER, "ada", at, targets, SyncRun.Status.RUNNING, null, Map.of());
    }

    @Test
    void everyKindOfOutcomeIsThereAfterReopening() {
        Map<TableId, TableOutcome> outcomes = new LinkedHashMap<>();
        outcomes.put(
                new TableId("a"),
                new TableOutcome.Published(1L << 40, 3_000_000_000L, Long.MAX_VALUE, List.of("a note")));
        outcomes.put(new TableId("b"), new TableOutcome.Unchanged());
        outcomes.put(new TableId("c"), new TableOutcome.Skipped("query_mode is 'remote'"));
        outcomes.put(new TableId("d"), new TableOutcome.RefusedEmpty(5));
        for (AgnesException.Kind kind : AgnesException.Kind.values()) {
            outcomes.put(
                    new TableId("e" + kind.ordinal()),
                    new TableOutcome.Failed(kind, "some_code", "it said \"no\"\nand ž; DROP TABLE sync_run"));
        }
        RunId id = RunId.random();
        runs.start(running(id, NOW, List.of(new TableId("a"), new TableId("b"))));
        outcomes.forEach((table, outcome) -> runs.finished(id, table, outcome, NOW));
        runs.finished(id, SyncRun.Status.FAILED, NOW.plusSeconds(9));
        close();
        open();
        SyncRun expected = new SyncRun(
                id,
                OWNER,
                "ada",
                NOW,
                List.of(new TableId("a"), new TableId("b")),
                SyncRun.Status.FAILED,
                NOW.plusSeconds(9),
                outcomes);
        assertEquals(expected, runs.find(id).orElseThrow());
    }

    @Test
    void aRunForAllTablesHasNoTargets() {
        RunId id = RunId.random();
        runs.start(running(id, NOW, List.of()));
        assertEquals(List.of(), runs.find(id).orElseThrow().targets());
        assertTrue(runs.find(RunId.random()).isEmpty());
    }

    @Test
    void theNewestComeFirstAndNoMoreThanAsked() {
        RunId[] ids = new RunId[5];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = RunId.random();
            runs.start(running(ids[i], NOW.plusSeconds(i), List.of()));
            runs.finished(ids[i], ORDERS, new TableOutcome.Unchanged(), NOW);
            runs.finished(ids[i], SyncRun.Status.SUCCEEDED, NOW.plusSeconds(i));
        }
        assertEquals(
                List.of(ids[4], ids[3], ids[2]),
                runs.newest(3).stream().map(SyncRun::id).toList());
        assertEquals(1, runs.newest(1).getFirst().outcomes().size());
    }

    @Test
    void onlyRunsThatWereAtWorkAreMarkedInterrupted() {
        RunId done = RunId.random();
        RunId left = RunId.random();
        runs.start(running(done, NOW, List.of()));
        runs.finished(done, SyncRun.Status.SUCCEEDED, NOW.plusSeconds(1));
        runs.start(running(left, NOW.plusSeconds(2), List.of()));
        assertEquals(1, runs.interruptLeftovers(OWNER, NOW.plusSeconds(3)));
        assertEquals(0, runs.interruptLeftovers(OWNER, NOW.plusSeconds(4)));
        assertEquals(SyncRun.Status.INTERRUPTED, runs.find(left).orElseThrow().status());
        assertEquals(NOW.plusSeconds(3), runs.find(left).orElseThrow().finishedAt());
        assertEquals(SyncRun.Status.SUCCEEDED, runs.find(done).orElseThrow().status());
    }
}
