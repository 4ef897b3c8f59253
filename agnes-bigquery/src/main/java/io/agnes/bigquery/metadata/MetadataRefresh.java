// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.metadata.MetadataCache.Entry;
import io.agnes.bigquery.metadata.MetadataCache.Failure;
import io.agnes.bigquery.metadata.MetadataCache.Known;
import io.agnes.core.AgnesException;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.work.Permits;
import io.agnes.core.work.TaskGroup;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings the cache up to date: all tables, one run at a time, or one table. No more calls run at once than its bound, over
 * both. A table that both want at the same time is asked for once.
 *
 * <p>A failure and an answer in part keep the good values of the table and say why. Tables that are no longer registered
 * leave the cache with the next run.
 */
public final class MetadataRefresh {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String CLOSED = "client_closed";

    private final Lookup lookup;
    private final MetadataCache cache;
    private final Supplier<List<Target>> targets;
    private final Time time;
    private final int atOnce;
    private final Permits permits;
    private final SharedWork<TableId, TableRefresh> tables = new SharedWork<>();
    private final AtomicReference<@Nullable Run> current = new AtomicReference<>();

    /** Asks BigQuery about a table: {@code client::table}. */
    @FunctionalInterface
    public interface Lookup {
        /** @throws AgnesException if BigQuery refuses or does not answer */
        TableMetadata table(BigQueryTable table) throws InterruptedException;
    }

    /** A registered table, and its place in BigQuery. */
    public record Target(TableId id, BigQueryTable table) {}

    /** The result of {@link #all}. */
    public sealed interface Outcome {
        /** The run has ended. */
        record Done(RefreshReport report) implements Outcome {}

        /** Another run is at work. */
        record AlreadyRunning(String runId, Instant startedAt) implements Outcome {}
    }

    private record Run(String id, Instant startedAt, long startedNanos) {}

    /**
     * A refresh.
     *
     * @param targets the tables that are registered now, each once
     * @param atOnce calls at the same time
     */
    public MetadataRefresh(Lookup lookup, MetadataCache cache, Supplier<List<Target>> targets, int atOnce, Time time) {
        this.lookup = lookup;
        this.cache = cache;
        this.targets = targets;
        this.time = time;
        this.atOnce = atOnce;
        this.permits = new Permits(atOnce);
    }

    /**
     * Refreshes all tables, and returns when the last one is done. An interrupt ends the run and its calls; what was stored
     * stays.
     *
     * @throws AgnesException if the cache or the list of tables fails, or the client was closed
     */
    public Outcome all() throws InterruptedException {
        Run mine = new Run(HexFormat.of().toHexDigits(RANDOM.nextInt()), time.now(), time.nanos());
        Run running = current.compareAndExchange(null, mine);
        if (running != null) {
            return new Outcome.AlreadyRunning(running.id(), running.startedAt());
        }
        try {
            return new Outcome.Done(run(mine));
        } finally {
            current.set(null);
        }
    }

    /**
     * Refreshes one table.
     *
     * @throws AgnesException if the cache fails, or the client was closed
     */
    public TableRefresh one(Target target) throws InterruptedException {
        try {
            return tables.call(target.id(), () -> permits.call(() -> refresh(target)));
        } catch (IOException e) {
            throw new IllegalStateException("no file is read or written", e);
        }
    }

    /** How many wait for the refresh of a table that another began. */
    int waiting(TableId table) {
        return tables.waiting(table);
    }

    private RefreshReport run(Run run) throws InterruptedException {
        List<Target> wanted = List.copyOf(targets.get());
        AtomicInteger succeeded = new AtomicInteger();
        AtomicInteger noData = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        try {
            TaskGroup.run("metadata-" + run.id(), atOnce, wanted.size(), at -> {
                AtomicInteger count = switch (one(wanted.get(at))) {
                    case TableRefresh.Refreshed refreshed -> succeeded;
                    case TableRefresh.NoData partial -> noData;
                    case TableRefresh.Failed failure -> failed;
                };
                count.incrementAndGet();
            });
        } catch (IOException e) {
            throw new IllegalStateException("no file is read or written", e);
        }
        // Asked for again: a table may have been removed during the run.
        cache.retain(ids(targets.get()));
        return new RefreshReport(
                run.id(),
                run.startedAt(),
                wanted.size(),
                succeeded.get(),
                noData.get(),
                failed.get(),
                time.since(run.startedNanos()));
    }

    private static Set<TableId> ids(List<Target> targets) {
        return targets.stream().map(Target::id).collect(Collectors.toUnmodifiableSet());
    }

    private TableRefresh refresh(Target target) throws InterruptedException {
        Optional<Known> before = known(target);
        TableMetadata found;
        try {
            found = lookup.table(target.table());
        } catch (AgnesException e) {
            if (e.code().equals(CLOSED)) {
                throw e;
            }
            return new TableRefresh.Failed(failed(target, e.code(), String.valueOf(e.getMessage())));
        }
        List<String> missing = found.missing();
        if (missing.isEmpty() || before.isEmpty()) {
            cache.store(target.id(), new Known(found, time.now()));
        }
        return missing.isEmpty()
                ? new TableRefresh.Refreshed(found)
                : new TableRefresh.NoData(failed(
                        target,
                        "metadata_partial",
                        "table " + target.table() + ": BigQuery answered without " + String.join(", ", missing)));
    }

    /** The good values of the table. Those of the table that had this id before are removed. */
    private Optional<Known> known(Target target) {
        Optional<Known> known = cache.find(target.id()).flatMap(Entry::known);
        if (known.isPresent() && !known.get().metadata().table().equals(target.table())) {
            cache.remove(target.id());
            return Optional.empty();
        }
        return known;
    }

    private Failure failed(Target target, String code, String message) {
        Failure failure = new Failure(code, message, time.now());
        cache.fail(target.id(), failure);
        return failure;
    }
}
