// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.testkit.FakeBigQuery;
import io.agnes.testkit.FakeCloudStorage;
import io.agnes.testkit.ManualClock;
import io.agnes.testkit.Samples;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agnes emulate bigquery}: runs the emulated BigQuery and its Cloud Storage as a process. */
@Command(
        name = "bigquery",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Runs Google BigQuery on 127.0.0.1 until SIGTERM or Ctrl-C, with a Cloud Storage for exports. DuckDB runs"
                        + " the queries. Tests script faults and jobs, move the clock and read the requests below"
                        + " /__agnes/.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:SIGTERM or Ctrl-C",
            "1:a table cannot be read, or the key cannot be written",
            "64:invalid arguments",
            "69:the port is in use"
        })
final class EmulateBigQueryCommand implements Callable<Integer> {
    private static final String DATASET = "demo";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--port", paramLabel = "N", description = "port to listen on (a free one)")
    private int port;

    @Option(names = "--storage-port", paramLabel = "N", description = "port of the Cloud Storage (a free one)")
    private int storagePort;

    @Option(names = "--bucket", paramLabel = "NAME", description = "bucket to create (agnes)")
    private String bucket = "agnes";

    @Option(
            names = "--tables",
            paramLabel = "DIR",
            description = "CSV and Parquet files, each for a table demo.NAME (three samples that ship with Agnes)")
    private @Nullable Path tables;

    @Option(names = "--location", paramLabel = "NAME", description = "location of the dataset (US)")
    private @Nullable String location;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description =
                    "write the key of the service account to FILE and require credentials (no credentials needed)")
    private @Nullable Path key;

    @Option(names = "--shards", paramLabel = "N", description = "files of an export (by size)")
    private @Nullable Integer shards;

    @Option(names = "--page-rows", paramLabel = "N", description = "maximum rows of a page (100,000)")
    private @Nullable Long pageRows;

    @Option(names = "--job-polls", paramLabel = "N", description = "polls that report an unfinished job (0)")
    private @Nullable Integer jobPolls;

    @Option(names = "--job-time", paramLabel = "SECONDS", description = "duration of a job, instead of polls")
    private @Nullable Double jobTime;

    @Option(
            names = "--clock",
            paramLabel = "INSTANT",
            description = "time of a clock that stands still, for example 2026-05-07T12:00:00Z (the system's clock)")
    private @Nullable Instant clock;

    @Override
    public Integer call() throws Exception {
        Emulators.requirePort(spec, port);
        Emulators.requirePort(spec, "--storage-port", storagePort);
        if (jobPolls != null && jobTime != null) {
            throw new ParameterException(spec.commandLine(), "--job-polls and --job-time exclude each other");
        }
        try (FakeCloudStorage storage = Emulators.start(storagePort, storage()::start);
                FakeBigQuery bigquery = Emulators.start(port, builder(storage)::start)) {
            createBucket(storage);
            List<String> seeded = tables == null ? samples(bigquery) : files(bigquery, tables);
            Emulators.given(key, storage::writeServiceAccountKey);
            Shutdown.await(() -> end(bigquery, storage), () -> announce(bigquery, storage, seeded));
            return 0;
        }
    }

    private static void end(FakeBigQuery bigquery, FakeCloudStorage storage) {
        bigquery.close();
        storage.close();
    }

    private FakeCloudStorage.Builder storage() {
        FakeCloudStorage.Builder builder = FakeCloudStorage.builder().port(storagePort);
        Emulators.given(clock, at -> builder.clock(ManualClock.standingAt(at)));
        return key == null ? builder.anonymous() : builder;
    }

    private FakeBigQuery.Builder builder(FakeCloudStorage storage) {
        try {
            FakeBigQuery.Builder builder =
                    FakeBigQuery.builder().port(port).storage(storage).control();
            Emulators.given(location, builder::location);
            Emulators.given(shards, builder::shards);
            Emulators.given(pageRows, builder::pageRows);
            Emulators.given(jobPolls, builder::jobPolls);
            Emulators.given(jobTime, seconds -> builder.jobTakes(Duration.ofMillis(Math.round(seconds * 1000))));
            return key == null ? builder.anonymous() : builder;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    private void createBucket(FakeCloudStorage storage) {
        try {
            storage.bucket(bucket);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--bucket: " + e.getMessage());
        }
    }

    private static List<String> samples(FakeBigQuery bigquery) {
        return Stream.of(Samples.values())
                .map(sample -> bigquery.seed(sample).path())
                .toList();
    }

    private static List<String> files(FakeBigQuery bigquery, Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted()
                    .filter(file ->
                            file.toString().endsWith(".csv") || file.toString().endsWith(".parquet"))
                    .map(file -> seed(bigquery, file))
                    .toList();
        }
    }

    private static String seed(FakeBigQuery bigquery, Path file) {
        String name = file.getFileName().toString();
        String id = name.substring(0, name.lastIndexOf('.')).replaceAll("[^A-Za-z0-9_-]", "_");
        try {
            var table = bigquery.dataset(DATASET).table(id);
            return (name.endsWith(".csv") ? table.fromCsv(file) : table.fromParquet(file)).path();
        } catch (IllegalArgumentException e) {
            // The lines after the first contain DuckDB's SQL statement, which does not help the user.
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
            throw CommandException.unusable("table " + file + " cannot be read: " + why);
        }
    }

    private void announce(FakeBigQuery bigquery, FakeCloudStorage storage, List<String> seeded) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("tables: " + String.join(", ", seeded));
        out.println("export BIGQUERY_EMULATOR_HOST=" + bigquery.endpoint());
        out.println("export STORAGE_EMULATOR_HOST=" + storage.endpoint());
        out.println("export GOOGLE_CLOUD_PROJECT=" + bigquery.project());
        if (key != null) {
            out.println("export GOOGLE_APPLICATION_CREDENTIALS=" + key);
        }
        out.println("# exports go to gs://" + bucket + "/");
        out.flush();
    }
}
