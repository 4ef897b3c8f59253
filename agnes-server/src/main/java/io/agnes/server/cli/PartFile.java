// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDigests.Algorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;

/**
 * The downloaded first bytes of a table. The file is never opened through a link, because other users may be able to
 * write to the directory. For use by one thread.
 */
final class PartFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final Path path;
    private final FileChannel channel;

    private PartFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Opens the file, and creates it if it is missing. */
    static PartFile open(String table, Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isOrdinary(path)) {
            throw CommandException.notOrdinary(table, path);
        }
        return new PartFile(
                path,
                FileChannel.open(
                        path,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS)));
    }

    /** Whether the path is a regular file and not a link. */
    static boolean isOrdinary(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    long size() throws IOException {
        return channel.size();
    }

    void append(byte[] bytes, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        channel.position(channel.size());
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    void truncate() throws IOException {
        channel.truncate(0);
    }

    /** The SHA-256 of the open file, even if its name now refers to another file. */
    String sha256() throws IOException {
        MessageDigest digest = Algorithm.SHA_256.start();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long length = 0;
        while (channel.read(buffer, length) >= 0) {
            length += buffer.position();
            digest.update(buffer.flip());
            buffer.clear();
        }
        return FileDigests.of(length, Map.of(Algorithm.SHA_256, digest)).sha256();
    }

    /** Renames the file to its final name in one step. A link with that name is replaced, not followed. */
    void publish(Path file) throws IOException {
        channel.force(true);
        Files.move(path, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void delete() throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
