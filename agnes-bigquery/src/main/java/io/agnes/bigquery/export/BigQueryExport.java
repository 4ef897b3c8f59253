// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.client.WriteClient;
import io.agnes.bigquery.metadata.MetadataClient;
import io.agnes.core.Time;
import io.agnes.core.assembly.AssemblyLimits;
import io.agnes.core.assembly.AssemblyProgress;
import io.agnes.core.file.DiskSpace;
import io.agnes.core.file.FileDigests.Algorithm;
import io.agnes.core.file.FileDraft;
import io.agnes.core.parquet.FieldIds;
import io.agnes.core.sync.SyncProgress;
import io.agnes.core.work.Permits;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * Exports tables and query results of BigQuery, each as one local Parquet file with BigQuery's types. Safe for use by several
 * threads, each with a draft of its own. A call blocks; an interrupt ends it, its job at BigQuery and its staged objects.
 */
public final class BigQueryExport implements AutoCloseable {
    private final ExportContext context;

    private BigQueryExport(ExportContext context) {
        this.context = context;
    }

    /** Exports over the network. Nothing is read or sent yet. */
    public static BigQueryExport of(BigQueryConfig config) {
        return of(config, Time.system());
    }

    /** @param time is used for waits and measurements */
    public static BigQueryExport of(BigQueryConfig config, Time time) {
        return of(config, time, DiskSpace.system());
    }

    static BigQueryExport of(BigQueryConfig config, Time time, DiskSpace space) {
        AssemblyLimits limits =
                new AssemblyLimits(config.shardsAtOnce(), new Permits(config.shardsAtOnce()), space, time);
        return new BigQueryExport(new ExportContext(
                config,
                MetadataClient.of(config, time),
                WriteClient.of(config, time),
                limits,
                ShardAssembly.SHARDS_IN_PLACE));
    }

    /** The same, with another bound on the shards that are merged as they are. */
    BigQueryExport withShardsInPlace(int most) {
        return new BigQueryExport(
                new ExportContext(context.config(), context.metadata(), context.client(), context.limits(), most));
    }

    /** What BigQuery says of tables, with the same settings. */
    MetadataClient metadata() {
        return context.metadata();
    }

    /**
     * Exports into the draft, with both digests. After a failure the draft holds nothing of use; closing it removes what is
     * left.
     *
     * @param progress an {@link AssemblyProgress} also receives shards and rates
     * @throws io.agnes.bigquery.GoogleCloudException with what went wrong
     * @throws IOException if the draft cannot be written
     */
    public ExportOutcome export(ExportRequest request, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException {
        return export(request, draft, Algorithm.ALL, progress);
    }

    /**
     * Exports into the draft.
     *
     * @param digests that are taken of the file, at least one
     */
    public ExportOutcome export(ExportRequest request, FileDraft draft, Set<Algorithm> digests, SyncProgress progress)
            throws IOException, InterruptedException {
        return export(request, draft, digests, Optional.empty(), progress);
    }

    /** @param fieldIds the ids that the fields of the file get */
    ExportOutcome export(
            ExportRequest request,
            FileDraft draft,
            Set<Algorithm> digests,
            Optional<FieldIds> fieldIds,
            SyncProgress progress)
            throws IOException, InterruptedException {
        return new Materialization(context, request, draft, digests, fieldIds, AssemblyProgress.of(progress)).run();
    }

    /**
     * Asks BigQuery whether the table exists, or what the query would scan, which is free.
     *
     * @throws io.agnes.bigquery.GoogleCloudException if it cannot be exported
     */
    public void check(ExportRequest request) throws InterruptedException {
        switch (request.source()) {
            case ExportRequest.Source.Whole whole -> context.metadata().table(whole.table());
            case ExportRequest.Source.Query query -> DryRun.of(context, request.what(), query.sql(), "");
        }
    }

    /** Ends the calls that run, which fail with {@code client_closed}. */
    @Override
    public void close() {
        context.client().close();
        context.metadata().close();
    }
}
