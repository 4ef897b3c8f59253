// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** {@code agnes emulate keboola}, used by a program in another language. */
@Tag("process")
@Timeout(120)
class EmulateTest {
    private static final Path PROJECT = Path.of(System.getProperty("agnes.project.dir"));
    private static final String STACK = "export KEBOOLA_STACK_URL=";

    @TempDir
    private Path scratch;

    private AgnesProcess emulate(String... options) throws Exception {
        String[] arguments = Stream.concat(List.of("emulate", "keboola").stream(), List.of(options).stream())
                .toArray(String[]::new);
        return AgnesProcess.start(scratch, Map.of(), arguments);
    }

    @Test
    void theScriptOfTheDocsResumesTheSliceThatBreaksOff() throws Exception {
        try (AgnesProcess emulator = emulate("--dialect", "aws", "--slice-rows", "1000")) {
            String stack = emulator.line(STACK).substring(STACK.length());
            Path script = PROJECT.resolve("docs/emulate/export_with_a_fault.py");
            Path output = scratch.resolve("python.out");
            Process python = new ProcessBuilder("/usr/bin/python3", script.toString(), stack)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            assertTrue(python.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, python.exitValue(), Files.readString(output));
            assertEquals("resumed at byte 1000\n3376 rows\n", Files.readString(output));
            emulator.terminate();
            assertEquals(0, emulator.exitCode());
        }
    }

    @Test
    void aClockThatStandsAndATableOfTheTestsOwn() throws Exception {
        try (AgnesProcess emulator = emulate("--clock", "2026-05-07T12:00:00Z", "--job-time", "1.5")) {
            String stack = emulator.line(STACK).substring(STACK.length());
            try (InputStream clock =
                    URI.create(stack + "/__agnes/clock").toURL().openStream()) {
                assertEquals(
                        "{\"now\":\"2026-05-07T12:00:00Z\"}", new String(clock.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void tlsLeavesTheCertificateOfItsAuthority() throws Exception {
        Path authority = scratch.resolve("ca.pem");
        try (AgnesProcess emulator = emulate("--dialect", "azure", "--tls", authority.toString(), "--cloud-hosts")) {
            assertTrue(emulator.line(STACK).startsWith(STACK + "https://"));
            assertTrue(emulator.line("# TLS: trust " + authority).contains("HTTPS_PROXY=http://127.0.0.1:"));
            assertTrue(Files.readString(authority).startsWith("-----BEGIN CERTIFICATE-----"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--port 70000 | 64 | agnes: --port must be 0 to 65535, not 70000",
                "--dialect oracle | 64 | agnes: Invalid value for option '--dialect': expected google, aws, azure, got oracle",
                "--slice-rows 0 | 64 | agnes: sliceRows must be at least 1, not 0",
                "--cloud-hosts | 64 | agnes: --cloud-hosts and --stack-host need --tls",
                "--tables nowhere | 1 | agnes: nowhere: No such file or directory",
                "--tls /nowhere/ca.pem | 1 | agnes: /nowhere/ca.pem: No such file or directory",
            })
    void whatIsWrongIsOneSentence(String options, int code, String sentence) throws Exception {
        try (AgnesProcess emulator = emulate(options.strip().split(" "))) {
            assertEquals(code, emulator.exitCode(), emulator.errors());
            assertEquals(sentence, emulator.errors().lines().findFirst().orElse(""));
            assertFalse(emulator.errors().contains("\tat "), emulator.errors());
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                AgnesProcess emulator = emulate("--port", String.valueOf(taken.getLocalPort()))) {
            assertEquals(69, emulator.exitCode(), emulator.errors());
            assertEquals(
                    "agnes: cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": Address already in use",
                    emulator.errors().strip());
        }
    }
}
