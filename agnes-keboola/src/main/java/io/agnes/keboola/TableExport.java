package io.agnes.keboola;

import io.agnes.core.Time;
import io.agnes.core.file.FileDraft;
import io.agnes.core.sync.SyncProgress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One export from the request to the file: what is asked for, waited for and fallen back to. */
final class TableExport {
    private static final Duration LONGEST_POLL = Duration.ofSeconds(10);
    private static final int GROWTH_PERCENT = 150;

    private final KeboolaConfig config;
    private final StorageApi api;
    private final Calls calls;
    private final Transport transport;
    private final Time time;

    TableExport(KeboolaConfig config, StorageApi api, Calls calls, Transport transport, Time time) {
        this.config = config;
        this.api = api;
        this.calls = calls;
        this.transport = transport;
        this.time = time;
    }

    ExportResult run(KeboolaTable table, ExportFilter filter, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException {
        return calls.call("keboola-export", () -> export(table, filter, draft, progress));
    }

    private ExportResult export(KeboolaTable table, ExportFilter filter, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException {
        List<KeboolaColumn> columns = columns(table, filter);
        ExportFilter explicit =
                filter.withColumns(columns.stream().map(KeboolaColumn::name).toList());
        progress.phase("exporting");
        Exported exported = exported(table, explicit);
        ObjectReader reader = new ObjectReader(exported.file, api::file, transport, time);
        return new SliceAssembly(config, time, table, columns, draft, progress)
                .assemble(new Slices(exported.file, reader), exported.fileType, exported.notes);
    }

    private static List<KeboolaColumn> columns(KeboolaTable table, ExportFilter filter) {
        if (table.columns().isEmpty()) {
            throw KeboolaException.filterInvalid("table " + table.id() + " has no columns to export");
        }
        if (filter.columns().isEmpty()) {
            return table.columns();
        }
        Set<String> missing = new HashSet<>(filter.columns());
        table.columnNames().forEach(missing::remove);
        if (!missing.isEmpty()) {
            throw KeboolaException.filterInvalid("table " + table.id() + " has no column "
                    + String.join(", ", missing.stream().sorted().toList()));
        }
        List<KeboolaColumn> wanted = new ArrayList<>();
        for (String name : filter.columns()) {
            table.columns().stream()
                    .filter(column -> column.name().equals(name))
                    .forEach(wanted::add);
        }
        return wanted;
    }

    private record Exported(ExportFile file, ExportFileType fileType, List<String> notes) {}

    /** Not every backend writes Parquet, nor every column type: then text is asked for, once. */
    private Exported exported(KeboolaTable table, ExportFilter filter) throws InterruptedException {
        if (config.fileType() == ExportFileType.CSV) {
            return new Exported(file(table, filter, ExportFileType.CSV), ExportFileType.CSV, List.of());
        }
        try {
            return new Exported(file(table, filter, ExportFileType.PARQUET), ExportFileType.PARQUET, List.of());
        } catch (KeboolaException e) {
            if (!mayBeTheFileType(e)) {
                throw e;
            }
            String note = "exported as CSV, because as Parquet " + e.getMessage();
            return new Exported(file(table, filter, ExportFileType.CSV), ExportFileType.CSV, List.of(note));
        }
    }

    private static boolean mayBeTheFileType(KeboolaException e) {
        return e.code().equals("export_failed") || e.code().equals("request_refused");
    }

    private ExportFile file(KeboolaTable table, ExportFilter filter, ExportFileType fileType)
            throws InterruptedException {
        long start = time.nanos();
        Duration pause = config.pollInterval();
        Job job = api.startExport(table.id(), filter, fileType);
        while (job instanceof Job.Running running) {
            Duration left = config.exportTimeout().minus(time.since(start));
            if (!left.isPositive()) {
                throw KeboolaException.exportTimeout(
                        table.id(), running.id(), config.exportTimeout(), running.status());
            }
            time.sleep(shorter(pause, left));
            pause = shorter(pause.multipliedBy(GROWTH_PERCENT).dividedBy(100), LONGEST_POLL);
            job = api.job(running.id());
        }
        return switch (job) {
            case Job.Done done -> api.file(done.file());
            case Job.Failed failed -> throw KeboolaException.exportFailed(table.id(), failed.message());
            case Job.Running running -> throw new IllegalStateException("the loop ends with a job that ended");
        };
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
