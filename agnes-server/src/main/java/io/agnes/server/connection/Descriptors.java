// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The limit on open files and sockets of this process. */
public final class Descriptors {
    private static final String LINE = "Max open files";

    private Descriptors() {}

    /** The soft limit from {@code /proc/self/limits}; {@link Long#MAX_VALUE} if it is unlimited or unknown. */
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
        } catch (IOException noProcFileSystem) {
            return Long.MAX_VALUE;
        }
    }
}
