// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import com.sun.management.OperatingSystemMXBean;
import io.agnes.core.Time;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDigests;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.rewrite.ParquetRewriter;
import org.apache.parquet.hadoop.rewrite.RewriteOptions;
import org.apache.parquet.schema.MessageType;

/**
 * Runs one merge in its own process, after a small one as a warm-up. It prints the cost of the merge without the start of the
 * JVM and of DuckDB.
 */
final class MergeRun {
    /** The rate of slices on a fast network, in bytes per second. */
    static final long FAST = 250_000_000;

    /** The rate of slices on a usual network, in bytes per second. */
    static final long SLOW = 100_000_000;

    static final int PIECES_AT_ONCE = 4;

    /** The number of slices of the warm-up merge. */
    static final int SLICES_BEFORE = 2;

    private static final int WRITE_BYTES = 256 * 1024;
    private static final int HASHED_BYTES = 1 << 28;

    private final List<Path> slices;
    private final Path target;
    private final Time time = Time.system();
    private final Map<String, Double> measured = new LinkedHashMap<>();

    private MergeRun(List<Path> slices, Path target) {
        this.slices = slices;
        this.target = target;
    }

    /** @param args the method, a file with a line for each slice, and the merged file */
    public static void main(String[] args) throws Exception {
        List<Path> slices =
                Files.readAllLines(Path.of(args[1])).stream().map(Path::of).toList();
        MergeMethod method = MergeMethod.valueOf(args[0]);
        Path target = Path.of(args[2]);
        if (method != MergeMethod.FIRST_COPY) {
            new MergeRun(slices.subList(0, SLICES_BEFORE), target).merge(method);
            Files.delete(target);
        }
        MergeRun run = new MergeRun(slices, target);
        run.merge(method);
        if (method == MergeMethod.IN_PLACE) {
            run.measured.put("sha256_mb_s", run.hashedMegabytesPerSecond());
        }
        run.measured.put("rss_mb", peakMemory("self"));
        System.out.println(run.measured.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" ")));
    }

    private void merge(MergeMethod method) throws Exception {
        switch (method) {
            case DUCKDB -> duckdb("SET preserve_insertion_order=true");
            case DUCKDB_TUNED -> duckdb("SET preserve_insertion_order=false");
            case APPEND -> measure(this::append);
            case REWRITER -> measure(this::rewrite);
            case COPY, FIRST_COPY -> measure(this::copy);
            case IN_PLACE -> inPlace(FAST);
            case SLOW_IN_PLACE -> inPlace(SLOW);
            case CAT -> throw new IllegalArgumentException("MergeBench runs cat itself");
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private void measure(Work work) throws Exception {
        long cpu = cpuNanos();
        long start = time.nanos();
        work.run();
        put("wall_s", time.since(start));
        put("cpu_s", Duration.ofNanos(cpuNanos() - cpu));
        measured.put("bytes", (double) Files.size(target));
    }

    private void duckdb(String setting) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute(setting);
            String files = slices.stream().map(file -> "'" + file + "'").collect(Collectors.joining(", "));
            String merge = "COPY (SELECT * FROM read_parquet([" + files + "])) TO '" + target + "' (FORMAT parquet)";
            measure(() -> statement.execute(merge));
        }
    }

    private void append() throws IOException {
        MessageType schema;
        try (ParquetFileReader first = ParquetJava.open(slices.get(0))) {
            schema = first.getFileMetaData().getSchema();
        }
        try (ParquetFileWriter writer = new ParquetFileWriter(
                ParquetJava.output(target),
                schema,
                ParquetFileWriter.Mode.OVERWRITE,
                ParquetWriter.DEFAULT_BLOCK_SIZE,
                ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
                null,
                ParquetProperties.builder().build())) {
            writer.start();
            for (Path slice : slices) {
                writer.appendFile(ParquetJava.input(slice));
            }
            writer.end(Map.of());
        }
    }

    private void rewrite() throws IOException {
        RewriteOptions options = new RewriteOptions.Builder(
                        new PlainParquetConfiguration(),
                        slices.stream().map(ParquetJava::input).toList(),
                        ParquetJava.output(target))
                .build();
        try (ParquetRewriter rewriter = new ParquetRewriter(options)) {
            rewriter.processBlocks();
        }
    }

    private void copy() throws IOException, InterruptedException {
        try (OpenParts parts = OpenParts.of(slices)) {
            plan(parts).copyTo(parts.list(), target);
        }
    }

    /** Plans without limits on the footer share, since the standard rules would rewrite small slices. */
    private static MergePlan plan(OpenParts parts) throws IOException, InterruptedException {
        MergeOutcome outcome =
                ParquetMerge.plan(parts.list(), MergeRules.standard().withoutShare());
        if (outcome instanceof MergeOutcome.Mergeable mergeable) {
            return mergeable.plan();
        }
        throw new IllegalStateException("not mergeable: " + outcome);
    }

    /**
     * Measures planning before the slices arrive and sealing after their last byte. In between, several slices at once
     * arrive at the rate of a network; this time is not measured.
     */
    private void inPlace(long bytesPerSecond) throws Exception {
        try (OpenParts parts = OpenParts.of(slices)) {
            long cpu = cpuNanos();
            long start = time.nanos();
            MergePlan plan = plan(parts);
            Duration planning = time.since(start);
            long planningCpu = cpuNanos() - cpu;
            try (InPlaceMerge merge = InPlaceMerge.of(plan, target)) {
                long first = time.nanos();
                new Arrival(merge, parts.list(), bytesPerSecond).await();
                long ownCpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                long last = time.nanos();
                measured.put("arrival_mb_s", plan.length() * 1e3 / (last - first));
                merge.sealFile();
                Duration sealing = time.since(last);
                long sealingCpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - ownCpu;
                FileDigests digests = merge.awaitDigests();
                put("hash_after_last_byte_s", time.since(last));
                put("plan_s", planning);
                put("seal_s", sealing);
                put("wall_s", planning.plus(sealing));
                put("cpu_s", Duration.ofNanos(planningCpu + sealingCpu));
                measured.put("bytes", (double) plan.tail().length());
                require(digests);
            }
        }
    }

    /** The rate of SHA-256 without other work, a lower bound of the wait for digests. */
    private double hashedMegabytesPerSecond() throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] bytes = new byte[WRITE_BYTES];
        long start = time.nanos();
        for (int hashed = 0; hashed < HASHED_BYTES; hashed += bytes.length) {
            digest.update(bytes);
        }
        return HASHED_BYTES / 1e6 / (time.since(start).toNanos() / 1e9);
    }

    private void require(FileDigests digests) throws IOException, InterruptedException {
        FileDigests file = FileDigests.of(target);
        if (!file.equals(digests)) {
            throw new IllegalStateException("the digests are not those of the file: " + digests + ", " + file);
        }
    }

    /** Writes pieces at a fixed total rate, or slower if they wait for the digests. */
    private final class Arrival {
        private final InPlaceMerge merge;
        private final List<Part> parts;
        private final List<Piece> pieces;
        private final long bytesPerSecond;
        private final long start = time.nanos();
        private int next;
        private long asked;
        private Exception failure;

        Arrival(InPlaceMerge merge, List<Part> parts, long bytesPerSecond) {
            this.merge = merge;
            this.parts = parts;
            this.pieces = merge.pieces(PIECES_AT_ONCE);
            this.bytesPerSecond = bytesPerSecond;
        }

        void await() throws Exception {
            List<Thread> threads = IntStream.range(0, PIECES_AT_ONCE)
                    .mapToObj(i -> Thread.ofPlatform().start(this::work))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
            if (failure != null) {
                throw failure;
            }
        }

        private synchronized int take() {
            return next++;
        }

        private synchronized Duration turn(int bytes) {
            asked += bytes;
            long due = (long) (asked * 1e9 / bytesPerSecond);
            return Duration.ofNanos(due).minus(time.since(start));
        }

        private void work() {
            ByteBuffer buffer = ByteBuffer.allocateDirect(WRITE_BYTES);
            try {
                for (int i = take(); i < pieces.size(); i = take()) {
                    arrive(pieces.get(i), buffer);
                }
            } catch (IOException | InterruptedException | RuntimeException e) {
                synchronized (this) {
                    failure = e;
                }
            }
        }

        private void arrive(Piece piece, ByteBuffer buffer) throws IOException, InterruptedException {
            merge.awaitTurn(piece);
            long end = piece.sourceOffset() + piece.length();
            for (long at = piece.sourceOffset(); at < end; ) {
                int count = (int) Math.min(WRITE_BYTES, end - at);
                time.sleep(turn(count));
                parts.get(piece.part()).read(at, buffer.clear().limit(count));
                merge.write(piece.part(), at, buffer.flip());
                at += count;
            }
        }
    }

    private void put(String key, Duration duration) {
        measured.put(key, duration.toNanos() / 1e9);
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** The peak resident memory of a process in megabytes; 0 if the process has ended. */
    static double peakMemory(String process) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", process, "status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024 / 1e6;
                }
            }
        } catch (IOException gone) {
            return 0;
        }
        return 0;
    }
}
