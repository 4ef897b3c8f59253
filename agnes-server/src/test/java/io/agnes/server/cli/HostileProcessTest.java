// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.server.Reply;
import io.agnes.server.Wire;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process at its limits and at its end. */
@Tag("process")
@Timeout(180)
class HostileProcessTest {
    private static final int EXIT_AT_ONCE = 143;
    private static final int TRIES = 600;

    @TempDir
    private Path dir;

    private AgnesProcess serve(List<String> runner, Map<String, String> environment) throws IOException {
        return AgnesProcess.startUnder(
                runner,
                dir,
                environment,
                "serve",
                "--data-dir",
                dir.resolve("data").toString(),
                "--port",
                "0");
    }

    private static URI address(AgnesProcess server) throws InterruptedException {
        return URI.create(server.line("agnes ").replaceFirst(".* serves on ", ""));
    }

    @Test
    void aProcessWithoutDescriptorsForItsListenerEnds() throws Exception {
        try (AgnesProcess server = serve(List.of(), Map.of())) {
            URI address = address(server);
            long open;
            try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
                open = descriptors.count();
            }
            assertEquals(
                    0,
                    new ProcessBuilder(
                                    "prlimit",
                                    "--pid",
                                    Long.toString(server.pid()),
                                    "--nofile=" + (open + 2) + ":" + (open + 2))
                            .start()
                            .waitFor());
            List<Socket> sockets = new ArrayList<>();
            try {
                // Until the listener has no descriptor for the next connection.
                for (int i = 0; i < 20; i++) {
                    sockets.add(new Socket(address.getHost(), address.getPort()));
                }
            } catch (IOException refused) {
                assertTrue(sockets.size() > 1, refused.toString());
            }
            assertEquals(ExitCode.BUG, server.exitCode(), server.errors());
            for (Socket socket : sockets) {
                socket.close();
            }
            assertTrue(server.errors().contains("nothing listens"), server.errors());
        }
    }

    @Test
    void fewDescriptorsLowerTheLimitsAndAWarningTellsIt() throws Exception {
        try (AgnesProcess server = serve(List.of("prlimit", "--nofile=1024:1024"), Map.of())) {
            URI address = address(server);
            assertTrue(server.errors().contains("connections and"), server.errors());
            List<Socket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < 1500; i++) {
                    Socket socket = new Socket(address.getHost(), address.getPort());
                    sockets.add(socket);
                    socket.getOutputStream().write("GET / HTTP/1.1\r\nA: ".getBytes(StandardCharsets.US_ASCII));
                }
                assertEquals(200, new Wire(address).send("GET", "/health/live").status());
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void tooFewDescriptorsStopTheStart() throws Exception {
        try (AgnesProcess server = serve(List.of("prlimit", "--nofile=300:300"), Map.of())) {
            assertEquals(ExitCode.SETTINGS, server.exitCode(), server.errors());
            assertTrue(server.errors().contains("ulimit -n"), server.errors());
        }
    }

    @Test
    void readinessTurnsRedBeforeThePortClosesAndASecondSignalEndsAtOnce() throws Exception {
        try (AgnesProcess server = serve(List.of(), Map.of("AGNES_HTTP_SHUTDOWN_DELAY_SEC", "300"))) {
            Wire wire = new Wire(address(server));
            assertEquals(200, wire.send("GET", "/health/ready").status());
            server.terminate();
            Reply ready = wire.send("GET", "/health/ready");
            for (int look = 0; ready.status() != 503 && look < TRIES; look++) {
                ready = wire.send("GET", "/health/ready");
            }
            assertEquals(503, ready.status());
            assertTrue(ready.text().contains("shutting_down"), ready.text());
            assertEquals(200, wire.send("GET", "/health/live").status());
            server.terminate();
            assertEquals(EXIT_AT_ONCE, server.exitCode());
        }
    }
}
