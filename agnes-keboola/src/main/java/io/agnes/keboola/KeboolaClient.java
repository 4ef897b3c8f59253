// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Time;
import io.agnes.core.assembly.AssemblyLimits;
import io.agnes.core.file.DiskSpace;
import io.agnes.core.file.FileDigests.Algorithm;
import io.agnes.core.file.FileDraft;
import io.agnes.core.parquet.FieldIds;
import io.agnes.core.sync.SyncProgress;
import io.agnes.core.work.Permits;
import io.agnes.core.work.RunningCalls;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A client of the Storage API of one Keboola project. Safe for use by several threads; each call blocks, and an interrupt
 * ends it and what it holds.
 */
public final class KeboolaClient implements AutoCloseable {
    private final RunningCalls calls = new RunningCalls(KeboolaException::clientClosed);
    private final KeboolaConfig config;
    private final Transport transport;
    private final StorageApiClient api;
    private final TableExport export;
    private final Time time;
    private final Permits jobs = new Permits(KeboolaToken.JOBS_PARALLELISM);

    private KeboolaClient(KeboolaConfig config, Transport transport, Time time, DiskSpace space) {
        this.config = config;
        this.transport = transport;
        this.api = new StorageApiClient(config, transport, calls);
        AssemblyLimits limits =
                new AssemblyLimits(config.slicesAtOnce(), new Permits(config.slicesAtOnce()), space, time);
        this.export = new TableExport(config, api, calls, transport, jobs, limits);
        this.time = time;
    }

    /** A client over the network. Nothing is sent yet. */
    public static KeboolaClient of(KeboolaConfig config) {
        return of(config, HelidonTransport.of(config.connectTimeout(), config.privateTargets()), Time.system());
    }

    /**
     * A client over another transport, which it closes and whose failures it retries.
     *
     * @param time is used for waits, measurements and signatures
     */
    public static KeboolaClient of(KeboolaConfig config, Transport transport, Time time) {
        return of(config, transport, time, DiskSpace.system());
    }

    static KeboolaClient of(KeboolaConfig config, Transport transport, Time time, DiskSpace space) {
        Transport retrying = RetryingTransport.of(
                transport,
                config.retryBudget(),
                time,
                () -> ThreadLocalRandom.current().nextLong());
        return new KeboolaClient(config, retrying, time, space);
    }

    /** Looks up the token and its project. From then on this client keeps the project's limit on jobs. */
    public KeboolaToken verifyToken() throws InterruptedException {
        KeboolaToken token = api.verifyToken();
        jobs.limit(token.jobsParallelism());
        return token;
    }

    /** The buckets that the token may see. */
    public List<KeboolaBucket> buckets() throws InterruptedException {
        return api.buckets();
    }

    /**
     * The tables of a bucket, with their columns.
     *
     * @param bucket its id, such as {@code in.c-crm}
     * @throws KeboolaException {@code bucket_not_found}
     */
    public List<KeboolaTable> tables(String bucket) throws InterruptedException {
        return api.tables(bucket);
    }

    /**
     * A table.
     *
     * @param table its id, such as {@code in.c-crm.orders}
     * @throws KeboolaException {@code table_not_found}
     */
    public KeboolaTable table(String table) throws InterruptedException {
        return api.table(table);
    }

    /**
     * Exports a table into the draft as one Parquet file. After a failure the draft holds nothing of
     * use; closing it removes what is left. An export that was started goes on in Keboola, which has no way to cancel it.
     *
     * @param progress an {@link ExportProgress} also receives slices and rates
     * @throws KeboolaException with what went wrong
     * @throws IOException if the draft cannot be written
     */
    public ExportResult export(String table, ExportFilter filter, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException {
        return export.run(api.table(table), filter, config, draft, Optional.empty(), progress);
    }

    /**
     * Exports a table that was already looked up, with the digests that a version needs.
     *
     * @param wanted the client's settings, changed for the values of this table
     * @param fieldIds the ids that the fields of the file get
     */
    ExportResult export(
            KeboolaTable table,
            ExportFilter filter,
            KeboolaConfig wanted,
            FileDraft draft,
            FieldIds fieldIds,
            SyncProgress progress)
            throws IOException, InterruptedException {
        return export.run(table, filter, wanted.withDigests(Algorithm.ALL), draft, Optional.of(fieldIds), progress);
    }

    /** The filter with its placeholders resolved as of now. */
    ExportFilter resolved(ExportFilter filter) {
        return filter.resolved(time.now());
    }

    /** Ends the calls that run, which fail with {@code client_closed}, and closes the connections. */
    @Override
    public void close() {
        calls.close();
        transport.close();
    }
}
