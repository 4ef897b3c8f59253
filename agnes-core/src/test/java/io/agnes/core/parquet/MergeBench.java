// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.BenchOptions;
import io.agnes.core.BenchReport;
import io.agnes.core.Time;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code ./agnes bench merge}: the cost of making one Parquet file of many, by copying row groups and by other methods. Each
 * run is its own process, the methods take turns, and DuckDB checks every result. The lower bound is {@code cat}, which only
 * moves bytes.
 */
final class MergeBench {
    private static final int RUNS = 3;
    private static final int QUICK_METHOD_RUNS = 5;
    private static final int LARGER = 4;
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final long DISK_BYTES = 8_000_000_000L;
    private static final String DESCRIPTION =
            "Makes one Parquet file of 64 x 16 MiB and of 2,000 x 100 KiB: cat, DuckDB, parquet-java, and ours.";

    private final boolean quick;
    private final Path directory;
    private final Rows rows = new Rows();

    private MergeBench(boolean quick, Path directory) {
        this.quick = quick;
        this.directory = directory;
    }

    public static void main(String[] args) throws Exception {
        BenchOptions options = BenchOptions.parse("merge", DESCRIPTION, args);
        Path directory = BenchDirectory.create("merge", options.quick() ? DISK_BYTES / 16 : DISK_BYTES);
        new MergeBench(options.quick(), directory).run().print(System.out, options.json());
    }

    private BenchReport run() throws Exception {
        System.out.println(BenchDirectory.machine());
        Slices large = slices("large", quick ? 4 : 64, WideSlices.LARGE_ROWS);
        Results ofLarge = measure(large, List.of(MergeMethod.values()), quick ? 1 : RUNS);
        ofLarge.print();
        Slices small = slices("small", quick ? 60 : 2_000, WideSlices.SMALL_ROWS);
        Results ofSmall = measure(small, List.of(MergeMethod.values()), quick ? 1 : RUNS);
        ofSmall.print();
        Results larger = measure(large.times(LARGER), List.of(MergeMethod.COPY, MergeMethod.IN_PLACE), 1);
        larger.print();
        System.out.printf(
                Locale.ROOT,
                "%nIn place: the time is that of planning and sealing; between the two, slices are written in pieces, %d at once, at %d or %d MB/s,"
                        + " MD5 and SHA-256 following and slowing them down where they are slower. They came at %.0f and %.0f MB/s;"
                        + " SHA-256 alone, of bytes in memory, takes %.0f MB/s here.%n"
                        + "A JVM merges %d slices before it is measured. Every result was checked by DuckDB. Ours ran with %s, all"
                        + " JVMs with -XX:+UseSerialGC. Load %s at the end.%n",
                MergeRun.PIECES_AT_ONCE,
                MergeRun.FAST / 1_000_000,
                MergeRun.SLOW / 1_000_000,
                ofLarge.median(MergeMethod.IN_PLACE, "arrival_mb_s"),
                ofLarge.median(MergeMethod.SLOW_IN_PLACE, "arrival_mb_s"),
                ofLarge.median(MergeMethod.IN_PLACE, "sha256_mb_s"),
                MergeRun.SLICES_BEFORE,
                String.join(" ", MergeMethod.COPY.heap()),
                BenchDirectory.load());
        return report(ofLarge, ofSmall, larger);
    }

    private static BenchReport report(Results large, Results small, Results larger) {
        return new BenchReport("merge")
                .add("copy_wall_ratio", large.ratio("wall_s", MergeMethod.DUCKDB, MergeMethod.COPY))
                .add("copy_cpu_ratio", large.ratio("cpu_s", MergeMethod.DUCKDB, MergeMethod.COPY))
                .add("copy_vs_cat", large.ratio("wall_s", MergeMethod.COPY, MergeMethod.CAT))
                .add("first_copy_vs_cat", large.ratio("wall_s", MergeMethod.FIRST_COPY, MergeMethod.CAT))
                .add("inplace_s", large.median(MergeMethod.IN_PLACE, "seal_s"))
                .add("hash_after_last_byte_s", large.median(MergeMethod.IN_PLACE, "hash_after_last_byte_s"))
                .add("hash_after_last_byte_100_s", large.median(MergeMethod.SLOW_IN_PLACE, "hash_after_last_byte_s"))
                .add("arrival_mb_s", large.median(MergeMethod.IN_PLACE, "arrival_mb_s"))
                .add("sha256_mb_s", large.median(MergeMethod.IN_PLACE, "sha256_mb_s"))
                .add("rss_mb", large.mostMemory())
                .add("rss_4x_mb", larger.mostMemory())
                .add("copy_2000_wall_ratio", small.ratio("wall_s", MergeMethod.DUCKDB, MergeMethod.COPY))
                .add("copy_2000_cpu_ratio", small.ratio("cpu_s", MergeMethod.DUCKDB, MergeMethod.COPY))
                .add("copy_2000_vs_cat", small.ratio("wall_s", MergeMethod.COPY, MergeMethod.CAT))
                .add("inplace_2000_s", small.median(MergeMethod.IN_PLACE, "seal_s"))
                .add("hash_after_last_byte_2000_s", small.median(MergeMethod.IN_PLACE, "hash_after_last_byte_s"))
                .add("rss_2000_mb", small.mostMemory());
    }

    /** @param content the expected content of the merged file */
    private record Slices(List<Path> files, long bytes, Rows.Content content) {
        Slices times(int count) {
            return new Slices(
                    Collections.nCopies(count, files).stream()
                            .flatMap(List::stream)
                            .toList(),
                    bytes * count,
                    content.times(count));
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d slices, %,d bytes, %,d rows of %d leaf columns",
                    files.size(),
                    bytes,
                    content.rows(),
                    content.columns());
        }
    }

    private Slices slices(String name, int count, int rowsEach) throws IOException, InterruptedException, SQLException {
        progress("writing " + count + " slices");
        List<Path> files = WideSlices.write(directory.resolve(name), count, rowsEach);
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        return new Slices(files, bytes, rows.content(files));
    }

    private Results measure(Slices slices, List<MergeMethod> methods, int runs) throws Exception {
        Results results = new Results(slices);
        Path list = directory.resolve("slices.txt");
        Files.write(list, slices.files().stream().map(Path::toString).toList());
        int quickRuns = runs == RUNS ? QUICK_METHOD_RUNS : runs;
        for (int run = 0; run < quickRuns; run++) {
            for (MergeMethod method : methods) {
                if (run < (method.quick() ? quickRuns : runs)) {
                    Map<String, Double> measured = measure(slices, method, list);
                    results.add(method, measured);
                    progress(slices.files().size() + " slices, run " + (run + 1) + ": " + method.label() + ", "
                            + measured.get("wall_s") + " s");
                }
            }
        }
        return results;
    }

    private Map<String, Double> measure(Slices slices, MergeMethod method, Path list) throws Exception {
        Path target = directory.resolve("merged.parquet");
        try {
            if (method == MergeMethod.CAT) {
                return cat(slices.files(), target);
            }
            Map<String, Double> measured = javaProcess(method, list, target);
            Rows.Content found = rows.content(List.of(target));
            if (!found.equals(slices.content())) {
                throw new IllegalStateException(
                        method.label() + " made " + found + " of " + slices.content() + ": it does not count");
            }
            return measured;
        } finally {
            Files.deleteIfExists(target);
        }
    }

    private Map<String, Double> javaProcess(MergeMethod method, Path list, Path target) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(method.heap());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                MergeRun.class.getName(),
                method.name(),
                list.toString(),
                target.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(directory.resolve("errors").toFile())
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            if (process.waitFor() != 0 || line == null) {
                throw new IllegalStateException(
                        method.label() + " failed: " + Files.readString(directory.resolve("errors")));
            }
            return parsed(line);
        }
    }

    /** Measures {@code cat} with the time command of a shell, without a JVM. */
    private Map<String, Double> cat(List<Path> files, Path target) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "bash",
                "-c",
                "TIMEFORMAT='wall_s=%R user=%U system=%S'; time cat -- \"$@\" >\"$0\"",
                target.toString()));
        files.forEach(file -> command.add(file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(directory.resolve("errors").toFile())
                .start();
        double memory = 0;
        while (process.isAlive()) {
            for (ProcessHandle child : process.children().toList()) {
                memory = Math.max(memory, MergeRun.peakMemory(Long.toString(child.pid())));
            }
            Time.system().sleep(LOOK);
        }
        String errors = Files.readString(directory.resolve("errors")).strip();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("cat failed: " + errors);
        }
        Map<String, Double> measured = parsed(errors);
        measured.put("cpu_s", measured.get("user") + measured.get("system"));
        measured.put("rss_mb", memory);
        measured.put("bytes", (double) Files.size(target));
        return measured;
    }

    private static Map<String, Double> parsed(String line) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (String pair : line.split(" ")) {
            int equals = pair.indexOf('=');
            values.put(pair.substring(0, equals), Double.valueOf(pair.substring(equals + 1)));
        }
        return values;
    }

    private static void progress(String what) {
        System.err.println("bench merge: " + what);
    }

    private static final class Results {
        private final Slices slices;
        private final Map<MergeMethod, List<Map<String, Double>>> runs = new EnumMap<>(MergeMethod.class);

        Results(Slices slices) {
            this.slices = slices;
        }

        void add(MergeMethod method, Map<String, Double> measured) {
            runs.computeIfAbsent(method, none -> new ArrayList<>()).add(measured);
        }

        private List<Double> all(MergeMethod method, String key) {
            return runs.get(method).stream().map(run -> run.get(key)).toList();
        }

        double median(MergeMethod method, String key) {
            return BenchReport.median(all(method, key));
        }

        double ratio(String key, MergeMethod slow, MergeMethod fast) {
            return median(slow, key) / median(fast, key);
        }

        /** The maximum over all runs of our methods. */
        double mostMemory() {
            return Math.max(
                    Collections.max(all(MergeMethod.COPY, "rss_mb")),
                    Collections.max(all(MergeMethod.IN_PLACE, "rss_mb")));
        }

        void print() {
            System.out.printf(
                    "%n%s%n%-28s %9s %15s %9s %9s %12s %5s%n",
                    slices, "", "wall s", "(least-most)", "CPU s", "RSS MB", "written MB", "runs");
            runs.keySet().forEach(this::print);
            System.out.printf(
                    Locale.ROOT,
                    "in place: planned in %.3f s; after the last byte: sealed in %.4f s, MD5 and SHA-256 known after %.3f s%n",
                    median(MergeMethod.IN_PLACE, "plan_s"),
                    median(MergeMethod.IN_PLACE, "seal_s"),
                    median(MergeMethod.IN_PLACE, "hash_after_last_byte_s"));
        }

        private void print(MergeMethod method) {
            List<Double> wall = all(method, "wall_s");
            System.out.printf(
                    Locale.ROOT,
                    "%-28s %9.3f %15s %9.3f %9.0f %12.1f %5d%n",
                    method.label(),
                    median(method, "wall_s"),
                    String.format(Locale.ROOT, "%.3f-%.3f", Collections.min(wall), Collections.max(wall)),
                    median(method, "cpu_s"),
                    median(method, "rss_mb"),
                    median(method, "bytes") / 1e6,
                    wall.size());
        }
    }

    /** Reads the content of files with DuckDB. */
    private static final class Rows {
        /** @param checksum over all columns, independent of the order of rows */
        record Content(long rows, int columns, BigInteger checksum) {
            Content times(int count) {
                return new Content(rows * count, columns, checksum.multiply(BigInteger.valueOf(count)));
            }
        }

        Content content(List<Path> files) throws SQLException {
            String list = files.stream().map(file -> "'" + file + "'").collect(Collectors.joining(", "));
            try (TestDuckDb duckDb = TestDuckDb.open()) {
                duckDb.run("SET threads=" + Runtime.getRuntime().availableProcessors());
                duckDb.run("SET memory_limit='2GB'");
                String[] sums = duckDb.rows(
                                "SELECT count(*), sum(hash(t)::HUGEINT) FROM read_parquet([" + list + "]) t")
                        .get(0)
                        .split("\\|");
                String columns = duckDb.value(
                        "SELECT count(DISTINCT path_in_schema) FROM parquet_metadata('" + files.get(0) + "')");
                return new Content(Long.parseLong(sums[0]), Integer.parseInt(columns), new BigInteger(sums[1]));
            }
        }
    }
}
