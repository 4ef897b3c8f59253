// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import io.agnes.core.file.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./agnes bench start}: the time from the start of the process to its first answer on {@code /api/health}, and
 * its memory when idle. Each run is a new process with an empty data directory. Runs with and without the start-up
 * cache alternate. A bare JVM that prints nothing is measured as the floor.
 */
@Command(
        name = "agnes bench start",
        mixinStandardHelpOptions = true,
        description = "Time to ready, and memory when idle.")
final class StartBench implements Callable<Integer> {
    private static final Duration SETTLING = Duration.ofSeconds(2);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--runs", paramLabel = "N", description = "runs of each kind (${DEFAULT-VALUE})")
    private int runs = 5;

    @Option(names = "--json", paramLabel = "FILE", description = "write the numbers there too")
    private @Nullable Path json;

    private final Time time = Time.system();
    private final Program program = Program.ofLauncher();

    private record Measured(double readySeconds, double idleMib) {}

    /** Runs the benchmark with the options of the command line. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new StartBench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        List<Measured> cached = new ArrayList<>();
        List<Measured> plain = new ArrayList<>();
        List<Double> floor = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            floor.add(bare());
            plain.add(server(program.withoutCache()));
            cached.add(server(program));
        }
        new BenchReport("start")
                .add(
                        "ready_s",
                        median(plain.stream().map(Measured::readySeconds).toList()))
                .add(
                        "ready_cached_s",
                        median(cached.stream().map(Measured::readySeconds).toList()))
                .add("jvm_floor_s", median(floor))
                .add("rss_mb", median(cached.stream().map(Measured::idleMib).toList()))
                .add(
                        "rss_plain_mb",
                        median(plain.stream().map(Measured::idleMib).toList()))
                .add("runs", runs)
                .print(spec.commandLine().getOut(), json);
        return 0;
    }

    private double bare() throws IOException, InterruptedException {
        long start = time.nanos();
        Process process = new ProcessBuilder(program.java(), "-XX:+UseSerialGC", "-version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.waitFor();
        return seconds(time.since(start));
    }

    private Measured server(Program started) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("agnes-bench-");
        try (ServerProcess server =
                ServerProcess.start(started, data.resolve("data"), Map.of(), data.resolve("log"), time)) {
            ServerProcess.Start start = server.awaitReady();
            time.sleep(SETTLING);
            return new Measured(start.seconds(), server.residentMib());
        } finally {
            FileStore.system().deleteTree(data);
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
