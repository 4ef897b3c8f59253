// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * Something of a known length that can be read at any place: a local file, an export slice behind ranged requests, an
 * object in a bucket. Its bytes do not change while it is in use. Several threads may read one part at once.
 */
public interface Part extends Closeable {
    /** How many bytes the default {@link #transferTo} asks for at a time. */
    int TRANSFER_BYTES = 256 * 1024;

    /**
     * A local file, opened now and held open until {@link #close}. An interrupt during a read closes it for good.
     *
     * @throws IOException if the file cannot be opened for reading
     */
    static Part of(Path file) throws IOException {
        return FilePart.open(file);
    }

    /** The name for messages: no signed URL, no token. */
    String name();

    /** Its whole length in bytes. */
    long length();

    /**
     * Fills the buffer from its position to its limit with the bytes from the offset on. After a failure the buffer's
     * content and position are undefined, except after an {@code EOFException}, and the part can be asked again.
     *
     * @throws EOFException if the part ends before the buffer is full; the buffer then holds bytes of the part up to its
     *     position, none or some
     */
    void read(long offset, ByteBuffer into) throws IOException, InterruptedException;

    /**
     * Writes that many bytes from the offset on to the target, in order. After a failure the target holds some of them.
     * Unless overridden it is a {@link #read} for every {@link #TRANSFER_BYTES}; a part behind a network does better
     * with one request.
     *
     * @throws EOFException if the part ends earlier
     */
    default void transferTo(long offset, long length, WritableByteChannel target)
            throws IOException, InterruptedException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(TRANSFER_BYTES, length));
        for (long done = 0; done < length; done += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
            read(offset + done, buffer);
            buffer.flip();
            while (buffer.hasRemaining()) {
                target.write(buffer);
            }
        }
    }

    /** Lets go of what reading needs; by default nothing. */
    @Override
    default void close() throws IOException {}
}
