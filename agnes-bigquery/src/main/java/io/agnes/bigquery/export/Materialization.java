// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import com.google.cloud.bigquery.BigQueryError;
import com.google.cloud.bigquery.Job;
import com.google.cloud.bigquery.JobId;
import com.google.cloud.bigquery.JobStatistics.ExtractStatistics;
import com.google.cloud.bigquery.JobStatistics.QueryStatistics;
import com.google.cloud.bigquery.QueryJobConfiguration;
import com.google.cloud.bigquery.TableId;
import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.export.ExportOutcome.Exported;
import io.agnes.bigquery.export.ExportOutcome.Way;
import io.agnes.bigquery.metadata.TableMetadata;
import io.agnes.core.assembly.AssembledFile;
import io.agnes.core.assembly.AssemblyProgress;
import io.agnes.core.assembly.FileAssembly;
import io.agnes.core.file.FileDigests.Algorithm;
import io.agnes.core.file.FileDraft;
import io.agnes.core.parquet.FieldIds;
import io.agnes.core.store.ObjectStore;
import io.agnes.core.store.StoredObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One export: decides how the rows leave BigQuery, runs the job, and makes the file. For one thread. */
final class Materialization {
    /** Jobs of the same state that are looked for; each of them failed, or its objects are gone. */
    static final int ATTEMPTS = 20;

    private final ExportContext context;
    private final BigQueryConfig config;
    private final ExportRequest request;
    private final FileDraft draft;
    private final AssemblyProgress progress;
    private final FileAssembly assembly;
    private final BigQueryJobs jobs;
    private final String what;

    Materialization(
            ExportContext context,
            ExportRequest request,
            FileDraft draft,
            Set<Algorithm> digests,
            Optional<FieldIds> fieldIds,
            AssemblyProgress progress) {
        this.context = context;
        this.config = context.config();
        this.request = request;
        this.draft = draft;
        this.progress = progress;
        this.what = request.what();
        this.assembly =
                new FileAssembly(context.limits(), digests, draft, fieldIds, progress, ShardAssembly.failures(what));
        this.jobs = context.jobs();
    }

    ExportOutcome run() throws IOException, InterruptedException {
        return switch (request.source()) {
            case ExportRequest.Source.Whole whole -> whole(whole.table());
            case ExportRequest.Source.Query query -> query(query.sql());
        };
    }

    private ExportOutcome whole(BigQueryTable table) throws IOException, InterruptedException {
        // Looked up before the export, so that the next request sees a change during it.
        TableMetadata before = context.metadata().table(table);
        List<SourceColumn> columns = columns(before);
        Optional<String> marker = marker(before);
        if (marker.isPresent() && marker.equals(request.lastMarker())) {
            return new ExportOutcome.Unchanged();
        }
        List<String> notes = streaming(before);
        if (config.stagingBucket().isEmpty()) {
            return pages(before, columns, marker, notes);
        }
        Exported exported = staged(
                plan(before, columns, marker, notes), config.stagingBucket().get());
        return checked(before, exported);
    }

    private List<SourceColumn> columns(TableMetadata found) {
        try {
            return TypeText.columns(found.columns());
        } catch (IllegalArgumentException e) {
            throw GoogleCloudException.answerUnreadable(what, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Identifies the state of a table that BigQuery stores. Rows in the streaming buffer come without a change of the etag, and
     * a view changes with the tables below it, so that neither has a marker.
     */
    private static Optional<String> marker(TableMetadata found) {
        Instant modified = found.lastModified();
        boolean known = found.entityType().hasStoredRows()
                && found.streamingBuffer().isEmpty()
                && modified != null
                && !found.etag().isEmpty();
        return known
                ? Optional.of("table " + Objects.requireNonNull(modified).toEpochMilli() + " "
                        + JobName.digest(found.table() + "\n" + found.etag()))
                : Optional.empty();
    }

    private static List<String> streaming(TableMetadata found) {
        return found.streamingBuffer()
                .map(buffer -> List.of("about " + buffer.estimatedRows()
                        + " rows in the streaming buffer are missing, and changes that BigQuery has not applied yet"))
                .orElse(List.of());
    }

    private ExportPlan plan(
            TableMetadata found, List<SourceColumn> columns, Optional<String> marker, List<String> soFar)
            throws InterruptedException {
        if (found.entityType().hasStoredRows() && !ExportSelect.converts(columns)) {
            return ExportPlan.extract(found.table(), columns, found.location(), marker, soFar);
        }
        String select = ExportSelect.of(found.table().quoted(), columns);
        DryRun dryRun = dryRun(select, found.location());
        List<String> notes = new ArrayList<>();
        if (found.entityType().hasStoredRows()) {
            // EXPORT DATA reads the streaming buffer too.
            notes.add("exported by a query, which is billed, because Parquet exports know no JSON, INTERVAL and RANGE");
        }
        return ExportPlan.query(select, columns, dryRun.location(), marker, notes);
    }

    private DryRun dryRun(String select, String location) throws InterruptedException {
        return DryRun.of(context, what, select, location);
    }

    private ExportOutcome query(String text) throws IOException, InterruptedException {
        String sql = text.strip().replaceAll(";\\s*\\z", "");
        DryRun dryRun = dryRun(sql, "");
        if (config.stagingBucket().isEmpty()) {
            return pages(sql, dryRun);
        }
        // A query around the query loses its order, so there is one only where it is needed.
        String select =
                ExportSelect.converts(dryRun.columns()) ? ExportSelect.of("(\n" + sql + "\n)", dryRun.columns()) : sql;
        ExportPlan plan = ExportPlan.query(select, dryRun.columns(), dryRun.location(), Optional.empty(), List.of());
        return staged(plan, config.stagingBucket().get());
    }

    private Exported staged(ExportPlan plan, String bucket) throws IOException, InterruptedException {
        CloudStorageStore store = CloudStorageStore.of(context.client(), bucket);
        StagingFolder folder = StagingFolder.of(store, bucket, config.stagingPrefix(), request.id());
        JobName name = name(plan, folder);
        progress.phase("exporting");
        removeOthers(folder, name, plan.location());
        Compression compression = Compression.ZSTD;
        List<String> notes = new ArrayList<>(plan.notes());
        for (int attempt = 0; ; attempt++) {
            // After too many attempts, a job that no other process finds: a table must not be stuck for good.
            String job = attempt < ATTEMPTS ? name.attempt(attempt) : name.unique();
            JobId id = jobs.id(job, plan.location());
            try (StagedJob staged = new StagedJob(jobs, id, folder.job(job))) {
                boolean before =
                        jobs.startedBefore(id, plan.job(config, request.id().value(), staged.folder(), compression));
                Job ended = jobs.ended(id);
                staged.hasEnded();
                Optional<BigQueryError> error = BigQueryJobs.failure(ended);
                if (error.isPresent()) {
                    if (compression == Compression.ZSTD && JobFailures.isCompression(error.get())) {
                        compression = Compression.SNAPPY;
                        notes.add("compressed with Snappy, because this kind of export does not know Zstandard");
                    } else if (!before) {
                        throw JobFailures.of(what, error.get());
                    }
                    continue;
                }
                List<StoredObject> shards = staged.folder().objects();
                if (staged.folder().holds(shards, files(ended)) && (!before || isCurrent(plan, ended))) {
                    return assembled(plan, store, job, shards, notes);
                }
                if (!before) {
                    throw GoogleCloudException.shardsMissing(what, files(ended), shards.size());
                }
            }
        }
    }

    /** Without a marker, the job belongs to the state after the last export. */
    private JobName name(ExportPlan plan, StagingFolder folder) {
        String state = plan.marker().orElse("after " + request.lastMarker().orElse("nothing"));
        return JobName.of(request.id(), List.of(folder.bucket(), folder.prefix(), plan.source(), state));
    }

    /** Ends jobs of other states of the table, which a process that ended left behind, and deletes their objects. */
    private void removeOthers(StagingFolder folder, JobName name, String location)
            throws IOException, InterruptedException {
        for (String other : StagingFolder.jobs(folder, folder.objects())) {
            if (!other.startsWith(name.base() + "_")) {
                new StagedJob(jobs, jobs.id(other, location), folder.job(other)).close();
            }
        }
    }

    /** The files that a job wrote, as BigQuery counts them. */
    private static long files(Job job) {
        return switch (job.getStatistics()) {
            case ExtractStatistics extract ->
                extract.getDestinationUriFileCounts().stream()
                        .mapToLong(Long::longValue)
                        .sum();
            case QueryStatistics query -> files(query.getExportDataStats());
            default -> 0;
        };
    }

    private static long files(QueryStatistics.@Nullable ExportDataStats statistics) {
        Long count = statistics == null ? null : statistics.getFileCount();
        return count == null ? 0 : count;
    }

    /** The result of a query may change from one moment to the next, so that a job is found again for a while only. */
    private boolean isCurrent(ExportPlan plan, Job job) {
        Long ended = job.getStatistics().getEndTime();
        return plan.marker().isPresent()
                || ended == null
                || Duration.between(
                                        Instant.ofEpochMilli(ended),
                                        context.limits().time().now())
                                .compareTo(config.jobTimeout())
                        < 0;
    }

    private Exported assembled(
            ExportPlan plan, ObjectStore store, String job, List<StoredObject> shards, List<String> soFar)
            throws IOException, InterruptedException {
        progress.phase("downloading");
        AssembledFile file = new ShardAssembly(context, store, assembly, what).assemble(shards, plan.columns());
        List<String> notes = new ArrayList<>(soFar);
        if (!file.rewriteReasons().isEmpty()) {
            notes.add("shards were rewritten: " + AssembledFile.text(file.rewriteReasons()));
        }
        notes.addAll(file.notes());
        return new Exported(
                file.rows(),
                file.digests(),
                plan.way(),
                shards.size(),
                job,
                plan.marker().orElse("job " + job),
                notes);
    }

    /** Compares the rows with what BigQuery says, if the table did not change meanwhile. */
    private Exported checked(TableMetadata before, Exported exported) throws InterruptedException {
        Long expected = before.rows();
        if (!before.entityType().hasStoredRows() || expected == null || expected == exported.rows()) {
            return exported;
        }
        // A query reads the streaming buffer, and changes that BigQuery has not applied yet.
        boolean fresher = before.streamingBuffer().isPresent()
                && (exported.way() == Way.EXPORT_DATA || exported.rows() > expected);
        TableMetadata after = context.metadata().table(before.table());
        if (!fresher && after.etag().equals(before.etag()) && Objects.equals(after.rows(), expected)) {
            throw GoogleCloudException.exportPartial(
                    what,
                    expected,
                    exported.rows(),
                    "a row-access policy limits what the account sees, or BigQuery has not applied changes yet");
        }
        return exported;
    }

    private ExportOutcome pages(
            TableMetadata found, List<SourceColumn> columns, Optional<String> marker, List<String> notes)
            throws IOException, InterruptedException {
        if (!found.entityType().hasStoredRows()) {
            String select = "SELECT * FROM " + found.table().quoted();
            return pages(select, dryRun(select, found.location()));
        }
        Long bytes = found.bytes();
        if (bytes != null && bytes > config.pagedLimitBytes()) {
            throw GoogleCloudException.stagingBucketNeeded(what, bytes, config.pagedLimitBytes());
        }
        Exported exported = paged(
                ExportPlan.googleId(found.table()), columns, "", marker.orElse("pages " + UUID.randomUUID()), notes);
        return checked(found, exported);
    }

    private Exported pages(String select, DryRun dryRun) throws IOException, InterruptedException {
        String name = "agnes_pages_" + UUID.randomUUID();
        JobId id = jobs.id(name, dryRun.location());
        QueryJobConfiguration query = QueryJobConfiguration.newBuilder(select)
                .setUseLegacySql(false)
                .setMaximumBytesBilled(config.maxBytesPerMaterialize())
                .setJobTimeoutMs(config.jobTimeout().toMillis())
                .build();
        progress.phase("exporting");
        boolean ended = false;
        try {
            jobs.startedBefore(id, query);
            Job job = jobs.ended(id);
            ended = true;
            Optional<BigQueryError> error = BigQueryJobs.failure(job);
            if (error.isPresent()) {
                throw JobFailures.of(what, error.get());
            }
            QueryJobConfiguration ran = job.getConfiguration();
            return paged(ran.getDestinationTable(), dryRun.columns(), name, "job " + name, List.of());
        } finally {
            if (!ended) {
                Cleanup.run("job " + name, () -> jobs.cancel(id));
            }
        }
    }

    private Exported paged(TableId table, List<SourceColumn> columns, String job, String marker, List<String> soFar)
            throws IOException, InterruptedException {
        progress.phase("downloading");
        Pages pages = new Pages(context.client(), what, config.pagedLimitBytes(), config.memoryLimitBytes());
        AssembledFile file = assembly.converted(
                List.of(), (files, target) -> pages.read(table, columns, draft.scratch("pages.csv"), target));
        List<String> notes = new ArrayList<>(soFar);
        notes.add("read in pages, because no staging bucket is set");
        notes.addAll(file.notes());
        return new Exported(file.rows(), file.digests(), Way.PAGES, 0, job, marker, notes);
    }
}
