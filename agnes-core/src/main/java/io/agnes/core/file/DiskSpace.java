// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many bytes a file system can still take. */
@FunctionalInterface
public interface DiskSpace {
    /** Asks the file system. */
    static DiskSpace system() {
        return directory -> Files.getFileStore(directory).getUsableSpace();
    }

    /** Bytes that this process can still write to the file system of the directory. */
    long usableBytes(Path directory) throws IOException;
}
