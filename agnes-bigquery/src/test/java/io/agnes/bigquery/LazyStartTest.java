// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server loads of Google's libraries when it starts. */
@Tag("process")
class LazyStartTest {
    @TempDir
    Path directory;

    @Test
    void noClassOfGoogleIsLoadedBeforeTheFirstCall() throws Exception {
        Path log = directory.resolve("loaded.txt");
        String path = Stream.of("jdk.module.path", "java.class.path")
                .map(name -> System.getProperty(name, ""))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:file=" + log,
                        "-cp",
                        path + File.pathSeparator + Path.of("target", "test-classes"),
                        "io.agnes.bigquery.OpensClients")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("said.txt").toFile())
                .start();
        assertEquals(0, process.waitFor(), () -> "it said " + said());
        List<String> google = Files.readAllLines(log).stream()
                .filter(line -> line.contains(" com.google.") || line.contains(" io.grpc."))
                .toList();
        assertEquals(List.of(), google);
        assertTrue(Files.readString(log).contains("io.agnes.bigquery.client.WriteClient"));
    }

    private String said() {
        try {
            return Files.readString(directory.resolve("said.txt"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
