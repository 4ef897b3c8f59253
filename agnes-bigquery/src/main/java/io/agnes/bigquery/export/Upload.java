// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Collects bytes and sends them a chunk at a time. For one thread. */
final class Upload implements WritableByteChannel {
    private final ByteBuffer chunk;
    private final Sender sender;

    /** Sends bytes. */
    @FunctionalInterface
    interface Sender {
        /** Sends some or all of the bytes, and moves the position behind them. */
        int send(ByteBuffer bytes) throws InterruptedException;
    }

    Upload(int chunkBytes, Sender sender) {
        this.chunk = ByteBuffer.allocate(chunkBytes);
        this.sender = sender;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        while (bytes.hasRemaining()) {
            int some = Math.min(chunk.remaining(), bytes.remaining());
            chunk.put(bytes.slice(bytes.position(), some));
            bytes.position(bytes.position() + some);
            if (!chunk.hasRemaining()) {
                try {
                    flush();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("upload");
                }
            }
        }
        return count;
    }

    /** Sends what is left. */
    void flush() throws InterruptedException {
        chunk.flip();
        while (chunk.hasRemaining()) {
            sender.send(chunk);
        }
        chunk.clear();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    /** Sends nothing. */
    @Override
    public void close() {}
}
