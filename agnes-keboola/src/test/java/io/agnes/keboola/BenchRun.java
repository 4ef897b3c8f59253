// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.core.file.FileDigests.Algorithm;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.work.RunningCalls;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One export of a benchmark, in its own process: with this client, or in the usual way: downloads the slices one after
 * another to temporary files, converts them to one file with DuckDB, and computes its MD5 at the end. Both request the
 * same slices over the same transport. The measurement starts at the end of Keboola's job.
 */
final class BenchRun {
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Time time = Time.system();
    private final Path directory;
    private final Path target;
    private final KeboolaConfig config;
    private long start;
    private volatile long lastByte;

    private BenchRun(URI stack, String token, Path directory) {
        this.directory = directory;
        this.target = directory.resolve("orders.parquet");
        this.config = KeboolaConfig.of(stack, Secret.of(token))
                .withPrivateTargets(true)
                .withStorageEndpoint(stack)
                .withPollInterval(Duration.ofMillis(20));
    }

    /**
     * Runs one export.
     *
     * @param args the method, the stack, the token and an empty directory for the file. The method is {@code ours} with
     *     the usual digest, {@code ours+sha256} with all digests that this client computes by default, or {@code usual}
     */
    public static void main(String[] args) throws Exception {
        BenchRun run = new BenchRun(URI.create(args[1]), args[2], Path.of(args[3]));
        Thread watcher = Thread.ofPlatform().daemon().unstarted(run::watch);
        watcher.start();
        String md5 = switch (args[0]) {
            case "ours" -> run.ours(Set.of(Algorithm.MD5));
            case "ours+sha256" -> run.ours(Algorithm.ALL);
            case "usual" -> run.usual();
            default -> throw new IllegalArgumentException(args[0]);
        };
        long end = run.time.nanos();
        System.out.println("after_last_byte_s=" + (end - run.lastByte) / 1e9 + " total_s=" + (end - run.start) / 1e9
                + " scratch_mb=" + Math.max(run.scratch, size(run.directory)) / 1e6 + " rss_mb=" + peakMemory()
                + " md5=" + md5);
    }

    private String ours(Set<Algorithm> digests) throws Exception {
        Path published = target;
        try (KeboolaClient keboola = KeboolaClient.of(config.withDigests(digests));
                FileDraft draft = FileDraft.of(FileStore.system(), directory.resolve("draft"), "orders.parquet")) {
            ExportResult result = keboola.export(BenchServer.TABLE, ExportFilter.ALL, draft, new ExportProgress() {
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
            });
            if (!result.notes().isEmpty()) {
                throw new IllegalStateException("not in place: " + result.notes());
            }
            Files.move(draft.path(), published);
            return result.digests().md5();
        }
    }

    private String usual() throws Exception {
        Transport transport = RetryingTransport.of(
                HelidonTransport.of(config.connectTimeout(), true),
                config.retryBudget(),
                time,
                new java.util.Random(1));
        try (transport;
                RunningCalls calls = new RunningCalls(KeboolaException::clientClosed)) {
            StorageApiClient api = new StorageApiClient(config, transport, calls);
            List<Path> files = calls.call("usual", () -> downloaded(api, transport));
            lastByte = time.nanos();
            merge(files);
            for (Path file : files) {
                Files.delete(file);
            }
            return md5(target);
        }
    }

    private List<Path> downloaded(StorageApiClient api, Transport transport) throws IOException, InterruptedException {
        ExportFile file = file(api);
        start = time.nanos();
        ObjectReader reader = new ObjectReader(file, api::file, transport, time);
        List<String> names = SliceManifest.read(
                reader.whole(file.location().key() + StorageLocation.MANIFEST, SliceManifest.BYTES), file);
        List<Path> files = new ArrayList<>();
        for (String name : names) {
            Path slice = directory.resolve("slice-" + files.size() + ".parquet");
            try (Transport.Response response = reader.read(name, "");
                    FileChannel out = FileStore.system().create(slice)) {
                response.body().transferTo(java.nio.channels.Channels.newOutputStream(out));
            }
            files.add(slice);
        }
        return files;
    }

    private ExportFile file(StorageApiClient api) throws InterruptedException {
        List<String> columns = api.table(BenchServer.TABLE).columnNames();
        ExportJob job =
                api.startExport(BenchServer.TABLE, ExportFilter.ALL.withColumns(columns), ExportFileType.PARQUET);
        while (job instanceof ExportJob.Running) {
            time.sleep(config.pollInterval());
            job = api.job(job.id());
        }
        if (job instanceof ExportJob.Done done) {
            return api.file(done.file());
        }
        throw new IllegalStateException(job.toString());
    }

    private void merge(List<Path> files) throws Exception {
        String list = files.stream().map(file -> "'" + file + "'").collect(Collectors.joining(", "));
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("SET temp_directory = '" + directory.resolve("spill") + "'");
            statement.execute("COPY (SELECT * FROM read_parquet([" + list + "])) TO '" + target + "' (FORMAT parquet)");
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

    private volatile long scratch;

    private void watch() {
        try {
            while (true) {
                scratch = Math.max(scratch, size(directory));
                time.sleep(LOOK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Files may appear and disappear during the walk. */
    private static long size(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(BenchRun::sizeOf).sum();
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0;
        }
    }

    private static long sizeOf(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
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
