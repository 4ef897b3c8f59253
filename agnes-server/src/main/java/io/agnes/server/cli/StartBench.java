package io.agnes.server.cli;

import io.agnes.core.Time;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code agnes bench start}: how long from the start of the process to its first answer on {@code /api/health}, and how
 * much memory it holds when idle. Each run is a process of its own over an empty data directory; runs with the start-up
 * cache and without it take turns. A bare JVM that prints nothing is measured beside them, as the floor.
 */
@Command(name = "start", mixinStandardHelpOptions = true, description = "Time to ready, and memory when idle.")
final class StartBench implements Callable<Integer> {
    private static final Duration LONGEST_START = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration SETTLING = Duration.ofSeconds(2);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--runs", paramLabel = "N", description = "runs of each kind (${DEFAULT-VALUE})")
    private int runs = 5;

    @Option(names = "--json", paramLabel = "FILE", description = "write the numbers there too")
    private @Nullable Path json;

    private final Time time = Time.system();

    private record Measured(double readySeconds, double idleMib) {}

    @Override
    public Integer call() throws Exception {
        List<Measured> cached = new ArrayList<>();
        List<Measured> plain = new ArrayList<>();
        List<Double> floor = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            floor.add(bare());
            plain.add(server(false));
            cached.add(server(true));
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
        Process process = new ProcessBuilder(java(), "-XX:+UseSerialGC", "-version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.waitFor();
        return seconds(time.since(start));
    }

    private Measured server(boolean cache) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("agnes-bench-");
        int port = freePort();
        long start = time.nanos();
        Process process = new ProcessBuilder(command(cache, data, port))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            awaitHealth(process, port, start);
            Duration ready = time.since(start);
            time.sleep(SETTLING);
            return new Measured(seconds(ready), idleMib(process));
        } finally {
            process.destroy();
            process.waitFor(15, TimeUnit.SECONDS);
            io.agnes.core.file.FileStore.system().deleteTree(data);
        }
    }

    private void awaitHealth(Process process, int port, long start) throws IOException, InterruptedException {
        URI health = URI.create("http://127.0.0.1:" + port + "/api/health");
        while (!answers(health)) {
            if (!process.isAlive() || time.since(start).compareTo(LONGEST_START) > 0) {
                throw CommandException.wrong("the server did not come up, exit code "
                        + (process.isAlive() ? "none yet" : process.exitValue()));
            }
            time.sleep(PAUSE);
        }
    }

    private static boolean answers(URI health) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) health.toURL().openConnection();
        try {
            return connection.getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        } finally {
            connection.disconnect();
        }
    }

    /** This process's own command line, with another command and with or without its cache. */
    private static List<String> command(boolean cache, Path data, int port) {
        List<String> command = new ArrayList<>(List.of(java()));
        for (String option :
                java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            boolean ofCache = option.startsWith("-XX:AOTCache") || option.startsWith("-XX:SharedArchiveFile");
            if (cache || !ofCache) {
                command.add(option);
            }
        }
        command.addAll(List.of(
                "-p",
                System.getProperty("jdk.module.path"),
                "-m",
                System.getProperty("jdk.module.main") + "/" + Main.class.getName()));
        command.addAll(Arrays.asList("serve", "--data-dir", data.toString(), "--port", Integer.toString(port)));
        return command;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static double idleMib(Process process) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw CommandException.wrong("this system does not tell a process's memory");
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
