// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.contract;

import static io.agnes.core.contract.SampleRows.NOW;
import static io.agnes.core.contract.SampleRows.ORDERS;
import static io.agnes.core.contract.SampleRows.OWNER;
import static io.agnes.core.contract.SampleRows.builder;
import static io.agnes.core.contract.SampleRows.running;
import static io.agnes.core.contract.SampleRows.table;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.core.AgnesException.Kind;
import io.agnes.core.TableId;
import io.agnes.core.sync.Backoff;
import io.agnes.core.sync.LastAttempt;
import io.agnes.core.sync.RunId;
import io.agnes.core.sync.ScheduleState;
import io.agnes.core.sync.SyncRun;
import io.agnes.core.sync.TableOutcome;
import io.agnes.core.table.QueryMode;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ScheduleState} does. */
public abstract class ScheduleStateContract extends RegistryContract {
    private static final TableId CLIENTS = new TableId("clients");

    @BeforeEach
    void register() {
        registry.tables().register(table("orders", "Orders"));
        registry.tables().register(table("clients", "Clients"));
        registry.tables()
                .register(builder("far", "Far").queryMode(QueryMode.REMOTE).build());
    }

    private Map<TableId, LastAttempt> attempts() {
        return registry.schedule().lastAttempts();
    }

    private RunId start(Instant at, TableId... targets) {
        RunId id = RunId.random();
        registry.runs().start(running(id, at, targets));
        return id;
    }

    private void run(Instant at, TableOutcome outcome) {
        RunId id = start(at, ORDERS);
        registry.runs().finished(id, ORDERS, outcome, at.plusSeconds(1));
        registry.runs().finished(id, SyncRun.Status.FAILED, at.plusSeconds(1));
    }

    @Test
    void aRunForAllTablesIsAnAttemptAtEachThatIsNotRemote() {
        assertEquals(Map.of(), attempts());
        start(NOW);
        LastAttempt started = new LastAttempt(NOW, null, Backoff.NONE);
        registry.restart();
        assertEquals(Map.of(ORDERS, started, CLIENTS, started), attempts());
    }

    @Test
    void aTargetedRunIsAnAttemptAtItsTargetsThatAreRegistered() {
        start(NOW, ORDERS, new TableId("gone"), new TableId("far"));
        assertEquals(Map.of(ORDERS, new LastAttempt(NOW, null, Backoff.NONE)), attempts());
    }

    @Test
    void aRunThatDoesNotStartIsNoAttempt() {
        start(NOW, ORDERS);
        start(NOW.plusSeconds(1), CLIENTS);
        assertEquals(Set.of(ORDERS), attempts().keySet());
    }

    @Test
    void failuresAreCountedUntilOneSucceeds() {
        run(NOW, new TableOutcome.Failed(Kind.SOURCE_PASSING, "c", "m"));
        run(NOW.plusSeconds(10), new TableOutcome.Failed(Kind.SOURCE_FINAL, "c", "m"));
        registry.restart();
        assertEquals(
                Map.of(ORDERS, new LastAttempt(NOW.plusSeconds(10), NOW.plusSeconds(11), new Backoff(2, true))),
                attempts());
        run(NOW.plusSeconds(20), new TableOutcome.Skipped("not tried"));
        assertEquals(new Backoff(2, true), attempts().get(ORDERS).backoff());
        run(NOW.plusSeconds(30), new TableOutcome.Unchanged());
        assertEquals(
                Map.of(ORDERS, new LastAttempt(NOW.plusSeconds(30), NOW.plusSeconds(31), Backoff.NONE)), attempts());
    }

    @Test
    void aNewAttemptKeepsTheBackoffUntilItEnds() {
        run(NOW, new TableOutcome.Failed(Kind.LIMIT, "c", "m"));
        start(NOW.plusSeconds(10));
        assertEquals(
                new LastAttempt(NOW.plusSeconds(10), null, new Backoff(1, false)),
                attempts().get(ORDERS));
    }

    @Test
    void aTableThatItsProcessLeftWithoutAnOutcomeHasFailed() {
        RunId id = start(NOW);
        registry.runs().finished(id, CLIENTS, new TableOutcome.Unchanged(), NOW.plusSeconds(1));
        registry.restart();
        registry.runs().interruptLeftovers(OWNER, NOW.plusSeconds(5));
        assertEquals(
                Map.of(
                        ORDERS, new LastAttempt(NOW, NOW.plusSeconds(5), new Backoff(1, false)),
                        CLIENTS, new LastAttempt(NOW, NOW.plusSeconds(1), Backoff.NONE)),
                attempts());
    }

    @Test
    void aRemovedTableHasNoAttempt() {
        start(NOW, ORDERS);
        registry.tables().remove(ORDERS);
        assertEquals(Map.of(), attempts());
    }
}
