// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** {@code agnes serve} in a process of its own, with the JVM, the module path and the options of this one. */
final class ServerProcess implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(5);

    /**
     * How long a start took.
     *
     * @param ready from the start of the process to the first answer on {@code /api/health}
     * @param stolen which share of the machine its host gave to others meanwhile, from 0 to 1
     */
    record Start(Duration ready, double stolen) {
        double seconds() {
            return ready.toNanos() / 1e9;
        }

        /** What it would have taken of a machine of one's own, if all of it waits for a processor. */
        double unstolenSeconds() {
            return seconds() * (1 - stolen);
        }
    }

    private final Process process;
    private final URI address;
    private final Time time;
    private final long startedAt;
    private final MachineTime before;

    private ServerProcess(Process process, URI address, Time time, long startedAt, MachineTime before) {
        this.process = process;
        this.address = address;
        this.time = time;
        this.startedAt = startedAt;
        this.before = before;
    }

    /**
     * Starts it on a free port; {@link #awaitReady} tells when it answers.
     *
     * @param options which of this JVM's options it gets
     * @param more further options
     * @param log where it prints
     */
    static ServerProcess start(
            Path data,
            Predicate<String> options,
            List<String> more,
            Map<String, String> environment,
            Path log,
            Time time)
            throws IOException {
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(command(data, port, options, more))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        MachineTime before = MachineTime.now();
        long startedAt = time.nanos();
        return new ServerProcess(builder.start(), URI.create("http://127.0.0.1:" + port), time, startedAt, before);
    }

    private static List<String> command(Path data, int port, Predicate<String> options, List<String> more) {
        List<String> command = new ArrayList<>(List.of(java()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(options)
                .forEach(command::add);
        command.addAll(more);
        command.addAll(List.of(
                "-p",
                System.getProperty("jdk.module.path"),
                "-m",
                System.getProperty("jdk.module.main") + "/" + Main.class.getName(),
                "serve",
                "--data-dir",
                data.toString(),
                "--port",
                Integer.toString(port)));
        return command;
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    URI address() {
        return address;
    }

    /** Waits until it answers. */
    Start awaitReady() throws IOException, InterruptedException {
        while (!answers()) {
            if (!process.isAlive() || time.since(startedAt).compareTo(LONGEST_START) > 0) {
                throw CommandException.wrong("the server did not come up, exit code "
                        + (process.isAlive() ? "none yet" : process.exitValue()));
            }
            time.sleep(PAUSE);
        }
        return new Start(time.since(startedAt), MachineTime.now().stolenSince(before));
    }

    private boolean answers() throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) address.resolve("/api/health").toURL().openConnection();
        try {
            return connection.getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        } finally {
            connection.disconnect();
        }
    }

    /** What it holds of the machine's memory now, in MiB. */
    double residentMib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw CommandException.wrong("this system does not tell a process's memory");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it ends by itself within that time. */
    boolean ended(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Of a process that has ended. */
    int exitCode() {
        return process.exitValue();
    }

    /** SIGKILL, and waits until it is gone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGTERM, and waits until it is gone. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
