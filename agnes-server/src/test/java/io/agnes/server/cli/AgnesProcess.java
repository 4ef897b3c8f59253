// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the program as a process. */
final class AgnesProcess implements AutoCloseable {
    private static final int LONGEST_SECONDS = 60;

    private final Process process;
    private final Path output;
    private final Path errors;

    private AgnesProcess(Process process, Path output, Path errors) {
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    static AgnesProcess start(Path scratch, Map<String, String> environment, String... arguments) throws IOException {
        return startUnder(List.of(), scratch, environment, arguments);
    }

    /** @param runner a program that starts the command that follows it, with its own arguments */
    static AgnesProcess startUnder(
            List<String> runner, Path scratch, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(runner);
        command.addAll(BuiltProgram.command("-Djava.io.tmpdir=" + scratch));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(scratch, "out", ".txt");
        Path errors = Files.createTempFile(scratch, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("AGNES_") || name.startsWith("KEBOOLA_") || name.equals("DATA_DIR"));
        builder.environment().putAll(environment);
        return new AgnesProcess(builder.start(), output, errors);
    }

    /** Waits for the exit code. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("not ended after " + LONGEST_SECONDS + " s: " + output() + errors());
        }
        return process.exitValue();
    }

    /** Waits for a line with this prefix. */
    String line(String beginning) throws InterruptedException {
        for (int look = 0; look < LONGEST_SECONDS * 100; look++) {
            for (String line : output().split("\n")) {
                if (line.startsWith(beginning)) {
                    return line;
                }
            }
            if (!process.isAlive()) {
                break;
            }
            process.waitFor(10, TimeUnit.MILLISECONDS);
        }
        throw new AssertionError("no line " + beginning + " in " + output() + errors());
    }

    /** The path of the first token's file, from the output of the first start. */
    Path firstTokenFile() throws InterruptedException {
        return Path.of(line("first start:").replaceFirst(".*, readable by this user alone: ", ""));
    }

    /** The token of the first start. */
    String firstToken() throws InterruptedException {
        return read(firstTokenFile()).strip();
    }

    String output() {
        return read(output);
    }

    String errors() {
        return read(errors);
    }

    long pid() {
        return process.pid();
    }

    /** Sends SIGTERM to the program, also below a runner. */
    void terminate() {
        process.descendants().findFirst().orElse(process.toHandle()).destroy();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }
}
