// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import com.google.cloud.BaseServiceException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Bytes of an object from Google's client, whose unchecked failures become {@code IOException}s. For one thread. */
final class ObjectStream extends InputStream {
    private final ReadableByteChannel channel;
    private final ByteBuffer first;

    private ObjectStream(ReadableByteChannel channel, ByteBuffer first) {
        this.channel = channel;
        this.first = first;
    }

    /**
     * Sends the request, which the client does with the first read.
     *
     * @param channel brings at least one byte; it is closed with the stream, and after a failure
     */
    static ObjectStream open(ReadableByteChannel channel) throws IOException {
        ByteBuffer first = ByteBuffer.allocate(1);
        try {
            int count = channel.read(first);
            for (; count == 0; count = channel.read(first)) {
                // The client may return before a byte has arrived.
            }
            if (count < 0) {
                throw new EOFException("the answer holds no byte");
            }
            return new ObjectStream(channel, first.flip());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int count = read(one, 0, 1);
        return count < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (first.hasRemaining()) {
            bytes[offset] = first.get();
            return 1;
        }
        try {
            return channel.read(ByteBuffer.wrap(bytes, offset, length));
        } catch (BaseServiceException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
