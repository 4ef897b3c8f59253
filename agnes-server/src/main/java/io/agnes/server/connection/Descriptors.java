// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many files and sockets this process may have open. */
public final class Descriptors {
    private static final String LINE = "Max open files";

    private Descriptors() {}

    /** The limit in force; as many as can be counted where the system does not tell. */
    public static long limit() {
        try {
            return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                    .filter(line -> line.startsWith(LINE))
                    .map(line -> line.substring(LINE.length()).strip())
                    .map(limits -> limits.substring(0, Math.max(0, limits.indexOf(' '))))
                    .filter(soft -> soft.matches("[0-9]{1,18}"))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
        } catch (IOException notThisSystem) {
            return Long.MAX_VALUE;
        }
    }
}
