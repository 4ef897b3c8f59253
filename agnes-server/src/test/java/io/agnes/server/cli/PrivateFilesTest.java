// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import jakarta.json.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The modes of the data directory of a real process, for any umask. */
@Tag("process")
@Timeout(120)
class PrivateFilesTest {
    private static final String TABLE = "in.c-demo.airports";

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();

    private AgnesProcess serve(String umask, Path data, String... more) throws Exception {
        List<String> runner = List.of("bash", "-c", "umask " + umask + "; exec \"$@\"", "under");
        String[] arguments = Stream.concat(
                        Stream.of("serve", "--data-dir", data.toString(), "--port", "0"), Stream.of(more))
                .toArray(String[]::new);
        return AgnesProcess.startUnder(runner, directory, environment, arguments);
    }

    /** Starts a server, publishes a table, reads the modes while the server runs, and stops it. */
    private Map<String, String> modesAfterSync(FakeKeboola keboola, String umask, Path data, String... more)
            throws Exception {
        environment.put("KEBOOLA_STACK_URL", keboola.stackUrl().toString());
        environment.put("KEBOOLA_STORAGE_TOKEN", keboola.token());
        environment.put(
                "AGNES_KEBOOLA_STORAGE_ENDPOINT", keboola.storageEndpoint().toString());
        try (AgnesProcess server = serve(umask, data, more)) {
            String address = server.line("agnes ").replaceFirst(".* serves on ", "");
            Secret token = Secret.of(server.firstToken());
            try (ServerClient client = new ServerClient(URI.create(address), token)) {
                client.post(
                        "/api/admin/register-table",
                        Json.createObjectBuilder()
                                .add("source_type", "keboola")
                                .add("bucket", "in.c-demo")
                                .add("source_table", "airports")
                                .build());
                assertEquals(
                        "succeeded",
                        new RemoteRun(client, Time.system()).complete(List.of()).getString("status"));
            }
            Map<String, String> modes = modes(data);
            server.terminate();
            assertEquals(0, server.exitCode());
            assertFalse(server.errors().contains(" WARNING "), server.errors());
            return modes;
        }
    }

    /**
     * The modes by path below the data directory. {@code VERSION} replaces the names of versions, which contain a
     * digest.
     */
    private static Map<String, String> modes(Path data) throws IOException {
        Map<String, String> modes = new TreeMap<>();
        try (Stream<Path> all = Files.walk(data)) {
            for (Path path : all.toList()) {
                String name = data.relativize(path).toString().replaceFirst("/1-[0-9a-f]{12}\\.parquet$", "/VERSION");
                modes.put(name, PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            }
        }
        return modes;
    }

    @ParameterizedTest
    @CsvSource({"000, false", "077, false", "000, true", "077, true"})
    void nothingIsReadableToOthersAndOnlyExtractsToTheGroupIfThatIsWanted(String umask, boolean group)
            throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().jobPolls(0).start()) {
            keboola.seed(Samples.AIRPORTS);
            Map<String, String> modes = modesAfterSync(
                    keboola, umask, directory.resolve("data"), "--files.group-readable", Boolean.toString(group));
            String folder = group ? "rwxr-x---" : "rwx------";
            String file = group ? "rw-r-----" : "rw-------";
            Map<String, String> open = Map.of(
                    "",
                    folder,
                    "extracts",
                    folder,
                    "extracts/keboola",
                    folder,
                    "extracts/keboola/data",
                    folder,
                    "extracts/keboola/data/" + TABLE,
                    folder,
                    "extracts/keboola/data/" + TABLE + "/VERSION",
                    file,
                    "extracts/keboola/data/" + TABLE + ".parquet",
                    file);
            open.forEach((name, mode) -> assertEquals(mode, modes.get(name), name + " of " + modes));
            assertTrue(modes.containsKey("registry.duckdb") && modes.containsKey("tmp"), modes.toString());
            modes.keySet().removeAll(open.keySet());
            modes.forEach((name, mode) -> assertEquals("------", mode.substring(3), name + " of " + modes));
        }
    }

    @Test
    void aDirectoryThatWasOpenIsClosedAtTheNextStartWhichSaysSoOnce() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().jobPolls(0).start()) {
            keboola.seed(Samples.AIRPORTS);
            Path data = directory.resolve("data");
            modesAfterSync(keboola, "022", data);
            try (Stream<Path> all = Files.walk(data)) {
                for (Path path : all.toList()) {
                    String open = Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--";
                    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(open));
                }
            }
            assertTrue(startAndEnd(data).contains(" files and directories in " + data + " were set, readable to"));
            modes(data).forEach((name, mode) -> assertEquals("------", mode.substring(3), name));
            assertFalse(startAndEnd(data).contains(" were set, "));
        }
    }

    private String startAndEnd(Path data) throws Exception {
        try (AgnesProcess server = serve("022", data)) {
            server.line("agnes ");
            server.terminate();
            assertEquals(0, server.exitCode());
            return server.errors();
        }
    }
}
