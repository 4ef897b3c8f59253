// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code agnes emulate storage}, used by Debian's rclone. */
@Tag("process")
@Timeout(120)
class EmulateStorageTest {
    private static final String ENDPOINT = "export STORAGE_EMULATOR_HOST=";

    @TempDir
    private Path scratch;

    private AgnesProcess emulate(String... options) throws Exception {
        String[] arguments = Stream.concat(Stream.of("emulate", "storage"), Stream.of(options))
                .toArray(String[]::new);
        return AgnesProcess.start(scratch, Map.of(), arguments);
    }

    private String rclone(AgnesProcess emulator, List<String> credentials, String... arguments) throws Exception {
        String endpoint = emulator.line(ENDPOINT).substring(ENDPOINT.length());
        List<String> command = new ArrayList<>(List.of(
                "rclone", "--config", "/dev/null", "--retries", "1", "--gcs-endpoint", endpoint + "/storage/v1/"));
        command.addAll(credentials);
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(scratch, "rclone", ".out");
        Path errors = Files.createTempFile(scratch, "rclone", ".err");
        Process rclone = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        assertTrue(rclone.waitFor(60, TimeUnit.SECONDS), () -> "rclone does not end: " + command);
        assertEquals(0, rclone.exitValue(), Files.readString(errors));
        return Files.readString(output, StandardCharsets.ISO_8859_1);
    }

    @Test
    void rcloneListsReadsRangesAndWrites() throws Exception {
        Path files = Files.createDirectories(scratch.resolve("files/deep"));
        Files.writeString(files.resolve("numbers.txt"), "0123456789");
        // Longer than rclone's chunks of 16 MiB, so that it uploads in several requests.
        Path large = Files.write(scratch.resolve("large.bin"), new byte[(17 << 20) + 1]);
        List<String> anonymous = List.of("--gcs-anonymous");
        try (AgnesProcess emulator = emulate("--objects", files.getParent().toString())) {
            assertEquals("deep/\n", rclone(emulator, anonymous, "lsf", ":gcs:agnes"));
            assertEquals("deep/numbers.txt\n", rclone(emulator, anonymous, "lsf", "-R", "--files-only", ":gcs:agnes"));
            assertEquals(
                    "3456",
                    rclone(emulator, anonymous, "cat", "--offset", "3", "--count", "4", ":gcs:agnes/deep/numbers.txt"));

            rclone(emulator, anonymous, "copyto", large.toString(), ":gcs:agnes/copies/large.bin");
            assertEquals("17825793\n", rclone(emulator, anonymous, "lsf", "--format", "s", ":gcs:agnes/copies"));
            Path back = scratch.resolve("back.bin");
            rclone(emulator, anonymous, "copyto", ":gcs:agnes/copies/large.bin", back.toString());
            assertEquals(-1, Files.mismatch(large, back));

            rclone(emulator, anonymous, "moveto", ":gcs:agnes/copies/large.bin", ":gcs:agnes/moved.bin");
            rclone(emulator, anonymous, "deletefile", ":gcs:agnes/deep/numbers.txt");
            assertEquals("moved.bin\n", rclone(emulator, anonymous, "lsf", ":gcs:agnes"));
            emulator.terminate();
            assertEquals(0, emulator.exitCode());
        }
    }

    @Test
    void withAKeyItWantsCredentials() throws Exception {
        Path key = scratch.resolve("key.json");
        try (AgnesProcess emulator = emulate("--key", key.toString(), "--bucket", "one", "--bucket", "two")) {
            List<String> credentials = List.of("--gcs-service-account-file", key.toString());
            Path file = Files.writeString(scratch.resolve("a.txt"), "a");

            rclone(emulator, credentials, "copyto", file.toString(), ":gcs:two/a.txt");
            assertEquals("a", rclone(emulator, credentials, "cat", ":gcs:two/a.txt"));
            assertEquals("", rclone(emulator, credentials, "lsf", ":gcs:one"));
            AssertionError refused = assertThrows(
                    AssertionError.class, () -> rclone(emulator, List.of("--gcs-anonymous"), "cat", ":gcs:two/a.txt"));
            assertTrue(String.valueOf(refused.getMessage()).contains("401"), refused.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--port 70000 | 64 | agnes: --port must be 0 to 65535, not 70000",
                "--rate 0 | 64 | agnes: bytesPerSecond must be at least 1, not 0",
                "--cloud-hosts | 64 | agnes: --cloud-hosts needs --tls",
                "--objects nowhere | 1 | agnes: nowhere: No such file or directory",
                "--key /nowhere/key.json | 1 | agnes: /nowhere/key.json: No such file or directory",
            })
    void aWrongOptionIsNamedInOneSentence(String options, int code, String sentence) throws Exception {
        try (AgnesProcess emulator = emulate(options.strip().split(" "))) {
            assertEquals(code, emulator.exitCode(), emulator.errors());
            assertEquals(sentence, emulator.errors().lines().findFirst().orElse(""));
            assertFalse(emulator.errors().contains("\tat "), emulator.errors());
        }
    }
}
