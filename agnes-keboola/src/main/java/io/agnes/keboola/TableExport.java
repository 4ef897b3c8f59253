// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Time;
import io.agnes.core.assembly.AssemblyLimits;
import io.agnes.core.assembly.AssemblyProgress;
import io.agnes.core.file.FileDraft;
import io.agnes.core.parquet.FieldIds;
import io.agnes.core.sync.SyncProgress;
import io.agnes.core.work.Permits;
import io.agnes.core.work.RunningCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One export from the request to the file: starts the job, waits for it, and falls back to CSV. */
final class TableExport {
    private static final Duration LONGEST_POLL = Duration.ofSeconds(10);
    private static final int GROWTH_PERCENT = 150;
    private static final Set<String> KNOWN_STATUSES = Set.of("waiting", "processing");
    /** What Snowflake adds behind the others if it is asked to. */
    private static final KeboolaColumn INTERNAL_TIMESTAMP =
            new KeboolaColumn("_timestamp", Optional.of("TIMESTAMP"), Optional.empty(), Optional.empty());

    private final KeboolaConfig config;
    private final StorageApiClient api;
    private final RunningCalls calls;
    private final Transport transport;
    private final Time time;
    private final Permits jobs;
    private final AssemblyLimits limits;

    /**
     * The exports of one client.
     *
     * @param jobs bounds the exports that Keboola works on, so that an export which waits does not use up its timeout
     * @param limits of the downloads
     */
    TableExport(
            KeboolaConfig config,
            StorageApiClient api,
            RunningCalls calls,
            Transport transport,
            Permits jobs,
            AssemblyLimits limits) {
        this.config = config;
        this.api = api;
        this.calls = calls;
        this.transport = transport;
        this.time = limits.time();
        this.jobs = jobs;
        this.limits = limits;
    }

    /**
     * Exports one table.
     *
     * @param wanted the client's settings, changed for the values of this table
     * @param fieldIds the ids that the fields of the file get; empty for those of the slices
     */
    ExportResult run(
            KeboolaTable table,
            ExportFilter filter,
            KeboolaConfig wanted,
            FileDraft draft,
            Optional<FieldIds> fieldIds,
            SyncProgress progress)
            throws IOException, InterruptedException {
        ExportFilter resolved = filter.resolved(time.now());
        return calls.call(
                "keboola-export",
                () -> export(table, resolved, wanted, draft, fieldIds, AssemblyProgress.of(progress)));
    }

    private ExportResult export(
            KeboolaTable table,
            ExportFilter filter,
            KeboolaConfig wanted,
            FileDraft draft,
            Optional<FieldIds> fieldIds,
            AssemblyProgress progress)
            throws IOException, InterruptedException {
        List<KeboolaColumn> columns = columns(table, filter);
        ExportFilter explicit =
                filter.withColumns(columns.stream().map(KeboolaColumn::name).toList());
        progress.phase("exporting");
        Exported exported = exported(table, explicit);
        ObjectReader reader = new ObjectReader(exported.file, api::file, transport, time);
        SliceAssembly assembly =
                new SliceAssembly(wanted, table, arriving(columns, filter), draft, fieldIds, progress, limits);
        ExportResult result = assembly.assemble(new Slices(exported.file, reader), exported.fileType, exported.notes);
        if (filter.isWhole()) {
            requireAllRows(table, result.rows());
        }
        return result;
    }

    private static List<KeboolaColumn> columns(KeboolaTable table, ExportFilter filter) {
        if (table.columns().isEmpty()) {
            throw KeboolaException.filterInvalid("table " + table.id() + " has no columns to export");
        }
        Set<String> missing = new HashSet<>(filter.columns());
        filter.whereFilters().forEach(where -> missing.add(where.column()));
        filter.orderBy().forEach(order -> missing.add(order.column()));
        table.columnNames().forEach(missing::remove);
        if (!missing.isEmpty()) {
            throw KeboolaException.filterInvalid("table " + table.id() + " has no column "
                    + String.join(", ", missing.stream().sorted().toList()));
        }
        if (filter.columns().isEmpty()) {
            return table.columns();
        }
        List<KeboolaColumn> wanted = new ArrayList<>();
        for (String name : filter.columns()) {
            table.columns().stream()
                    .filter(column -> column.name().equals(name))
                    .forEach(wanted::add);
        }
        return wanted;
    }

    private static List<KeboolaColumn> arriving(List<KeboolaColumn> asked, ExportFilter filter) {
        if (!filter.includeInternalTimestamp()) {
            return asked;
        }
        List<KeboolaColumn> all = new ArrayList<>(asked);
        all.add(INTERNAL_TIMESTAMP);
        return all;
    }

    /** A manifest that lacks a slice looks like any other. Keboola's count is of the table as it was looked up. */
    private void requireAllRows(KeboolaTable table, long rows) throws InterruptedException {
        if (table.rows().isEmpty() || table.rows().getAsLong() <= rows) {
            return;
        }
        StorageApiClient.Counted now = api.counted(table.id());
        boolean same = now.table().rows().equals(table.rows())
                && now.table().lastImport().equals(table.lastImport())
                && now.table().lastChange().equals(table.lastChange());
        if (same && now.here()) {
            throw KeboolaException.rowsLost("table " + table.id(), table.rows().getAsLong(), rows);
        }
    }

    /** What asking for a file type led to, if anything did. */
    private sealed interface Attempt {}

    private record Exported(ExportFile file, ExportFileType fileType, List<String> notes) implements Attempt {}

    /** By the API at once or by the job; it may be the file type that the backend cannot do. */
    private record Refused(KeboolaException why) implements Attempt {}

    /** Not every backend writes Parquet, nor every column type: then text is asked for, once. */
    private Exported exported(KeboolaTable table, ExportFilter filter) throws IOException, InterruptedException {
        ExportFileType wanted = fileType(filter);
        Attempt attempt = jobs.call(() -> attempt(table, filter, wanted, List.of()));
        if (attempt instanceof Refused refused && wanted == ExportFileType.PARQUET) {
            String note = "exported as CSV, because as Parquet " + refused.why.getMessage();
            attempt = jobs.call(() -> attempt(table, filter, ExportFileType.CSV, List.of(note)));
        }
        return switch (attempt) {
            case Exported exported -> exported;
            case Refused refused -> throw refused.why;
        };
    }

    /** A time zone is a matter of text. */
    private ExportFileType fileType(ExportFilter filter) {
        return filter.timezone().isPresent()
                ? ExportFileType.CSV
                : filter.fileType().orElse(config.fileType());
    }

    private Attempt attempt(KeboolaTable table, ExportFilter filter, ExportFileType fileType, List<String> soFar)
            throws InterruptedException {
        List<String> notes = new ArrayList<>(soFar);
        long start = time.nanos();
        ExportJob job;
        try {
            job = api.startExport(table.id(), filter, fileType);
        } catch (KeboolaException e) {
            if (e.code().equals("request_refused")) {
                return new Refused(e);
            }
            throw e;
        }
        return switch (awaited(table, job, start, notes)) {
            case ExportJob.Done done -> new Exported(api.file(done.file()), fileType, notes);
            case ExportJob.Failed failed -> new Refused(KeboolaException.exportFailed(table.id(), failed.message()));
            case ExportJob.Running running -> throw new IllegalStateException("the wait ends with a job that ended");
        };
    }

    private ExportJob awaited(KeboolaTable table, ExportJob first, long start, List<String> notes)
            throws InterruptedException {
        Set<String> statuses = new HashSet<>(KNOWN_STATUSES);
        Duration pause = config.pollInterval();
        ExportJob job = first;
        while (job instanceof ExportJob.Running running) {
            if (statuses.add(running.status())) {
                notes.add("job " + first.id() + " was \"" + running.status() + "\", which no job is known to be");
            }
            Duration left = config.exportTimeout().minus(time.since(start));
            if (!left.isPositive()) {
                throw KeboolaException.exportTimeout(table.id(), first.id(), config.exportTimeout(), running.status());
            }
            time.sleep(shorter(pause, left));
            pause = shorter(pause.multipliedBy(GROWTH_PERCENT).dividedBy(100), LONGEST_POLL);
            job = api.job(first.id());
        }
        return job;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
