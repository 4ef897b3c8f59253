// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.file.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A directory for the files of a benchmark, in this module's build directory. It is deleted when the process ends. */
final class BenchDirectory {
    private BenchDirectory() {}

    /** Creates the directory, or ends the process if less disk space than {@code neededBytes} is free. */
    static Path create(String name, long neededBytes) throws IOException {
        Path target = Path.of(System.getProperty("agnes.project.dir"), "agnes-core", "target");
        long free = Files.getFileStore(target).getUsableSpace();
        if (free < neededBytes) {
            System.err.printf(
                    Locale.ROOT,
                    "bench %s needs %.1f GB in %s, %.1f GB are free%n",
                    name,
                    neededBytes / 1e9,
                    target,
                    free / 1e9);
            System.exit(1);
        }
        Path directory = Files.createTempDirectory(target, "bench-" + name + "-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
        return directory;
    }

    private static void delete(Path directory) {
        try {
            FileStore.system().deleteTree(directory);
        } catch (IOException e) {
            System.err.println("left behind: " + directory + ", " + e);
        }
    }

    /** A line with date, processors, JDK and load. */
    static String machine() throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        return String.format(
                "%s, %d x %s, JDK %s, load %s",
                java.time.LocalDate.now(java.time.ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                processor,
                System.getProperty("java.vendor.version", System.getProperty("java.version")),
                load());
    }

    /** The system's load average over one minute. */
    static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }
}
