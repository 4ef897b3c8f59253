// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import com.google.cloud.bigquery.JobId;
import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryReadCredentials;
import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.BigQueryWriteCredentials;
import io.agnes.bigquery.client.WriteClient;
import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.file.FileDigests.Algorithm;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.store.StoredObject;
import io.agnes.core.sync.SyncProgress;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One export of a benchmark, in a process of its own: with this module, or in the usual way: downloads the shards one after
 * another to temporary files, converts them to one file with DuckDB, and computes its MD5 at the end. Both run the same extract
 * job and read the same shards with the same client. The measurement starts at the end of the job.
 */
final class ExportBenchRun {
    private static final TableId ID = new TableId("orders");

    private final Time time = Time.system();
    private final BigQueryConfig config;
    private final BigQueryTable table;
    private final Path directory;
    private final Path target;
    private long start;
    private volatile long lastByte;

    private ExportBenchRun(String project, String endpoint, String storage, String key, Path directory) {
        Secret secret = Secret.of(key);
        this.config = BigQueryConfig.of(project)
                .withPrivateTargets(true)
                .withEndpoint(URI.create(endpoint))
                .withStorageEndpoint(URI.create(storage))
                .withReadCredentials(BigQueryReadCredentials.json(secret))
                .withWriteCredentials(BigQueryWriteCredentials.json(secret))
                .withStagingBucket(ExportBenchServer.BUCKET);
        this.table = new BigQueryTable(project, ExportBenchServer.DATASET, ExportBenchServer.TABLE);
        this.directory = directory;
        this.target = directory.resolve("orders.parquet");
    }

    /**
     * Runs one export.
     *
     * @param args {@code ours} or {@code usual}, project, addresses of BigQuery and Cloud Storage, the file with the key, and an
     *     empty directory for the file
     */
    public static void main(String[] args) throws Exception {
        ExportBenchRun run =
                new ExportBenchRun(args[1], args[2], args[3], Files.readString(Path.of(args[4])), Path.of(args[5]));
        String md5 = args[0].equals("ours") ? run.ours() : run.usual();
        long end = run.time.nanos();
        System.out.println("after_last_byte_s=" + (end - run.lastByte) / 1e9 + " total_s=" + (end - run.start) / 1e9
                + " mb=" + Files.size(run.target) / 1e6 + " rss_mb=" + peakMemory() + " md5=" + md5);
    }

    private String ours() throws Exception {
        try (BigQueryExport export = BigQueryExport.of(config);
                FileDraft draft = FileDraft.of(FileStore.system(), directory.resolve("draft"), "orders.parquet")) {
            SyncProgress progress = new SyncProgress() {
                @Override
                public void phase(String phase) {
                    if (phase.equals("downloading")) {
                        start = time.nanos();
                    }
                }

                @Override
                public void bytes(long done, long total) {
                    lastByte = time.nanos();
                }
            };
            ExportOutcome.Exported exported = (ExportOutcome.Exported)
                    export.export(ExportRequest.of(ID, table), draft, Set.of(Algorithm.MD5), progress);
            if (!exported.notes().isEmpty()) {
                throw new IllegalStateException("not in place: " + exported.notes());
            }
            Files.move(draft.path(), target);
            return exported.digests().md5();
        }
    }

    private String usual() throws Exception {
        try (WriteClient client = WriteClient.of(config, time)) {
            CloudStorageStore store = CloudStorageStore.of(client, ExportBenchServer.BUCKET);
            BigQueryJobs jobs = new BigQueryJobs(client, config, time);
            JobId id = jobs.id("usual_" + time.nanos(), "");
            StagingFolder folder = StagingFolder.of(store, ExportBenchServer.BUCKET, "usual", ID);
            ExportPlan plan = ExportPlan.extract(table, List.of(), "", Optional.empty(), List.of());
            jobs.startedBefore(id, plan.job(config, "usual", folder, Compression.ZSTD));
            jobs.ended(id);
            start = time.nanos();
            List<Path> files = new ArrayList<>();
            for (StoredObject shard : folder.objects()) {
                Path file = directory.resolve("shard-" + files.size() + ".parquet");
                try (InputStream in = store.read(shard, 0, shard.length())) {
                    Files.copy(in, file);
                }
                files.add(file);
            }
            lastByte = time.nanos();
            merge(files);
            folder.remove();
            return md5(target);
        }
    }

    private void merge(List<Path> files) throws Exception {
        String list = files.stream().map(file -> "'" + file + "'").collect(Collectors.joining(", "));
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("SET temp_directory = '" + directory.resolve("spill") + "'");
            statement.execute("COPY (SELECT * FROM read_parquet([" + list + "])) TO '" + target + "' (FORMAT parquet)");
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }

    private static String md5(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("MD5");
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            byte[] buffer = new byte[1 << 20];
            while (in.read(buffer) >= 0) {
                // Only the digest is needed.
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static double peakMemory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024 / 1e6;
            }
        }
        return 0;
    }
}
