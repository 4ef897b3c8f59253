// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

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
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The time in which 50 shards of 1 GB in all become one file, and the time of the last step after the last byte, compared with
 * the usual method. The clouds are in a process of their own, reached over loopback HTTP; each run is a new process too.
 */
public final class ExportBench {
    private static final int SHARDS = 50;
    private static final long ROWS = 11_700_000;
    private static final int RUNS = 3;

    private final Path directory;
    private final boolean quick;

    private ExportBench(Path directory, boolean quick) {
        this.directory = directory;
        this.quick = quick;
    }

    /**
     * Runs it.
     *
     * @param quick whether a small table is enough to show that everything works
     * @return {@code after_last_byte_s}, {@code total_ratio}, {@code rss_mb} and what they come from
     */
    public static Map<String, Double> run(boolean quick) throws Exception {
        Path target = Path.of(System.getProperty("agnes.project.dir"), "agnes-bigquery", "target");
        Path directory = Files.createTempDirectory(target, "bench-bigquery-");
        try {
            return new ExportBench(directory, quick).measure();
        } finally {
            FileStore.system().deleteTree(directory);
        }
    }

    private Map<String, Double> measure() throws Exception {
        Path key = directory.resolve("key.json");
        long rows = quick ? ROWS / 100 : ROWS;
        Process server = java("ExportBenchServer", Long.toString(rows), Integer.toString(SHARDS), key.toString());
        try (BufferedReader said = server.inputReader(StandardCharsets.UTF_8)) {
            String[] clouds = line(server, said).split(" ");
            List<Map<String, Double>> ours = new ArrayList<>();
            List<Map<String, Double>> usual = new ArrayList<>();
            for (int run = 0; run < (quick ? 1 : RUNS); run++) {
                ours.add(export("ours", clouds, key, rows));
                usual.add(export("usual", clouds, key, rows));
            }
            Map<String, Double> report = new LinkedHashMap<>();
            report.put("materialized_mb", median(ours, "mb"));
            report.put("total_s", median(ours, "total_s"));
            report.put("usual_total_s", median(usual, "total_s"));
            report.put("after_last_byte_s", median(ours, "after_last_byte_s"));
            report.put("total_ratio", median(usual, "total_s") / median(ours, "total_s"));
            report.put(
                    "rss_mb",
                    Collections.max(ours.stream()
                            .map(each -> each.getOrDefault("rss_mb", 0.0))
                            .toList()));
            return report;
        } finally {
            server.getOutputStream().close();
            server.waitFor();
        }
    }

    private Map<String, Double> export(String method, String[] clouds, Path key, long rows) throws Exception {
        Path work = Files.createDirectory(directory.resolve("work"));
        try {
            Process run =
                    java("ExportBenchRun", method, clouds[0], clouds[1], clouds[2], key.toString(), work.toString());
            try (BufferedReader out = run.inputReader(StandardCharsets.UTF_8)) {
                Map<String, Double> measured = measured(line(run, out), work.resolve("orders.parquet"));
                requireRows(work.resolve("orders.parquet"), rows);
                System.err.println("bench bigquery: " + method + ", " + measured);
                return measured;
            }
        } finally {
            FileStore.system().deleteTree(work);
        }
    }

    private static Map<String, Double> measured(String line, Path result) throws Exception {
        Map<String, Double> values = new LinkedHashMap<>();
        for (String pair : line.split(" ")) {
            String[] parts = pair.split("=");
            if (parts[0].equals("md5")) {
                if (!FileDigests.of(result).md5().equals(parts[1])) {
                    throw new IllegalStateException("the MD5 is not that of the file: it does not count");
                }
            } else {
                values.put(parts[0], Double.valueOf(parts[1]));
            }
        }
        return values;
    }

    private static void requireRows(Path file, long rows) throws Exception {
        String expected = rows + " " + (rows - 1) * rows / 2;
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT count(*) || ' ' || sum(id) FROM read_parquet('" + file + "')")) {
            row.next();
            if (!row.getString(1).equals(expected)) {
                throw new IllegalStateException(row.getString(1) + ", not " + expected + ": it does not count");
            }
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
                main.equals("ExportBenchServer") ? "-Xmx768m" : "-Xmx160m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                "io.agnes.bigquery.export." + main));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("errors").toFile()))
                .start();
    }

    private static double median(List<Map<String, Double>> runs, String key) {
        List<Double> sorted =
                runs.stream().map(run -> run.getOrDefault(key, 0.0)).sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** Shows the numbers of this part alone. */
    public static void main(String[] args) throws Exception {
        run(args.length > 0).forEach((key, value) -> System.out.printf(Locale.ROOT, "%s=%.3f%n", key, value));
    }
}
