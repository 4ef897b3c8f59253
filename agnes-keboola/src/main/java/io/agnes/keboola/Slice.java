// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Time;
import io.agnes.core.composite.Part;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One object of an export, whose length and last bytes are known from the beginning. Any range of it can be read; a
 * connection that breaks or stands still is replaced by one that goes on at the next byte.
 */
final class Slice implements Part {
    /** Connections of one range that brought next to nothing, one after another. */
    static final int FRUITLESS_CONNECTIONS = 5;
    /** Connections of one range in all. */
    static final int CONNECTIONS = 100;
    /** Fewer than that, within the longest silence allowed, are silence. */
    static final int TRICKLE_BYTES = 64 * 1024;

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int BUFFER_BYTES = 128 * 1024;

    private final ObjectReader reader;
    private final Time time;
    private final Duration idle;
    private final String object;
    private final ContentRange.Entity entity;
    private byte[] tail = new byte[0];

    private Slice(ObjectReader reader, Time time, Duration idle, String object, ContentRange.Entity entity) {
        this.reader = reader;
        this.time = time;
        this.idle = idle;
        this.object = object;
        this.entity = entity;
    }

    /**
     * Learns the length of an object and keeps its last bytes.
     *
     * @param idle longest silence of a connection
     * @param tailBytes how many to keep at most
     */
    static Slice open(ObjectReader reader, String object, Time time, Duration idle, int tailBytes)
            throws IOException, InterruptedException {
        String range = reader.access().readsSuffixes() ? "bytes=-" + tailBytes : "bytes=0-" + (tailBytes - 1);
        try (Transport.Response response = reader.read(object, range)) {
            Slice slice = new Slice(reader, time, idle, object, ContentRange.entity(object, response));
            slice.readTail(response, tailBytes);
            return slice;
        }
    }

    @Override
    public String name() {
        return object.substring(object.lastIndexOf('/') + 1);
    }

    @Override
    public long length() {
        return entity.length();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException, InterruptedException {
        transferTo(offset, into.remaining(), new BufferTarget(into));
    }

    @Override
    public void transferTo(long offset, long length, WritableByteChannel target)
            throws IOException, InterruptedException {
        long end = Math.addExact(offset, length);
        if (offset < 0 || length < 0 || end > length()) {
            throw new EOFException(name() + " has " + length() + " bytes, asked for " + offset + " to " + end);
        }
        long kept = Math.max(offset, length() - tail.length);
        stream(offset, Math.min(end, kept), target);
        if (kept < end) {
            int skip = Math.toIntExact(kept - (length() - tail.length));
            writeFully(ByteBuffer.wrap(tail, skip, Math.toIntExact(end - kept)), target);
        }
    }

    /** Takes the tail from the first response if it is there, and asks for it if not, or if that breaks off. */
    private void readTail(Transport.Response response, int tailBytes) throws IOException, InterruptedException {
        int wanted = Math.toIntExact(Math.min(tailBytes, length()));
        byte[] bytes = new byte[wanted];
        ContentRange range = ContentRange.of(response).orElse(ContentRange.NONE);
        long from = length() - wanted;
        BufferTarget target = new BufferTarget(ByteBuffer.wrap(bytes));
        boolean there = range.first() == from;
        stream(there ? drain(response.body(), from, length(), target).at : from, length(), target);
        tail = bytes;
    }

    /** Connection after connection, until the range is there or patience ends. */
    private void stream(long from, long end, WritableByteChannel target) throws IOException, InterruptedException {
        int fruitless = 0;
        long at = from;
        for (int connections = 1; at < end; connections++) {
            Reached reached = connection(at, end, target);
            fruitless = reached.at - at < TRICKLE_BYTES ? fruitless + 1 : 0;
            at = reached.at;
            if (reached.broken != null) {
                if (fruitless >= FRUITLESS_CONNECTIONS || connections >= CONNECTIONS) {
                    throw ended(at, reached.broken);
                }
                time.sleep(PAUSE.multipliedBy(fruitless));
            }
        }
    }

    /** How far one connection came, and what ended it before the end of the range. */
    private record Reached(long at, @Nullable IOException broken) {}

    private Reached connection(long at, long end, WritableByteChannel target) throws IOException, InterruptedException {
        try (Transport.Response response = reader.read(object, "bytes=" + at + "-" + (end - 1))) {
            entity.requireSame(object, response, at, end);
            return drain(response.body(), at, end, target);
        }
    }

    private Reached drain(InputStream in, long from, long end, WritableByteChannel target)
            throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER_BYTES];
        Trickle trickle = new Trickle(time, idle, TRICKLE_BYTES);
        long at = from;
        while (at < end) {
            Filled filled = fill(in, buffer, (int) Math.min(buffer.length, end - at), trickle);
            writeFully(ByteBuffer.wrap(buffer, 0, filled.count), target);
            at += filled.count;
            if (filled.broken != null) {
                return new Reached(at, filled.broken);
            }
        }
        return new Reached(at, null);
    }

    /** How much came, and what ended it before there was enough. */
    private record Filled(int count, @Nullable IOException broken) {}

    /**
     * Connections bring little at a time; disk and digests are better given much. Only what the network does may be
     * repeated, so its failures are kept apart from those of a disk, which are final.
     */
    private Filled fill(InputStream in, byte[] buffer, int wanted, Trickle trickle) throws InterruptedException {
        int count = 0;
        while (count < wanted) {
            int read;
            try {
                read = in.read(buffer, count, wanted - count);
            } catch (IOException e) {
                requireUninterrupted();
                return new Filled(count, e);
            }
            if (read < 0) {
                return new Filled(count, new EOFException("the connection ended early"));
            }
            count += read;
            if (trickle.tooSlow(read)) {
                return new Filled(count, new SocketTimeoutException("next to nothing came"));
            }
        }
        return new Filled(count, null);
    }

    private void requireUninterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("reading " + name());
        }
    }

    private KeboolaException ended(long at, IOException broken) {
        for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return KeboolaException.sliceStalled(name(), at, idle);
            }
        }
        return KeboolaException.sliceCut(name(), length(), at, broken);
    }

    private static void writeFully(ByteBuffer bytes, WritableByteChannel target) throws IOException {
        while (bytes.hasRemaining()) {
            target.write(bytes);
        }
    }

    @Override
    public String toString() {
        return "Slice[" + name() + ", " + length() + " bytes]";
    }

    private record BufferTarget(ByteBuffer into) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer from) {
            int count = from.remaining();
            into.put(from);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
