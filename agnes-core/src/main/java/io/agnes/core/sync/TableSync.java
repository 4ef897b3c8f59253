// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.AgnesException;
import io.agnes.core.AgnesException.Kind;
import io.agnes.core.CoreException;
import io.agnes.core.TableId;
import io.agnes.core.file.FileDraft;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import io.agnes.core.work.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Syncs one table within the deadline: fetches it from its source, hands the draft to the publisher, reports the outcome. */
final class TableSync {
    private static final System.Logger LOG = System.getLogger(TableSync.class.getName());

    /** How long interrupted work may take to release its resources. */
    private static final Duration LONGEST_CLEANUP = Duration.ofSeconds(10);

    private final Duration deadline;
    private final TablePublisher publisher;
    private final Map<String, TableSource> sources;
    private final Map<TableId, TableProgress.Meter> meters = new ConcurrentHashMap<>();

    TableSync(Duration deadline, TablePublisher publisher, List<TableSource> sources) {
        this.deadline = deadline;
        this.publisher = publisher;
        this.sources = sources.stream().collect(Collectors.toUnmodifiableMap(TableSource::type, Function.identity()));
    }

    /** Reports failures of source, disk and table as outcomes. An interrupt ends the work and is thrown. */
    TableOutcome sync(TableRegistry.Entry entry) throws InterruptedException {
        if (entry.table().queryMode() == QueryMode.REMOTE) {
            return new TableOutcome.Skipped(
                    "query_mode is " + entry.table().queryMode().text());
        }
        AtomicReference<@Nullable TableOutcome> outcome = new AtomicReference<>();
        TableProgress.Meter meter = new TableProgress.Meter();
        meters.put(entry.table().id(), meter);
        Task<?> work = Task.start("sync-table-" + entry.table().id(), () -> {
            outcome.set(attempt(entry, meter));
        });
        boolean inTime;
        try {
            inTime = work.join(deadline);
        } finally {
            end(work);
            meters.remove(entry.table().id());
        }
        TableOutcome found = outcome.get();
        if (found == null) {
            return inTime ? internalError(entry.table().id()) : deadlineExceeded(entry.table());
        }
        return inTime || found instanceof TableOutcome.Published ? found : deadlineExceeded(entry.table());
    }

    /**
     * Asks the table's source whether it has the table. A remote table is not fetched, so its source need not be one of this
     * process; a local table is a file that may come later.
     */
    void check(TableRecord table) throws InterruptedException {
        switch (table.queryMode()) {
            case MATERIALIZED -> source(table).check(table);
            case REMOTE -> {
                TableSource source = sources.get(table.sourceType());
                if (source != null) {
                    source.check(table);
                }
            }
            case LOCAL -> {}
        }
    }

    void checkAccess(String type) throws InterruptedException {
        TableSource source = sources.get(type);
        if (source == null) {
            throw new IllegalArgumentException("no source of type " + type);
        }
        source.checkAccess();
    }

    private TableSource source(TableRecord table) {
        TableSource source = sources.get(type(table));
        if (source == null) {
            throw CoreException.sourceUnknown(table.id(), type(table));
        }
        return source;
    }

    private static String type(TableRecord table) {
        return table.queryMode() == QueryMode.LOCAL ? LocalSource.TYPE : table.sourceType();
    }

    private TableOutcome deadlineExceeded(TableRecord table) {
        return new TableOutcome.Failed(
                Kind.SOURCE_PASSING,
                "table_deadline",
                "table " + table.id() + ": not done within " + deadline.toSeconds() + " s");
    }

    private static void end(Task<?> work) {
        if (!work.end(LONGEST_CLEANUP)) {
            LOG.log(System.Logger.Level.WARNING, "{0} goes on after it was ended", work.name());
        }
    }

    /** The tables that are synced now. */
    Map<TableId, TableProgress> progress() {
        Map<TableId, TableProgress> progress = new TreeMap<>();
        meters.forEach((table, meter) -> progress.put(table, meter.now()));
        return progress;
    }

    private TableOutcome attempt(TableRegistry.Entry entry, SyncProgress progress) {
        try {
            return fetchAndPublish(publisher.guard().verified(entry), progress);
        } catch (AgnesException e) {
            return new TableOutcome.Failed(e.kind(), e.code(), e.getMessage());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "table " + entry.table().id(), e);
            return new TableOutcome.Failed(
                    Kind.LIMIT, "disk_error", "table " + entry.table().id() + ": " + CoreException.reason(e));
        } catch (InterruptedException e) {
            return new TableOutcome.Skipped("cancelled");
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "table " + entry.table().id(), e);
            return internalError(entry.table().id());
        }
    }

    private static TableOutcome internalError(TableId table) {
        return new TableOutcome.Failed(
                Kind.LIMIT, "internal_error", "table " + table + ": an error of ours, see the log");
    }

    private TableOutcome fetchAndPublish(TableRegistry.Entry entry, SyncProgress progress)
            throws IOException, InterruptedException {
        TableRecord table = entry.table();
        TableSource source = source(table);
        // Without a marker the source sends the table even if it did not change.
        Optional<String> marker = entry.quarantined().isPresent()
                ? Optional.empty()
                : entry.current().map(TableVersion::marker);
        FileDraft draft = publisher.draft(table.id());
        try {
            return switch (source.fetch(table, marker, draft, progress)) {
                case TableSource.Fetched.Table fetched -> publisher.publish(entry, draft, fetched);
                case TableSource.Fetched.Unchanged unchanged -> unchanged(entry);
            };
        } finally {
            close(draft);
        }
    }

    private TableOutcome unchanged(TableRegistry.Entry entry) {
        if (entry.quarantined().isPresent()) {
            throw CoreException.versionQuarantined(entry.table().id());
        }
        return publisher.unchanged(entry.table(), entry.current().orElseThrow());
    }

    /** A failure is logged: the next start removes the rest, and the outcome stays. */
    private static void close(FileDraft draft) {
        try {
            draft.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "scratch cannot be removed: {0}", CoreException.reason(e));
        }
    }
}
