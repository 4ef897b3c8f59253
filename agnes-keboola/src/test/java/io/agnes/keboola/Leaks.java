// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The descriptors of this process and its threads of ours, including virtual ones. */
final class Leaks {
    private static final Pattern OURS = Pattern.compile("\"name\": \"(keboola-[^\"]*|frontier-digest)\"");
    private static final int TRIES = 50;

    private Leaks() {}

    static int descriptors() throws IOException {
        try (var entries = Files.list(Path.of("/proc/self/fd"))) {
            return (int) entries.count();
        }
    }

    /** Sockets close a moment after their server. */
    static void assertDescriptors(int most) throws Exception {
        for (int i = 0; i < TRIES && descriptors() > most; i++) {
            Time.system().sleep(Duration.ofMillis(50));
        }
        assertTrue(descriptors() <= most, descriptors() + " descriptors, before there were " + most);
    }

    static void assertNoThreads(Path directory) throws Exception {
        List<String> ours = threads(directory);
        for (int i = 0; i < 5 && !ours.isEmpty(); i++) {
            Time.system().sleep(Duration.ofMillis(200));
            ours = threads(directory);
        }
        assertEquals(List.of(), ours);
    }

    /** Only the JVM's own dump contains virtual threads. */
    private static List<String> threads(Path directory) throws Exception {
        Path dump = directory.resolve("threads.json");
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(ProcessHandle.current().pid()),
                        "Thread.dump_to_file",
                        "-overwrite",
                        "-format=json",
                        dump.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("jcmd.txt").toFile())
                .start();
        assertEquals(0, jcmd.waitFor());
        return OURS.matcher(Files.readString(dump))
                .results()
                .map(MatchResult::group)
                .toList();
    }
}
