// SPDX-License-Identifier: Apache-2.0
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
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs {@code agnes serve} as a process. */
final class ServerProcess implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(5);

    /**
     * The duration of a start.
     *
     * @param ready from the start of the process to the first answer on {@code /api/health}
     * @param stolen the share of the machine's time that its host gave to other machines meanwhile, from 0 to 1
     */
    record Start(Duration ready, double stolen) {
        double seconds() {
            return ready.toNanos() / 1e9;
        }

        /** The duration without the stolen time, for a start that always waits for a processor. */
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
     * Starts a server on a free port; {@link #awaitReady} waits for its first answer.
     *
     * @param log the file for its output
     */
    static ServerProcess start(Program program, Path data, Map<String, String> environment, Path log, Time time)
            throws IOException {
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(program.serve(data, port))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        MachineTime before = MachineTime.now();
        long startedAt = time.nanos();
        return new ServerProcess(builder.start(), URI.create("http://127.0.0.1:" + port), time, startedAt, before);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    URI address() {
        return address;
    }

    /** Waits until the server answers. */
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

    /** Resident memory of the process, in MiB. */
    double residentMib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw CommandException.wrong("/proc has no resident memory of the process");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the process to end; returns false if it has not ended after {@code longest}. */
    boolean ended(Duration longest) throws InterruptedException {
        return process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The exit code of a process that has ended. */
    int exitCode() {
        return process.exitValue();
    }

    /** Sends SIGKILL and waits for the end of the process. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Sends SIGTERM and waits for the end of the process. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
