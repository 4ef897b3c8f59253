// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code agnes emulate bigquery}, used over HTTP. */
@Tag("process")
@Timeout(120)
class EmulateBigQueryTest {
    private static final String ENDPOINT = "export BIGQUERY_EMULATOR_HOST=";
    private static final String STORAGE = "export STORAGE_EMULATOR_HOST=";
    private static final String PROJECT = "/bigquery/v2/projects/agnes-testkit";

    @TempDir
    private Path scratch;

    private AgnesProcess emulate(String... options) throws Exception {
        String[] arguments = Stream.concat(Stream.of("emulate", "bigquery"), Stream.of(options))
                .toArray(String[]::new);
        return AgnesProcess.start(scratch, Map.of(), arguments);
    }

    /** @param body the JSON to send, or null for a GET */
    private static Answer send(String url, @Nullable String body) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        if (body != null) {
            connection.setDoOutput(true);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body.getBytes(UTF_8));
            }
        }
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answer(status, new String(in.readAllBytes(), UTF_8));
        }
    }

    private record Answer(int status, String body) {}

    @Test
    void tablesOfADirectoryAreQueriedAndExported() throws Exception {
        Path files = Files.createDirectories(scratch.resolve("files"));
        Files.writeString(files.resolve("orders.csv"), "id,status\n1,open\n2,closed\n");
        try (AgnesProcess emulator = emulate("--tables", files.toString(), "--bucket", "out")) {
            String endpoint = emulator.line(ENDPOINT).substring(ENDPOINT.length());
            String storage = emulator.line(STORAGE).substring(STORAGE.length());

            Answer table = send(endpoint + PROJECT + "/datasets/demo/tables/orders", null);
            assertTrue(table.body().contains("\"numRows\":\"2\""), table.body());
            String export = "{\"query\":\"EXPORT DATA OPTIONS(uri='gs://out/*.csv', format='CSV') AS"
                    + " SELECT id FROM demo.orders WHERE status = 'open'\",\"useLegacySql\":false}";
            Answer done = send(endpoint + PROJECT + "/queries", export);
            assertTrue(done.body().contains("\"jobComplete\":true"), done.body());
            assertEquals("1\n", send(storage + "/out/000000000000.csv", null).body());

            Answer scripted =
                    send(endpoint + "/__agnes/faults", "{\"on\":\"table\",\"fault\":\"status\",\"code\":503}");
            assertEquals(201, scripted.status(), scripted.body());
            assertEquals(
                    503,
                    send(endpoint + PROJECT + "/datasets/demo/tables/orders", null)
                            .status());
            emulator.terminate();
            assertEquals(0, emulator.exitCode());
        }
    }

    @Test
    void withAKeyItWantsCredentials() throws Exception {
        Path key = scratch.resolve("key.json");
        try (AgnesProcess emulator = emulate("--key", key.toString())) {
            String endpoint = emulator.line(ENDPOINT).substring(ENDPOINT.length());

            assertEquals(401, send(endpoint + PROJECT + "/datasets", null).status());
            assertTrue(Files.readString(key).contains("\"type\":\"service_account\""));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--port 70000 | 64 | agnes: --port must be 0 to 65535, not 70000",
                "--storage-port -1 | 64 | agnes: --storage-port must be 0 to 65535, not -1",
                "--shards 0 | 64 | agnes: shards must be at least 1, not 0",
                "--job-polls 1 --job-time 2 | 64 | agnes: --job-polls and --job-time exclude each other",
                "--tables nowhere | 1 | agnes: nowhere: No such file or directory",
            })
    void aWrongOptionIsNamedInOneSentence(String options, int code, String sentence) throws Exception {
        try (AgnesProcess emulator = emulate(options.strip().split(" "))) {
            assertEquals(code, emulator.exitCode(), emulator.errors());
            assertEquals(sentence, emulator.errors().lines().findFirst().orElse(""));
            assertFalse(emulator.errors().contains("\tat "), emulator.errors());
        }
    }
}
