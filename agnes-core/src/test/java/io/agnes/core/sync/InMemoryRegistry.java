// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableProfile;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tables and runs, remembered as long as the test lasts. */
final class InMemoryRegistry implements TableRegistry, RunLog, ScheduleState {
    private final Map<TableId, TableRecord> tables = new LinkedHashMap<>();
    private final List<TableVersion> versions = new ArrayList<>();
    private final Set<String> quarantined = new HashSet<>();
    private final Map<TableId, TableVersion> current = new LinkedHashMap<>();
    private final Map<TableId, TableProfile> profiles = new LinkedHashMap<>();
    private final SequencedMap<RunId, SyncRun> runs = new LinkedHashMap<>();
    private final Map<TableId, LastAttempt> attempts = new LinkedHashMap<>();
    private boolean failsNextEnd;

    /** Makes the next call that ends a run fail. */
    synchronized void failNextEnd() {
        failsNextEnd = true;
    }

    @Override
    public synchronized Registration register(TableRecord table) {
        tables.put(table.id(), table);
        return new Registration.Registered();
    }

    @Override
    public synchronized Change update(TableRecord table) {
        TableRecord before = tables.get(table.id());
        if (before == null || before.revision() + 1 != table.revision()) {
            return new Change.Outdated();
        }
        tables.put(table.id(), table);
        return new Change.Changed();
    }

    @Override
    public synchronized boolean remove(TableId id) {
        versions.removeIf(version -> version.table().equals(id));
        current.remove(id);
        return tables.remove(id) != null;
    }

    @Override
    public synchronized Optional<Entry> find(TableId id) {
        return Optional.ofNullable(tables.get(id)).map(table -> entry(table, Optional.ofNullable(current.get(id))));
    }

    @Override
    public synchronized List<Entry> all() {
        return tables.keySet().stream().map(id -> find(id).orElseThrow()).toList();
    }

    @Override
    public synchronized void publish(TableVersion version) {
        versions.add(version);
        current.put(version.table(), version);
    }

    @Override
    public synchronized void mark(TableId table, @Nullable String marker) {
        TableVersion before = current.get(table);
        current.put(
                table,
                new TableVersion(
                        table,
                        before.sequence(),
                        before.path(),
                        before.digests(),
                        before.rows(),
                        before.columns(),
                        before.publishedAt(),
                        marker));
    }

    @Override
    public synchronized void keep(TableVersion version, TableProfile profile) {
        profiles.put(version.table(), profile);
    }

    @Override
    public synchronized Optional<TableProfile> profile(TableId table) {
        return Optional.ofNullable(profiles.get(table));
    }

    @Override
    public synchronized void quarantine(TableVersion version, Instant at) {
        if (versions.stream().anyMatch(kept -> kept.path().equals(version.path()))
                && quarantined.add(version.sequence() + " " + version.table())) {
            mark(version.table(), null);
        }
    }

    private Entry entry(TableRecord table, Optional<TableVersion> newest) {
        if (newest.isEmpty() || !isQuarantined(newest.get())) {
            return new Entry(table, newest);
        }
        Optional<TableVersion> before = versions.stream()
                .filter(version -> version.table().equals(table.id()) && !isQuarantined(version))
                .max(Comparator.comparingLong(TableVersion::sequence));
        return new Entry(table, before, newest);
    }

    private boolean isQuarantined(TableVersion version) {
        return quarantined.contains(version.sequence() + " " + version.table());
    }

    @Override
    public synchronized void forget(TableVersion version) {
        versions.remove(version);
    }

    @Override
    public synchronized List<TableVersion> versions() {
        return List.copyOf(versions);
    }

    @Override
    public synchronized Start start(SyncRun run) {
        Optional<SyncRun> other = running();
        if (other.isPresent()) {
            return new Start.AlreadyRunning(other.get());
        }
        runs.put(run.id(), run);
        for (TableId table : tables(run)) {
            attempts.put(table, LastAttempt.started(Optional.ofNullable(attempts.get(table)), run.startedAt()));
        }
        return new Start.Started();
    }

    @Override
    public synchronized Optional<SyncRun> running() {
        return runs.values().stream()
                .filter(run -> run.status() == SyncRun.Status.RUNNING)
                .findFirst();
    }

    private List<TableId> tables(SyncRun run) {
        return run.targets().isEmpty()
                ? tables.values().stream()
                        .filter(table -> table.queryMode() == QueryMode.MATERIALIZED)
                        .map(TableRecord::id)
                        .toList()
                : run.targets();
    }

    @Override
    public synchronized Map<TableId, LastAttempt> lastAttempts() {
        return Map.copyOf(attempts);
    }

    @Override
    public synchronized void finished(RunId run, TableId table, TableOutcome outcome, Instant at) {
        SyncRun before = runs.get(run);
        Map<TableId, TableOutcome> outcomes = new LinkedHashMap<>(before.outcomes());
        outcomes.put(table, outcome);
        runs.put(run, with(before, before.status(), before.finishedAt(), outcomes));
        attempts.computeIfPresent(table, (id, attempt) -> attempt.ended(outcome, at));
    }

    @Override
    public synchronized void finished(RunId run, SyncRun.Status status, Instant at) {
        if (failsNextEnd) {
            failsNextEnd = false;
            throw new IllegalStateException("the log of runs failed, as the test asked");
        }
        runs.put(run, with(runs.get(run), status, at, runs.get(run).outcomes()));
    }

    private static SyncRun with(
            SyncRun run, SyncRun.Status status, @Nullable Instant finishedAt, Map<TableId, TableOutcome> outcomes) {
        return new SyncRun(
                run.id(), run.owner(), run.startedBy(), run.startedAt(), run.targets(), status, finishedAt, outcomes);
    }

    @Override
    public synchronized Map<TableId, String> lastErrors() {
        return Map.of();
    }

    @Override
    public synchronized Optional<Instant> lastSuccess() {
        return runs.sequencedValues().reversed().stream()
                .filter(run -> run.status() == SyncRun.Status.SUCCEEDED)
                .map(SyncRun::finishedAt)
                .findFirst();
    }

    @Override
    public synchronized int interruptLeftovers(RunOwner owner, Instant at) {
        List<SyncRun> left = runs.values().stream()
                .filter(run ->
                        run.status() == SyncRun.Status.RUNNING && run.owner().equals(owner))
                .toList();
        for (SyncRun run : left) {
            finished(run.id(), SyncRun.Status.INTERRUPTED, at);
            tables(run).stream()
                    .filter(table -> !run.outcomes().containsKey(table))
                    .forEach(table -> attempts.computeIfPresent(table, (id, attempt) -> attempt.interrupted(at)));
        }
        return left.size();
    }

    @Override
    public synchronized Optional<SyncRun> find(RunId run) {
        return Optional.ofNullable(runs.get(run));
    }

    @Override
    public synchronized List<SyncRun> newest(Optional<RunId> before, int limit) {
        return runs.sequencedValues().reversed().stream()
                .dropWhile(run -> before.isPresent() && !run.id().equals(before.get()))
                .skip(before.isPresent() ? 1 : 0)
                .limit(limit)
                .toList();
    }
}
