// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much a disk still takes. */
@FunctionalInterface
interface Room {
    /** What the disk itself says. */
    Room OF_DISK = directory -> Files.getFileStore(directory).getUsableSpace();

    /** Bytes free for us on the disk of that directory. */
    long usableBytes(Path directory) throws IOException;
}
