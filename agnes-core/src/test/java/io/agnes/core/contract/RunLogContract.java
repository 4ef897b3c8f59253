// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.contract;

import static io.agnes.core.contract.SampleRows.NOW;
import static io.agnes.core.contract.SampleRows.ORDERS;
import static io.agnes.core.contract.SampleRows.OWNER;
import static io.agnes.core.contract.SampleRows.running;
import static io.agnes.core.contract.SampleRows.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.RegistryFailedException;
import io.agnes.core.TableId;
import io.agnes.core.sync.RunId;
import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.RunLog.Start;
import io.agnes.core.sync.RunOwner;
import io.agnes.core.sync.SyncRun;
import io.agnes.core.sync.TableOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every {@link RunLog} does. */
public abstract class RunLogContract extends RegistryContract {
    private static final RunOwner OTHER = new RunOwner("other-process");
    private static final TableId CLIENTS = new TableId("clients");

    private RunLog runs() {
        return registry.runs();
    }

    private RunId started(Instant at, TableId... targets) {
        RunId id = RunId.random();
        assertEquals(new Start.Started(), runs().start(running(id, at, targets)));
        return id;
    }

    private RunId ended(Instant at, SyncRun.Status status) {
        RunId id = started(at);
        runs().finished(id, status, at.plusSeconds(1));
        return id;
    }

    private SyncRun stored(RunId id) {
        return runs().find(id).orElseThrow();
    }

    private static TableOutcome failed(String message) {
        return new TableOutcome.Failed(AgnesException.Kind.SOURCE_PASSING, "some_code", message);
    }

    @Nested
    class Starting {
        @Test
        void aStartedRunIsTheOneAtWorkForEveryProcess() {
            assertTrue(runs().running().isEmpty());
            SyncRun run = running(RunId.random(), NOW, ORDERS);
            assertEquals(new Start.Started(), runs().start(run));
            registry.restart();
            assertEquals(Optional.of(run), runs().running());
            assertEquals(run, stored(run.id()));
        }

        @Test
        void whileARunIsAtWorkNoOtherStartsWhicheverProcessAsks() {
            SyncRun run = running(RunId.random(), NOW);
            runs().start(run);
            SyncRun second = running(RunId.random(), OTHER, NOW.plusSeconds(1));
            assertEquals(new Start.AlreadyRunning(run), runs().start(second));
            assertTrue(runs().find(second.id()).isEmpty());
            runs().finished(run.id(), SyncRun.Status.CANCELLED, NOW.plusSeconds(2));
            assertTrue(runs().running().isEmpty());
            assertEquals(new Start.Started(), runs().start(second));
        }

        @Test
        void ofManyConcurrentCallsOneStarts() throws Exception {
            List<Start> answers =
                    assertOneOf(new Start.Started()::equals, () -> runs().start(running(RunId.random(), NOW)));
            SyncRun run = runs().running().orElseThrow();
            for (Start answer : answers) {
                assertTrue(answer.equals(new Start.Started()) || answer.equals(new Start.AlreadyRunning(run)));
            }
            assertEquals(List.of(run), runs().newest(100));
        }

        @Test
        void aRunForAllTablesHasNoTargets() {
            assertEquals(List.of(), stored(started(NOW)).targets());
            assertTrue(runs().find(RunId.random()).isEmpty());
        }
    }

    @Nested
    class Outcomes {
        @Test
        void everyKindOfOutcomeIsThereAfterARestart() {
            Map<TableId, TableOutcome> outcomes = new LinkedHashMap<>();
            outcomes.put(
                    new TableId("z"),
                    new TableOutcome.Published(1L << 40, 3_000_000_000L, Long.MAX_VALUE, List.of("a note")));
            outcomes.put(new TableId("b"), new TableOutcome.Unchanged());
            outcomes.put(new TableId("c"), new TableOutcome.Skipped("query_mode is 'remote'"));
            outcomes.put(new TableId("d"), new TableOutcome.RefusedEmpty(5));
            for (AgnesException.Kind kind : AgnesException.Kind.values()) {
                outcomes.put(
                        new TableId("a" + kind.ordinal()),
                        new TableOutcome.Failed(kind, "some_code", "it said \"no\"\nand ž; DROP TABLE sync_run"));
            }
            RunId id = started(NOW, new TableId("z"), new TableId("b"));
            outcomes.forEach((table, outcome) -> runs().finished(id, table, outcome, NOW));
            runs().finished(id, SyncRun.Status.FAILED, NOW.plusSeconds(9));
            registry.restart();
            SyncRun expected = new SyncRun(
                    id,
                    OWNER,
                    "ada",
                    NOW,
                    List.of(new TableId("z"), new TableId("b")),
                    SyncRun.Status.FAILED,
                    NOW.plusSeconds(9),
                    outcomes);
            assertEquals(expected, stored(id));
            assertEquals(
                    List.copyOf(outcomes.keySet()),
                    List.copyOf(stored(id).outcomes().keySet()),
                    "in the order in which they were stored");
        }

        @Test
        void aTableHasOneOutcomeInARun() {
            RunId id = started(NOW);
            runs().finished(id, ORDERS, new TableOutcome.Unchanged(), NOW);
            assertThrows(RegistryFailedException.class, () -> runs().finished(id, ORDERS, failed("again"), NOW));
            assertEquals(
                    Map.of(ORDERS, new TableOutcome.Unchanged()), stored(id).outcomes());
        }

        @Test
        void theLastSuccessIsTheEndOfTheNewestRunThatSucceeded() {
            assertEquals(Optional.empty(), runs().lastSuccess());
            ended(NOW, SyncRun.Status.PARTIAL);
            assertEquals(Optional.empty(), runs().lastSuccess());
            ended(NOW.plusSeconds(10), SyncRun.Status.SUCCEEDED);
            ended(NOW.plusSeconds(20), SyncRun.Status.FAILED);
            started(NOW.plusSeconds(30));
            assertEquals(Optional.of(NOW.plusSeconds(11)), runs().lastSuccess());
            registry.restart();
            assertEquals(Optional.of(NOW.plusSeconds(11)), runs().lastSuccess());
        }

        @Test
        void theLastErrorIsToldUntilTheTableSucceeds() {
            registry.tables().register(table("orders", "Orders"));
            registry.tables().register(table("clients", "Clients"));
            RunId first = started(NOW);
            runs().finished(first, ORDERS, failed("it's gone"), NOW);
            runs().finished(first, CLIENTS, new TableOutcome.Unchanged(), NOW);
            runs().finished(first, SyncRun.Status.PARTIAL, NOW);
            registry.restart();
            assertEquals(Map.of(ORDERS, "it's gone"), runs().lastErrors());
            RunId second = started(NOW.plusSeconds(1));
            assertEquals(Map.of(ORDERS, "it's gone"), runs().lastErrors(), "until it has another outcome");
            runs().finished(second, ORDERS, new TableOutcome.RefusedEmpty(1), NOW);
            assertEquals(Map.of(), runs().lastErrors());
        }

        @Test
        void aRemovedTableHasNoError() {
            registry.tables().register(table("orders", "Orders"));
            RunId run = started(NOW);
            runs().finished(run, ORDERS, failed("gone"), NOW);
            registry.tables().remove(ORDERS);
            assertEquals(Map.of(), runs().lastErrors());
            assertEquals(Map.of(ORDERS, failed("gone")), stored(run).outcomes(), "the run keeps it");
        }
    }

    @Nested
    class Listing {
        @Test
        void theNewestComeFirstAndNoMoreThanAsked() {
            List<RunId> ids = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                RunId id = started(NOW.plusSeconds(i));
                runs().finished(id, ORDERS, new TableOutcome.Unchanged(), NOW);
                runs().finished(id, SyncRun.Status.SUCCEEDED, NOW.plusSeconds(i));
                ids.addFirst(id);
            }
            assertEquals(
                    ids.subList(0, 3),
                    runs().newest(3).stream().map(SyncRun::id).toList());
            assertEquals(1, runs().newest(1).getFirst().outcomes().size());
        }

        @Test
        void pagesHoldEachRunOnceThoughRunsOfOneMomentAreAmongThem() {
            List<RunId> ids = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                ids.add(ended(NOW.plusSeconds(i / 3), SyncRun.Status.SUCCEEDED));
            }
            List<RunId> paged = new ArrayList<>();
            List<SyncRun> page = runs().newest(Optional.empty(), 2);
            while (!page.isEmpty()) {
                page.forEach(run -> paged.add(run.id()));
                page = runs().newest(Optional.of(page.getLast().id()), 2);
            }
            assertEquals(6, paged.size());
            assertEquals(List.copyOf(new TreeSet<>(values(ids))), List.copyOf(new TreeSet<>(values(paged))));
            assertEquals(paged, runs().newest(100).stream().map(SyncRun::id).toList());
        }

        private static List<String> values(List<RunId> ids) {
            return ids.stream().map(RunId::value).toList();
        }

        @Test
        void beforeAnUnknownRunThereIsNone() {
            ended(NOW, SyncRun.Status.SUCCEEDED);
            assertEquals(List.of(), runs().newest(Optional.of(RunId.random()), 10));
        }
    }

    @Nested
    class Leftovers {
        @Test
        void onlyRunsThatWereAtWorkAreMarkedInterrupted() {
            RunId done = ended(NOW, SyncRun.Status.SUCCEEDED);
            RunId left = started(NOW.plusSeconds(2));
            registry.restart();
            assertEquals(1, runs().interruptLeftovers(OWNER, NOW.plusSeconds(3)));
            assertEquals(0, runs().interruptLeftovers(OWNER, NOW.plusSeconds(4)));
            assertEquals(SyncRun.Status.INTERRUPTED, stored(left).status());
            assertEquals(NOW.plusSeconds(3), stored(left).finishedAt());
            assertEquals(SyncRun.Status.SUCCEEDED, stored(done).status());
            assertTrue(runs().running().isEmpty());
        }

        @Test
        void theRunOfAnotherOwnerStaysAtWork() {
            SyncRun run = running(RunId.random(), OTHER, NOW);
            runs().start(run);
            assertEquals(0, runs().interruptLeftovers(OWNER, NOW.plusSeconds(1)));
            assertEquals(Optional.of(run), runs().running());
            assertEquals(1, runs().interruptLeftovers(OTHER, NOW.plusSeconds(1)));
        }

        @Test
        void aTableWithoutAnOutcomeHasAnError() {
            registry.tables().register(table("orders", "Orders"));
            registry.tables().register(table("clients", "Clients"));
            runs().finished(started(NOW), CLIENTS, new TableOutcome.Unchanged(), NOW);
            runs().interruptLeftovers(OWNER, NOW.plusSeconds(1));
            assertEquals(Map.of(ORDERS, "the process ended before the table did"), runs().lastErrors());
        }
    }
}
