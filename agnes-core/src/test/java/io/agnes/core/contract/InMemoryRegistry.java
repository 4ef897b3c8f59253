// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.contract;

import io.agnes.core.RegistryFailedException;
import io.agnes.core.TableId;
import io.agnes.core.parquet.SchemaField;
import io.agnes.core.sync.LastAttempt;
import io.agnes.core.sync.RunId;
import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.RunOwner;
import io.agnes.core.sync.ScheduleState;
import io.agnes.core.sync.SyncRun;
import io.agnes.core.sync.TableOutcome;
import io.agnes.core.table.FieldIdAllocation;
import io.agnes.core.table.FieldIdRegistry;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableProfile;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A registry that lasts as long as the test. One lock guards all of it, so each call is a transaction. */
public final class InMemoryRegistry implements TableRegistry, FieldIdRegistry, RunLog, ScheduleState {
    private static final Comparator<SyncRun> OLDEST_FIRST = Comparator.comparing(SyncRun::startedAt)
            .thenComparing(run -> run.id().value());

    /** The pointer to a table's newest version. */
    private record State(long sequence, @Nullable String marker) {}

    /** A version with what was measured of it. */
    private static final class Stored {
        private final TableVersion version;
        private boolean quarantined;
        private @Nullable TableProfile profile;

        Stored(TableVersion version) {
            this.version = version;
        }
    }

    private final NavigableMap<TableId, TableRecord> tables = new TreeMap<>();
    private final Map<TableId, NavigableMap<Long, Stored>> versions = new TreeMap<>();
    private final Map<TableId, Map<String, Integer>> fieldIds = new HashMap<>();
    private final Map<TableId, State> states = new HashMap<>();
    private final Map<RunId, SyncRun> runs = new HashMap<>();
    private final Map<TableId, LastAttempt> attempts = new HashMap<>();
    private final Map<TableId, String> errors = new HashMap<>();
    /** The run at work, which a search through all runs would find too. */
    private @Nullable RunId running;

    private boolean failsNextEnd;

    /** Makes the next call that ends a run fail. */
    public synchronized void failNextEnd() {
        failsNextEnd = true;
    }

    private static RegistryFailedException failure(String why) {
        return new RegistryFailedException("registry_failed", why, null);
    }

    @Override
    public synchronized Registration register(TableRecord table) {
        Optional<TableId> sameId = tables.keySet().stream()
                .filter(id -> id.folded().equals(table.id().folded()))
                .findFirst();
        if (sameId.isPresent()) {
            return new Registration.Taken("id", sameId.get());
        }
        Optional<TableId> sameName = holder(table.name());
        if (sameName.isPresent()) {
            return new Registration.Taken("name", sameName.get());
        }
        tables.put(table.id(), table);
        return new Registration.Registered();
    }

    private Optional<TableId> holder(String name) {
        return tables.values().stream()
                .filter(table -> table.name().equals(name))
                .map(TableRecord::id)
                .findFirst();
    }

    @Override
    public synchronized Change update(TableRecord table) {
        Optional<TableId> holder = holder(table.name()).filter(id -> !id.equals(table.id()));
        if (holder.isPresent()) {
            return new Change.NameTaken(holder.get());
        }
        TableRecord before = tables.get(table.id());
        if (before == null || before.revision() + 1 != table.revision()) {
            return new Change.Outdated();
        }
        tables.put(table.id(), table);
        return new Change.Changed();
    }

    @Override
    public synchronized boolean remove(TableId id) {
        versions.remove(id);
        fieldIds.remove(id);
        states.remove(id);
        attempts.remove(id);
        errors.remove(id);
        return tables.remove(id) != null;
    }

    @Override
    public synchronized List<Integer> assign(TableId table, List<SchemaField> fields) {
        if (!tables.containsKey(table)) {
            throw failure("table " + table + " is not registered");
        }
        Map<String, Integer> known = fieldIds.computeIfAbsent(table, id -> new HashMap<>());
        FieldIdAllocation allocation = FieldIdAllocation.of(known, fields);
        known.putAll(allocation.added());
        return allocation.ids();
    }

    @Override
    public synchronized Optional<Entry> find(TableId id) {
        return Optional.ofNullable(tables.get(id)).map(this::entry);
    }

    @Override
    public synchronized List<Entry> all() {
        return tables.values().stream().map(this::entry).toList();
    }

    private Entry entry(TableRecord table) {
        State state = states.get(table.id());
        Stored newest = state == null ? null : stored(table.id(), state.sequence());
        if (state == null || newest == null) {
            return new Entry(table, Optional.empty());
        }
        Optional<TableVersion> version = Optional.of(withMarker(newest.version, state.marker()));
        return newest.quarantined ? new Entry(table, wholeBefore(newest.version), version) : new Entry(table, version);
    }

    private Optional<TableVersion> wholeBefore(TableVersion damaged) {
        return versionsOf(damaged.table()).headMap(damaged.sequence(), false).descendingMap().values().stream()
                .filter(stored -> !stored.quarantined)
                .map(stored -> stored.version)
                .findFirst();
    }

    private NavigableMap<Long, Stored> versionsOf(TableId table) {
        return versions.computeIfAbsent(table, id -> new TreeMap<>());
    }

    private @Nullable Stored stored(TableId table, long sequence) {
        return versionsOf(table).get(sequence);
    }

    /** The marker belongs to the pointer and not to the version. */
    private static TableVersion withMarker(TableVersion version, @Nullable String marker) {
        return new TableVersion(
                version.table(),
                version.sequence(),
                version.name(),
                version.digest(),
                version.rows(),
                version.columns(),
                version.publishedAt(),
                marker);
    }

    @Override
    public synchronized void publish(TableVersion version) {
        if (!tables.containsKey(version.table())) {
            throw failure("table " + version.table() + " is not registered");
        }
        State state = states.get(version.table());
        if (state != null && version.sequence() <= state.sequence()) {
            throw failure("the pointer of " + version.table() + " may only move forward");
        }
        versionsOf(version.table()).put(version.sequence(), new Stored(withMarker(version, null)));
        states.put(version.table(), new State(version.sequence(), version.marker()));
    }

    @Override
    public synchronized void mark(TableId table, @Nullable String marker) {
        states.computeIfPresent(table, (id, state) -> new State(state.sequence(), marker));
    }

    @Override
    public synchronized void quarantine(TableVersion version, Instant at) {
        Stored stored = stored(version.table(), version.sequence());
        if (stored != null && !stored.quarantined) {
            stored.quarantined = true;
            mark(version.table(), null);
        }
    }

    @Override
    public synchronized void forget(TableVersion version) {
        versionsOf(version.table()).remove(version.sequence());
    }

    @Override
    public synchronized void keep(TableVersion version, TableProfile profile) {
        Stored stored = stored(version.table(), version.sequence());
        if (stored != null) {
            stored.profile = profile;
        }
    }

    @Override
    public synchronized Optional<TableProfile> profile(TableId table) {
        return Optional.ofNullable(states.get(table))
                .map(state -> stored(table, state.sequence()))
                .filter(stored -> !stored.quarantined)
                .map(stored -> stored.profile);
    }

    @Override
    public synchronized List<TableVersion> versions() {
        return versions.values().stream()
                .flatMap(ofTable -> ofTable.values().stream())
                .map(stored -> stored.version)
                .toList();
    }

    @Override
    public synchronized Start start(SyncRun run) {
        Optional<SyncRun> other = running();
        if (other.isPresent()) {
            return new Start.AlreadyRunning(other.get());
        }
        if (runs.putIfAbsent(run.id(), run) != null) {
            throw failure("run " + run.id() + " is stored already");
        }
        running = run.id();
        for (TableId table : tables(run)) {
            attempts.put(table, LastAttempt.started(Optional.ofNullable(attempts.get(table)), run.startedAt()));
        }
        return new Start.Started();
    }

    @Override
    public synchronized Optional<SyncRun> running() {
        return Optional.ofNullable(running).map(runs::get);
    }

    private List<TableId> tables(SyncRun run) {
        return tables.values().stream()
                .filter(table -> table.queryMode() != QueryMode.REMOTE)
                .map(TableRecord::id)
                .filter(id -> run.targets().isEmpty() || run.targets().contains(id))
                .toList();
    }

    @Override
    public synchronized void finished(RunId run, TableId table, TableOutcome outcome, Instant at) {
        SyncRun before = runs.get(run);
        if (before == null || before.outcomes().containsKey(table)) {
            throw failure("run " + run + " is unknown, or has an outcome of " + table + " already");
        }
        Map<TableId, TableOutcome> outcomes = new LinkedHashMap<>(before.outcomes());
        outcomes.put(table, outcome);
        runs.put(run, with(before, before.status(), before.finishedAt(), outcomes));
        attempts.computeIfPresent(table, (id, attempt) -> attempt.ended(outcome, at));
        if (outcome instanceof TableOutcome.Failed failed && attempts.containsKey(table)) {
            errors.put(table, failed.message());
        } else {
            errors.remove(table);
        }
    }

    @Override
    public synchronized void finished(RunId run, SyncRun.Status status, Instant at) {
        if (failsNextEnd) {
            failsNextEnd = false;
            throw failure("the log of runs failed, as the test asked");
        }
        runs.computeIfPresent(run, (id, before) -> with(before, status, at, before.outcomes()));
        if (run.equals(running)) {
            running = null;
        }
    }

    private static SyncRun with(
            SyncRun run, SyncRun.Status status, @Nullable Instant finishedAt, Map<TableId, TableOutcome> outcomes) {
        return new SyncRun(
                run.id(), run.owner(), run.startedBy(), run.startedAt(), run.targets(), status, finishedAt, outcomes);
    }

    @Override
    public synchronized int interruptLeftovers(RunOwner owner, Instant at) {
        List<SyncRun> left =
                running().filter(run -> run.owner().equals(owner)).stream().toList();
        for (SyncRun run : left) {
            finished(run.id(), SyncRun.Status.INTERRUPTED, at);
            tables(run).stream()
                    .filter(table -> !run.outcomes().containsKey(table))
                    .forEach(table -> interrupt(table, at));
        }
        return left.size();
    }

    private void interrupt(TableId table, Instant at) {
        attempts.computeIfPresent(table, (id, attempt) -> attempt.interrupted(at));
        errors.put(table, "the process ended before the table did");
    }

    @Override
    public synchronized Map<TableId, LastAttempt> lastAttempts() {
        return Map.copyOf(attempts);
    }

    @Override
    public synchronized Map<TableId, String> lastErrors() {
        return Map.copyOf(errors);
    }

    @Override
    public synchronized Optional<Instant> lastSuccess() {
        return runs.values().stream()
                .filter(run -> run.status() == SyncRun.Status.SUCCEEDED)
                .flatMap(run -> Optional.ofNullable(run.finishedAt()).stream())
                .max(Comparator.naturalOrder());
    }

    @Override
    public synchronized Optional<SyncRun> find(RunId run) {
        return Optional.ofNullable(runs.get(run));
    }

    @Override
    public synchronized List<SyncRun> newest(Optional<RunId> before, int limit) {
        Optional<SyncRun> first = before.map(runs::get);
        if (before.isPresent() && first.isEmpty()) {
            return List.of();
        }
        return runs.values().stream()
                .filter(run -> first.isEmpty() || OLDEST_FIRST.compare(run, first.get()) < 0)
                .sorted(OLDEST_FIRST.reversed())
                .limit(limit)
                .toList();
    }
}
