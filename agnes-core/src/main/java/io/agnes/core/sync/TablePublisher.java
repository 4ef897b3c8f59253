// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.CoreException;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.Scratch;
import io.agnes.core.parquet.FieldIdEdit;
import io.agnes.core.table.Column;
import io.agnes.core.table.FieldIdRegistry;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import io.agnes.core.version.VersionName;
import io.agnes.core.version.VersionStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Makes a draft the current version of its table. The order of the steps keeps the version before in place if the process
 * crashes at any point: verify the draft, store its content, move the registry's pointer, renew the plain name.
 */
public final class TablePublisher {
    private static final System.Logger LOG = System.getLogger(TablePublisher.class.getName());

    private final VersionStore versions;
    private final Scratch scratch;
    private final TableRegistry registry;
    private final FieldIdRegistry fieldIds;
    private final Optional<TableProfiler> profiler;
    private final Time time;
    private final VersionGuard guard;
    private final VersionCleanup cleanup;

    /** A publisher that measures no tables. */
    public TablePublisher(
            VersionStore versions, Scratch scratch, TableRegistry registry, FieldIdRegistry fieldIds, Time time) {
        this(versions, scratch, registry, fieldIds, Optional.empty(), time);
    }

    /**
     * A publisher.
     *
     * @param scratch for drafts, on the file system of the versions if these are local files
     * @param fieldIds the ids that the fields of each version carry
     * @param profiler measures the tables whose {@link TableRecord#profile} is set
     */
    public TablePublisher(
            VersionStore versions,
            Scratch scratch,
            TableRegistry registry,
            FieldIdRegistry fieldIds,
            Optional<TableProfiler> profiler,
            Time time) {
        this.versions = versions;
        this.scratch = scratch;
        this.registry = registry;
        this.fieldIds = fieldIds;
        this.profiler = profiler;
        this.time = time;
        this.guard = new VersionGuard(versions, registry, time);
        this.cleanup = new VersionCleanup(versions, registry);
    }

    /** Decides which versions may be served. */
    public VersionGuard guard() {
        return guard;
    }

    /** The content of the versions. */
    public VersionStore versions() {
        return versions;
    }

    /** A draft for one table. The caller closes it. */
    FileDraft draft(TableId table) throws IOException {
        return scratch.draft(table + ".parquet");
    }

    /**
     * Publishes the draft, unless it equals the current version or is empty against the rules. Any draft replaces a
     * quarantined version, even one with equal content.
     */
    TableOutcome publish(TableRegistry.Entry entry, FileDraft draft, TableSource.Fetched.Table fetched)
            throws IOException, InterruptedException {
        TableRecord table = entry.table();
        List<Column> columns = DraftCheck.columns(table.id(), draft, fetched);
        Optional<TableVersion> newest = entry.newest();
        if (newest.isPresent() && fetched.rows() == 0 && newest.get().rows() > 0 && !table.allowEmpty()) {
            return new TableOutcome.RefusedEmpty(newest.get().rows());
        }
        return publish(entry, draft, withFieldIds(table.id(), draft, fetched), columns);
    }

    /** Publishes the first version of a table with the bytes of the draft, for clients that have these bytes already. */
    TableOutcome adopt(TableRecord table, FileDraft draft, TableSource.Fetched.Table fetched)
            throws IOException, InterruptedException {
        List<Column> columns = DraftCheck.columns(table.id(), draft, fetched);
        return publish(new TableRegistry.Entry(table, Optional.empty()), draft, fetched, columns);
    }

    /** The draft with the ids of its fields. Its digests are taken again only if it did not have them. */
    private TableSource.Fetched.Table withFieldIds(TableId table, FileDraft draft, TableSource.Fetched.Table fetched)
            throws IOException, InterruptedException {
        boolean changed = FieldIdEdit.apply(draft.path(), fieldIds.of(table), List.of());
        return changed
                ? new TableSource.Fetched.Table(
                        fetched.rows(), FileDigests.of(draft.path()), fetched.marker(), fetched.notes())
                : fetched;
    }

    private TableOutcome publish(
            TableRegistry.Entry entry, FileDraft draft, TableSource.Fetched.Table fetched, List<Column> columns)
            throws IOException, InterruptedException {
        TableRecord table = entry.table();
        Optional<TableVersion> newest = entry.newest();
        Optional<TableVersion> same =
                entry.current().filter(current -> current.digest().equals(fetched.digests()));
        if (same.isPresent() && entry.quarantined().isEmpty()) {
            registry.mark(table.id(), fetched.marker());
            return unchanged(table, same.get());
        }
        TableVersion version = next(table, newest, fetched, columns, time.now());
        store(draft, version);
        link(table, version);
        if (table.profile() && profiler.isPresent()) {
            measure(profiler.get(), version);
        }
        return new TableOutcome.Published(
                version.sequence(), version.rows(), version.digest().length(), fetched.notes());
    }

    private static TableVersion next(
            TableRecord table,
            Optional<TableVersion> newest,
            TableSource.Fetched.Table fetched,
            List<Column> columns,
            Instant now) {
        long sequence = newest.map(TableVersion::sequence).orElse(0L) + 1;
        Instant publishedAt = now.truncatedTo(ChronoUnit.SECONDS);
        // Older Caddy builds ETags from seconds and size, so two versions may not share a second.
        Instant earliest =
                newest.map(before -> before.publishedAt().plusSeconds(1)).orElse(publishedAt);
        return new TableVersion(
                table.id(),
                sequence,
                VersionName.of(table, sequence, fetched.digests()),
                fetched.digests(),
                fetched.rows(),
                columns,
                publishedAt.isBefore(earliest) ? earliest : publishedAt,
                fetched.marker());
    }

    private void store(FileDraft draft, TableVersion version) throws IOException {
        boolean published = false;
        try {
            versions.put(version, draft);
            registry.publish(version);
            published = true;
        } finally {
            if (!published && !isCurrent(version)) {
                versions.delete(version);
            }
        }
    }

    /** For the time after a failure: the registry may have stored the version before it failed. */
    private boolean isCurrent(TableVersion version) {
        return registry.find(version.table())
                .flatMap(TableRegistry.Entry::current)
                .filter(current -> current.sequence() == version.sequence())
                .isPresent();
    }

    /** A failure is logged; the version stays published. */
    private void measure(TableProfiler measuring, TableVersion version) throws InterruptedException {
        try {
            Optional<Path> file = versions.file(version);
            if (file.isPresent()) {
                registry.keep(version, measuring.profile(file.get()));
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "table " + version.table() + " could not be measured", e);
        }
    }

    /** Repairs the plain name, which may show an earlier version after a failure, or may have been written to. */
    TableOutcome unchanged(TableRecord table, TableVersion current) {
        link(table, current);
        return new TableOutcome.Unchanged();
    }

    /**
     * A failure is logged; the next run and the next start try again. The plain name of a local table belongs to the
     * program that drops files there.
     */
    private void link(TableRecord table, TableVersion version) {
        if (table.queryMode() == QueryMode.LOCAL) {
            return;
        }
        try {
            versions.link(version);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "table {0}: {1}.parquet is not its current version: {2}",
                    version.table(),
                    version.table(),
                    CoreException.reason(e));
        }
    }

    /**
     * Deletes versions that were replaced longer ago than the grace.
     *
     * @return how many there were
     */
    int retire(Duration grace) throws IOException {
        return cleanup.retire(grace, time.now());
    }

    /** Deletes the content of a table that is registered no more. */
    public void remove(TableRecord table) throws IOException {
        if (table.queryMode() != QueryMode.LOCAL) {
            versions.unlink(table);
        }
        versions.deleteAll(table);
    }

    /**
     * Repairs what a crash has left, before the first run: deletes content that no version refers to, quarantines damaged
     * versions and renews plain names.
     *
     * @param interrupted runs that a crash has ended; only content that one of them can have made is deleted
     * @return how many files or objects were deleted
     */
    public int sweep(List<SyncRun> interrupted) throws IOException {
        int deleted = cleanup.sweep(interrupted);
        for (TableRegistry.Entry entry : guard.inspected(registry.all())) {
            entry.quarantined().ifPresent(guard::setAside);
            entry.current().ifPresent(current -> link(entry.table(), current));
        }
        return deleted;
    }
}
