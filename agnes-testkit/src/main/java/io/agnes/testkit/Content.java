// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The bytes of a body: in memory if they are few, else a range of a file. */
sealed interface Content {
    static Content empty() {
        return new Bytes(new byte[0]);
    }

    long length();

    /** The bytes from the first to the last. The caller closes the stream. */
    InputStream open() throws IOException;

    /**
     * Some of the bytes, without a copy.
     *
     * @param length at most what is left after {@code offset}
     */
    Content slice(long offset, long length);

    /** All bytes, read into memory. */
    default byte[] bytes() {
        try (InputStream in = open()) {
            return in.readNBytes(Math.toIntExact(length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Bytes(byte[] array, int offset, int count) implements Content {
        Bytes(byte[] array) {
            this(array, 0, array.length);
        }

        @Override
        public long length() {
            return count;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(array, offset, count);
        }

        @Override
        public Content slice(long from, long length) {
            return new Bytes(array, Math.toIntExact(offset + from), Math.toIntExact(length));
        }

        @Override
        public byte[] bytes() {
            return count == array.length ? array : Content.super.bytes();
        }
    }

    record FileRange(Path file, long offset, long length) implements Content {
        @Override
        public InputStream open() throws IOException {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            return new BufferedInputStream(new Range(channel.position(offset), length), 64 << 10);
        }

        @Override
        public Content slice(long from, long count) {
            return new FileRange(file, offset + from, count);
        }
    }

    /** A stream that ends after some bytes of a file. */
    final class Range extends InputStream {
        private final FileChannel channel;
        private long left;

        private Range(FileChannel channel, long bytes) {
            this.channel = channel;
            this.left = bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int at, int most) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = channel.read(ByteBuffer.wrap(into, at, (int) Math.min(most, left)));
            left -= Math.max(0, read);
            return read;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
