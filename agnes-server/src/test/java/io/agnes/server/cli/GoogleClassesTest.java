// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Time;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who has no BigQuery does not pay for the libraries of Google. */
@Tag("process")
@Timeout(180)
class GoogleClassesTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final List<String> LIBRARIES =
            List.of("com.google.", "io.grpc.", "io.opencensus.", "io.opentelemetry.", "com.fasterxml.");
    private static final int TRIES = 300;

    @TempDir
    private Path directory;

    private Path log() {
        return directory.resolve("classes.log");
    }

    /** The classes of these libraries that the JVM of the server has loaded, from its start-up cache or from a jar. */
    private List<String> loaded() throws IOException {
        try (Stream<String> lines = Files.lines(log())) {
            return lines.filter(line -> line.contains(" source: "))
                    .map(line -> line.substring(0, line.indexOf(" source: ")))
                    .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                    .filter(name -> LIBRARIES.stream().anyMatch(name::startsWith))
                    .toList();
        }
    }

    private ServerProcess start(Map<String, String> settings) throws IOException {
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("SCHEDULER_API_TOKEN", TOKEN);
        List<String> command = BuiltProgram.command();
        // After the options of the program, which switch the log of the JVM off.
        command.add(command.indexOf("-p"), "-Xlog:class+load:file=" + log());
        return ServerProcess.start(
                new Program(command), directory.resolve("data"), environment, directory.resolve("log"), Time.system());
    }

    @Test
    void aServerWithoutBigQueryLoadsNone() throws Exception {
        try (ServerProcess server = start(Map.of())) {
            server.awaitReady();
            HttpURLConnection refresh = (HttpURLConnection) server.address()
                    .resolve("/api/admin/run-bq-metadata-refresh")
                    .toURL()
                    .openConnection();
            refresh.setRequestMethod("POST");
            refresh.setRequestProperty("Authorization", "Bearer " + TOKEN);
            refresh.setDoOutput(true);
            try (OutputStream none = refresh.getOutputStream()) {
                none.flush();
            }
            assertEquals(503, refresh.getResponseCode());
            assertTrue(Files.readString(log()).contains("io.agnes.server.metadata.RemoteMetadata"));
            assertEquals(List.of(), loaded());
        }
    }

    @Test
    void aServerWithBigQueryLoadsThem() throws Exception {
        Map<String, String> settings =
                Map.of("AGNES_BIGQUERY_PROJECT", "my-project", "AGNES_BIGQUERY_ENDPOINT", "http://127.0.0.1:1");
        try (ServerProcess server = start(settings)) {
            server.awaitReady();
            // The server looks at its sources after it has started.
            for (int i = 0; i < TRIES && loaded().isEmpty(); i++) {
                Time.system().sleep(Duration.ofMillis(100));
            }
            assertFalse(loaded().isEmpty());
        }
    }
}
