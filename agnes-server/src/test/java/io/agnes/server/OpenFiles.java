// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** The open files of this process, from the kernel. */
final class OpenFiles {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(15).toNanos();

    private OpenFiles() {}

    /** The number of open descriptors of files below the directory. */
    static long below(Path directory) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(fd -> target(fd).startsWith(directory.toString()))
                    .count();
        }
    }

    /** Polls until that many are open. */
    static void awaitBelow(Path directory, long count) throws IOException {
        awaitBelow(directory, count, Thread::onSpinWait);
    }

    /** Polls until that many are open, and runs an action between polls. */
    static void awaitBelow(Path directory, long count, Runnable meanwhile) throws IOException {
        long began = System.nanoTime();
        while (below(directory) != count) {
            if (System.nanoTime() - began > PATIENCE_NANOS) {
                throw new AssertionError(below(directory) + " files are open below " + directory + ", not " + count);
            }
            meanwhile.run();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
