// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Time;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code ./agnes bench keboola}: the time of an export of a table with 64 slices of 16 MiB, and the time of its last
 * step after the last byte, compared with the usual method and digest. The additional time of SHA-256, which depends on
 * the instructions of the processor, is listed separately. The store is in its own process, reached over loopback HTTP;
 * each run is a new process too. DuckDB checks the result of each method.
 */
final class KeboolaBench {
    private static final int MIB = 1 << 20;
    private static final int SLICES = 64;
    /** The number of different slices. Each one appears several times under different names. */
    private static final int DIFFERENT = 8;

    private static final int ROWS_EACH = 98_000;
    private static final int RUNS = 3;
    private static final int LARGER = 3;
    private static final int LARGEST = 10;
    private static final long SLICE_BYTES = 18L * MIB;
    private static final String USAGE = """
            Usage: agnes bench keboola [--json FILE] [--quick] [--large]
            Exports 64 x 16 MiB Parquet slices over loopback HTTP: this client, and temporary files, DuckDB and MD5.
              --quick  a small run that shows that everything works; its numbers mean nothing
              --large  the slope of memory up to 10 GB in place of 3 GB""";

    private final Path directory;
    private final boolean quick;
    private final Map<String, Double> report = new LinkedHashMap<>();
    private List<Path> slices = List.of();

    private KeboolaBench(Path directory, boolean quick) {
        this.directory = directory;
        this.quick = quick;
    }

    public static void main(String[] args) throws Exception {
        List<String> options = new ArrayList<>(List.of(args));
        if (options.contains("--help")) {
            System.out.println(USAGE);
            return;
        }
        boolean quick = options.remove("--quick");
        boolean large = options.remove("--large");
        Path json = null;
        int at = options.indexOf("--json");
        if (at >= 0 && at + 1 < options.size()) {
            json = Path.of(options.remove(at + 1));
            options.remove(at);
        }
        if (!options.isEmpty()) {
            System.err.println(USAGE);
            System.exit(2);
        }
        int times = quick ? 2 : large ? LARGEST : LARGER;
        Path directory = directory((quick ? 1 : 4 + times) * SLICES * SLICE_BYTES);
        new KeboolaBench(directory, quick).run(times).print(json);
    }

    private static Path directory(long roomBytes) throws IOException {
        Path target = Path.of(System.getProperty("agnes.project.dir"), "agnes-keboola", "target");
        long free = Files.getFileStore(target).getUsableSpace();
        if (free < roomBytes) {
            System.err.printf("bench keboola needs %,d bytes in %s, %,d are free%n", roomBytes, target, free);
            System.exit(1);
        }
        Path directory = Files.createTempDirectory(target, "bench-keboola-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
        return directory;
    }

    private static void delete(Path directory) {
        try {
            FileStore.system().deleteTree(directory);
        } catch (IOException e) {
            System.err.println("left behind: " + directory + ", " + e);
        }
    }

    private KeboolaBench run(int times) throws Exception {
        System.out.printf(
                "%s, %d processors, JDK %s, load %s%n",
                LocalDate.ofInstant(Time.system().now(), ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                load());
        write();
        long bytes = 0;
        for (Path slice : slices) {
            bytes += Files.size(slice);
        }
        System.out.printf(Locale.ROOT, "%d slices, %.1f MB%n%n", slices.size(), bytes / 1e6);
        System.out.printf(
                "%-12s %-11s %12s %10s %12s %8s %5s%n",
                "rate", "", "after last s", "total s", "scratch MB", "RSS MB", "runs");
        compare("", 0, quick ? 1 : RUNS, bytes);
        if (!quick) {
            compare("_250", 250_000_000, 1, bytes);
            compare("_100", 100_000_000, 1, bytes);
        }
        slope(times, bytes);
        System.out.println("load " + load() + " at the end");
        return this;
    }

    /** Writes slices like those of a warehouse: one row group each, snappy, columns of many types. */
    private void write() throws Exception {
        List<Path> written = new ArrayList<>();
        int rows = quick ? ROWS_EACH / 10 : ROWS_EACH;
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("SET disabled_optimizers='statistics_propagation'");
            for (int i = 0; i < DIFFERENT; i++) {
                Path file = directory.resolve("source-" + i + ".parquet");
                statement.execute("COPY (" + query((long) i * rows, (i + 1L) * rows) + ") TO '" + file
                        + "' (FORMAT parquet, ROW_GROUP_SIZE 122880)");
                written.add(file);
            }
        }
        slices = named(written, quick ? DIFFERENT : SLICES);
    }

    private static String query(long first, long last) {
        return """
                SELECT i AS id, h AS fingerprint, md5(i::VARCHAR) AS external_id,
                  TIMESTAMP '2024-01-01' + to_microseconds(i * 977000 + h % 1000000) AS created_at,
                  DATE '2020-01-01' + (h % 2000)::INTEGER AS day,
                  ['new', 'paid', 'sent', 'done', 'lost'][1 + h % 5] AS status,
                  'customer' || (h % 1000003) || '@example.org' AS email,
                  CASE WHEN h % 10 < 3 THEN 'ordered by phone, call back about item ' || (h % 7919) END AS note,
                  h % 3 = 0 AS active, (h % 1000000)::INTEGER AS int_a, (h // 7 % 5000)::INTEGER AS int_b,
                  (h // 17 % 1000000000000)::BIGINT AS long_a, CASE WHEN h % 2 = 0 THEN (h // 19 % 100000000)::BIGINT END AS long_b,
                  (h % 1000000007)::DOUBLE / 1000 AS double_a, sin(i) AS double_b, cos(i) AS double_c,
                  (h % 100000000)::DECIMAL(18, 2) AS price, (h // 3 % 10000)::DECIMAL(9, 2) AS tax,
                  (h // 5 % 10000000000)::DECIMAL(30, 4) AS balance, 'SKU-' || (h % 20000) AS sku,
                  'warehouse ' || (h // 23 % 300) AS warehouse, 'campaign/' || (h // 29 % 4000) AS campaign,
                  md5(h::VARCHAR) AS token
                FROM (SELECT i, (hash(i) >> 1)::BIGINT AS h FROM range(FIRST, LAST) t(i))""".replace("FIRST", Long.toString(first)).replace("LAST", Long.toString(last));
    }

    /** Creates {@code count} names for the files, so that a large table needs little disk. */
    private List<Path> named(List<Path> files, int count) throws IOException {
        List<Path> named = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path name = directory.resolve("slice-" + count + "-" + i + ".parquet");
            Files.createLink(name, files.get(i % files.size()));
            named.add(name);
        }
        return named;
    }

    private void compare(String suffix, long bytesPerSecond, int runs, long bytes) throws Exception {
        Map<String, List<Double>> ours = new HashMap<>();
        Map<String, List<Double>> both = new HashMap<>();
        Map<String, List<Double>> usual = new HashMap<>();
        for (int run = 0; run < runs; run++) {
            boolean look = suffix.isEmpty() && run == 0;
            // The speed of one network connection for all downloads: ours divide it, and the single download of the
            // usual method has all of it.
            long each = bytesPerSecond / KeboolaConfig.SLICES_AT_ONCE.value();
            add(ours, export("ours", slices, each, look));
            add(both, export("ours+sha256", slices, each, look));
            add(usual, export("usual", slices, bytesPerSecond, look));
        }
        String rate = bytesPerSecond == 0 ? "unthrottled" : bytesPerSecond / 1_000_000 + " MB/s";
        print(rate, "ours", ours);
        print("", "ours+sha256", both);
        print("", "usual", usual);
        report.put("after_last_byte_ratio" + suffix, ratio(usual, ours, "after_last_byte_s"));
        report.put("total_ratio" + suffix, ratio(usual, ours, "total_s"));
        report.put("after_last_byte_ratio_sha256" + suffix, ratio(usual, both, "after_last_byte_s"));
        report.put("total_ratio_sha256" + suffix, ratio(usual, both, "total_s"));
        report.put("after_last_byte_s" + suffix, median(ours, "after_last_byte_s"));
        report.put("total_s" + suffix, median(ours, "total_s"));
        if (suffix.isEmpty()) {
            report.put("scratch_ratio", median(ours, "scratch_mb") * 1e6 / bytes);
            report.put("usual_scratch_ratio", median(usual, "scratch_mb") * 1e6 / bytes);
        }
        report.merge("rss_mb", Math.max(greatest(ours, "rss_mb"), greatest(both, "rss_mb")), Math::max);
        report.merge("usual_rss_mb", greatest(usual, "rss_mb"), Math::max);
    }

    private void slope(int times, long bytes) throws Exception {
        List<Path> more = named(slices, slices.size() * times);
        Map<String, Double> large = export("ours", more, 0, false);
        System.out.printf(
                Locale.ROOT,
                "%d times the table: total %.2f s, RSS %.0f MB%n",
                times,
                large.get("total_s"),
                large.get("rss_mb"));
        report.put("rss_larger_mb", large.get("rss_mb"));
        double gigabytes = (times - 1) * bytes / 1e9;
        report.put("rss_slope_mb_per_gb", (large.get("rss_mb") - report.get("rss_mb")) / gigabytes);
    }

    private Map<String, Double> export(String method, List<Path> files, long bytesPerSecond, boolean look)
            throws Exception {
        Path list = directory.resolve("slices.txt");
        Files.write(list, files.stream().map(Path::toString).toList());
        Path work = Files.createDirectory(directory.resolve("work"));
        Process server = java("BenchServer", list.toString(), Long.toString(bytesPerSecond));
        try (BufferedReader said = server.inputReader(StandardCharsets.UTF_8)) {
            String[] stack = line(server, said).split(" ");
            Process run = java("BenchRun", method, stack[0], stack[1], work.toString());
            try (BufferedReader out = run.inputReader(StandardCharsets.UTF_8)) {
                Map<String, Double> measured = measured(line(run, out), work.resolve("orders.parquet"));
                if (look) {
                    requireSameRows(files, work.resolve("orders.parquet"));
                }
                System.err.println("bench keboola: " + method + ", " + measured);
                return measured;
            }
        } finally {
            server.getOutputStream().close();
            server.waitFor();
            delete(work);
        }
    }

    private String line(Process process, BufferedReader out) throws Exception {
        String line = out.readLine();
        if (line == null) {
            process.waitFor();
            throw new IllegalStateException("a process failed: " + Files.readString(directory.resolve("errors")));
        }
        return line;
    }

    private Process java(String main, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                // The HTTP library reads through a linked list whose last element belongs to a connection. If the young
                // generation is small, or too small for the ends of all slices, that element soon becomes old. It then
                // keeps all later data alive until the heap is full.
                "-Xmn96m",
                "-XX:SurvivorRatio=2",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                "io.agnes.keboola." + main));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("errors").toFile()))
                .start();
    }

    private static Map<String, Double> measured(String line, Path result) throws Exception {
        Map<String, Double> values = new LinkedHashMap<>();
        for (String pair : line.split(" ")) {
            String[] parts = pair.split("=");
            if (parts[0].equals("md5")) {
                String md5 = FileDigests.of(result).md5();
                if (!md5.equals(parts[1])) {
                    throw new IllegalStateException("the MD5 is not that of the file: it does not count");
                }
            } else {
                values.put(parts[0], Double.valueOf(parts[1]));
            }
        }
        return values;
    }

    private static void requireSameRows(List<Path> files, Path result) throws Exception {
        String expected = content(files);
        String found = content(List.of(result));
        if (!expected.equals(found)) {
            throw new IllegalStateException("made " + found + " of " + expected + ": it does not count");
        }
    }

    private static String content(List<Path> files) throws Exception {
        String list = files.stream().map(file -> "'" + file + "'").collect(Collectors.joining(", "));
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(*) || ' ' || sum(hash(t)::HUGEINT) FROM read_parquet([" + list + "]) t")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void add(Map<String, List<Double>> all, Map<String, Double> one) {
        one.forEach((key, value) ->
                all.computeIfAbsent(key, none -> new ArrayList<>()).add(value));
    }

    private static double median(Map<String, List<Double>> runs, String key) {
        List<Double> sorted =
                runs.getOrDefault(key, List.of()).stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** The greatest value, for measurements with a bound that no run may exceed. */
    private static double greatest(Map<String, List<Double>> runs, String key) {
        return Collections.max(runs.getOrDefault(key, List.of()));
    }

    private static double ratio(Map<String, List<Double>> slow, Map<String, List<Double>> fast, String key) {
        return median(slow, key) / median(fast, key);
    }

    private static void print(String rate, String method, Map<String, List<Double>> runs) {
        System.out.printf(
                Locale.ROOT,
                "%-12s %-11s %12.3f %10.2f %12.0f %8.0f %5d%n",
                rate,
                method,
                median(runs, "after_last_byte_s"),
                median(runs, "total_s"),
                median(runs, "scratch_mb"),
                greatest(runs, "rss_mb"),
                runs.getOrDefault("total_s", List.of()).size());
    }

    private void print(Path json) throws IOException {
        System.out.println("bench keboola: " + joined("%s=%.4f", " "));
        if (json != null) {
            Files.writeString(json, "{\"bench\":\"keboola\"," + joined("\"%s\":%.4f", ",") + "}\n");
        }
    }

    private String joined(String pair, String between) {
        return report.entrySet().stream()
                .map(entry -> String.format(Locale.ROOT, pair, entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(between));
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }
}
