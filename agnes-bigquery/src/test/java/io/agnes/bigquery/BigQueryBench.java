// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import io.agnes.bigquery.export.ExportBench;
import io.agnes.bigquery.metadata.MetadataCache;
import io.agnes.bigquery.metadata.MetadataClient;
import io.agnes.bigquery.metadata.MetadataRefresh;
import io.agnes.bigquery.metadata.MetadataRefresh.Outcome;
import io.agnes.bigquery.metadata.MetadataRefresh.Target;
import io.agnes.bigquery.metadata.RefreshReport;
import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.work.Task;
import io.agnes.testkit.FakeBigQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures the refresh of the metadata of 500 tables, each call of which takes 100 ms. The floor is 500 calls of 100 ms
 * over the calls at once; {@code refresh_ratio} is the time against it. Meanwhile a reader reads the whole cache, and the calls
 * are counted: one for each table and no other. Then {@link ExportBench} measures the materialization of a table.
 */
public final class BigQueryBench {
    private static final String USAGE = "Usage: agnes bench bigquery [--json FILE] [--quick]";
    private static final Duration CALL = Duration.ofMillis(100);

    private final Map<String, Double> report = new LinkedHashMap<>();

    private BigQueryBench() {}

    /**
     * Runs the benchmark.
     *
     * @param args {@code --json} and a file for the numbers, {@code --quick} for 40 tables and a small export
     */
    public static void main(String[] args) throws Exception {
        List<String> options = new ArrayList<>(List.of(args));
        if (options.contains("--help")) {
            System.out.println(USAGE);
            return;
        }
        boolean quick = options.remove("--quick");
        int at = options.indexOf("--json");
        Path json = null;
        if (at >= 0 && at + 1 < options.size()) {
            json = Path.of(options.remove(at + 1));
            options.remove(at);
        }
        if (!options.isEmpty()) {
            System.err.println(USAGE);
            System.exit(2);
        }
        BigQueryBench bench = new BigQueryBench();
        bench.refresh(quick ? 40 : 500);
        bench.report.putAll(ExportBench.run(quick));
        bench.print(json);
    }

    private void refresh(int tables) throws Exception {
        try (FakeBigQuery google = FakeBigQuery.builder().latency(CALL).start();
                MetadataClient client = MetadataClient.of(config(google))) {
            List<Target> targets =
                    IntStream.range(0, tables).mapToObj(i -> target(google, i)).toList();
            MetadataCache cache = MetadataCache.inMemory();
            int atOnce = config(google).metadataRefreshConcurrency();
            MetadataRefresh refresh = new MetadataRefresh(client::table, cache, () -> targets, atOnce, Time.system());
            // Opens connections and loads classes.
            client.table(targets.getFirst().table());
            int before = google.requests("GET", ".*").size();
            RefreshReport done;
            double slowestRead;
            try (Task<Outcome> run = Task.start("refresh", refresh::all);
                    Task<Double> reader = Task.start("reader", () -> slowestRead(cache, run))) {
                done = ((Outcome.Done) run.await()).report();
                slowestRead = reader.await();
            }
            int calls = google.requests("GET", ".*").size() - before;
            if (done.succeeded() != tables || calls != tables) {
                throw new IllegalStateException(done + " with " + calls + " calls: it does not count");
            }
            double floor = (double) tables * CALL.toMillis() / atOnce;
            report.put("refresh_s", done.duration().toMillis() / 1e3);
            report.put("refresh_ratio", done.duration().toMillis() / floor);
            report.put("cache_read_ms", slowestRead);
        }
    }

    /** Reads the whole cache until the run has ended. */
    private static double slowestRead(MetadataCache cache, Task<Outcome> run) throws InterruptedException {
        double slowest = 0;
        do {
            long start = Time.system().nanos();
            cache.all();
            slowest = Math.max(slowest, Time.system().since(start).toNanos() / 1e6);
        } while (!run.join(Duration.ofMillis(20)));
        return slowest;
    }

    private static Target target(FakeBigQuery google, int number) {
        String table = "t" + number;
        google.dataset("bench").table(table).columns("id INT64, name STRING, day DATE");
        return new Target(new TableId(table), new BigQueryTable(google.project(), "bench", table));
    }

    private static BigQueryConfig config(FakeBigQuery google) {
        return BigQueryConfig.of(google.project())
                .withPrivateTargets(true)
                .withEndpoint(google.endpoint())
                .withReadCredentials(BigQueryReadCredentials.json(Secret.of(google.serviceAccountKey())));
    }

    private void print(Path json) throws IOException {
        System.out.println("bench bigquery: " + joined("%s=%.4f", " "));
        if (json != null) {
            Files.writeString(json, "{\"bench\":\"bigquery\"," + joined("\"%s\":%.4f", ",") + "}\n");
        }
    }

    private String joined(String pair, String between) {
        return report.entrySet().stream()
                .map(entry -> String.format(Locale.ROOT, pair, entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(between));
    }
}
