// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The files of the objects of a store, in one directory. */
final class ObjectFiles {
    /** Removed files that are kept, so that a response whose object was removed meanwhile can still open its file. */
    private static final int MAX_RETIRED = 256;

    private static final int BUFFER_BYTES = 128 << 10;

    private final Path directory;
    private final AtomicLong last = new AtomicLong();
    private final Deque<Path> retired = new ArrayDeque<>();

    ObjectFiles(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    /** A file with the checksums of its bytes. */
    record Written(Path file, long size, Checksums checksums) {}

    /** The name of a file that does not exist yet. */
    Path next() {
        return directory.resolve(String.valueOf(last.incrementAndGet()));
    }

    /** Writes all parts, one after the other, to a new file. */
    Written write(List<? extends Content> parts) {
        Path file = next();
        Checksums.Computation checksums = new Checksums.Computation();
        long size = 0;
        byte[] buffer = new byte[BUFFER_BYTES];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (Content part : parts) {
                try (InputStream in = part.open()) {
                    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                        out.write(buffer, 0, read);
                        checksums.update(buffer, read);
                        size += read;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Written(file, size, checksums.result());
    }

    /** Deletes a file after some more were retired. */
    synchronized void retire(Path file) {
        retired.add(file);
        while (retired.size() > MAX_RETIRED) {
            delete(retired.remove());
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
