// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

final class FilePart implements Part {
    private final Path file;
    private final FileChannel channel;
    private final long length;

    private FilePart(Path file, FileChannel channel, long length) {
        this.file = file;
        this.channel = channel;
        this.length = length;
    }

    static FilePart open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new FilePart(file, channel, channel.size());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return String.valueOf(file.getFileName());
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                throw ended(at);
            }
            at += count;
        }
    }

    /** Bytes go from file to file inside the kernel where it can. */
    @Override
    public void transferTo(long offset, long length, WritableByteChannel target) throws IOException {
        long at = offset;
        long end = offset + length;
        while (at < end) {
            long count = channel.transferTo(at, end - at, target);
            if (count == 0 && at >= channel.size()) {
                throw ended(at);
            }
            at += count;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private EOFException ended(long at) {
        return new EOFException(name() + " ends at byte " + at + ", expected " + length);
    }
}
