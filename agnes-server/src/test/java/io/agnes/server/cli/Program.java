// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.server.FailpointServer;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The command that starts Agnes: the JVM, its options, the module path and the main class.
 *
 * @param command ends in {@code -m} and the main class
 */
record Program(List<String> command) {
    private static final int MAIN = 2;

    /** The program as the launcher starts it. The launcher prints its command with one word on each line. */
    static Program ofLauncher() {
        String command = System.getProperty("agnes.program");
        if (command == null) {
            throw CommandException.wrong("./agnes bench starts this benchmark");
        }
        return new Program(command.lines().toList());
    }

    String java() {
        return command.getFirst();
    }

    /** The same program without the start-up cache. */
    Program withoutCache() {
        return new Program(command.stream()
                .filter(option -> !option.startsWith("-XX:AOTCache=") && !option.startsWith("-XX:SharedArchiveFile="))
                .toList());
    }

    /**
     * The command of a server that ends at a step of publishing. It has no start-up cache, because its main class lies
     * in the tests.
     *
     * @param point the step, a colon, and the number of the time
     */
    Program withFailpoint(String point) {
        List<String> options = withoutCache().command;
        return new Program(Stream.concat(
                        options.subList(0, options.size() - MAIN).stream(),
                        Stream.of(
                                "-Dagnes.failpoint=" + point,
                                "--patch-module",
                                "io.agnes.server=" + tests(),
                                "-m",
                                "io.agnes.server/" + FailpointServer.class.getName()))
                .toList());
    }

    private static Path tests() {
        try {
            return Path.of(FailpointServer.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The whole command of a server. */
    List<String> serve(Path data, int port) {
        List<String> serve = new ArrayList<>(command);
        serve.addAll(List.of("serve", "--data-dir", data.toString(), "--port", Integer.toString(port)));
        return serve;
    }
}
