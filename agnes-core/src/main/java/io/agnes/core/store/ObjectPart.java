// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import io.agnes.core.AgnesException;
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
 * An object in a store, as a part. Its length is known and its last bytes are in memory. A connection that breaks or stalls is
 * replaced by one that goes on at the next byte, until the bounds below are reached.
 */
public final class ObjectPart implements Part {
    /** Connections in a row for one range that bring less than {@link #LEAST_BYTES} each. */
    public static final int FRUITLESS_CONNECTIONS = 5;

    /** Connections for one range in all. */
    public static final int CONNECTIONS = 100;

    /** A connection that brings less than this within the longest silence allowed counts as stalled. */
    public static final int LEAST_BYTES = 64 * 1024;

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int BUFFER_BYTES = 128 * 1024;

    private final RangedObject object;
    private final Time time;
    private final Duration idle;
    private final RangedObject.Identity identity;
    private byte[] tail = new byte[0];

    private ObjectPart(RangedObject object, Time time, Duration idle, RangedObject.Identity identity) {
        this.object = object;
        this.time = time;
        this.idle = idle;
        this.identity = identity;
    }

    /**
     * Asks for the length of an object and keeps its last bytes.
     *
     * @param idle longest silence of a connection
     * @param tailBytes how many bytes to keep at most
     * @throws AgnesException one of the object's failures
     */
    public static ObjectPart open(RangedObject object, Time time, Duration idle, int tailBytes)
            throws IOException, InterruptedException {
        try (RangedObject.Content content = object.readEnd(tailBytes)) {
            ObjectPart part = new ObjectPart(object, time, idle, content.identity());
            part.readTail(content, tailBytes);
            return part;
        }
    }

    @Override
    public String name() {
        return object.name();
    }

    @Override
    public long length() {
        return identity.length();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException, InterruptedException {
        transferTo(offset, into.remaining(), new BufferTarget(into));
    }

    /** @throws AgnesException one of the object's failures */
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

    /** Takes the tail from the first answer if that holds it, and asks for the rest. */
    private void readTail(RangedObject.Content content, int tailBytes) throws IOException, InterruptedException {
        int wanted = Math.toIntExact(Math.min(tailBytes, length()));
        byte[] bytes = new byte[wanted];
        long from = length() - wanted;
        BufferTarget target = new BufferTarget(ByteBuffer.wrap(bytes));
        boolean held = content.first() == from;
        stream(held ? drain(content.body(), from, length(), target).at : from, length(), target);
        tail = bytes;
    }

    /** Connects again and again until the range has arrived or a bound is reached. */
    private void stream(long from, long end, WritableByteChannel target) throws IOException, InterruptedException {
        int fruitless = 0;
        long at = from;
        for (int connections = 1; at < end; connections++) {
            Reached reached = connection(at, end, target);
            fruitless = reached.at - at < LEAST_BYTES ? fruitless + 1 : 0;
            at = reached.at;
            if (reached.broken != null) {
                if (fruitless >= FRUITLESS_CONNECTIONS || connections >= CONNECTIONS) {
                    throw failure(at, reached.broken);
                }
                time.sleep(PAUSE.multipliedBy(fruitless));
            }
        }
    }

    /** How far one connection came, and what ended it before the end of the range. */
    private record Reached(long at, @Nullable IOException broken) {}

    private Reached connection(long at, long end, WritableByteChannel target) throws IOException, InterruptedException {
        try (RangedObject.Content content = object.read(at, end)) {
            requireSame(content, at, end);
            return drain(content.body(), at, end, target);
        }
    }

    private void requireSame(RangedObject.Content content, long from, long end) {
        if (!identity.equals(content.identity())) {
            throw object.changed(identity.toString(), content.identity().toString());
        }
        if (content.first() != from || content.end() != end) {
            throw object.changed(bytes(from, end), bytes(content.first(), content.end()));
        }
    }

    private static String bytes(long from, long end) {
        return "bytes " + from + " to " + (end < 0 ? end : end - 1);
    }

    private Reached drain(InputStream in, long from, long end, WritableByteChannel target)
            throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER_BYTES];
        StallDetector stall = new StallDetector(time, idle, LEAST_BYTES);
        long at = from;
        while (at < end) {
            Filled filled = fill(in, buffer, (int) Math.min(buffer.length, end - at), stall);
            writeFully(ByteBuffer.wrap(buffer, 0, filled.count), target);
            at += filled.count;
            if (filled.broken != null) {
                return new Reached(at, filled.broken);
            }
        }
        return new Reached(at, null);
    }

    /** How much arrived, and what ended it before the buffer was full. */
    private record Filled(int count, @Nullable IOException broken) {}

    /**
     * Connections bring little at a time; disk and digests work better with much. Only failures of the network may be
     * retried, so they are kept apart from those of a disk, which are final.
     */
    private Filled fill(InputStream in, byte[] buffer, int wanted, StallDetector stall) throws InterruptedException {
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
            if (stall.stalled(read)) {
                return new Filled(count, new SocketTimeoutException("the connection stalled"));
            }
        }
        return new Filled(count, null);
    }

    private void requireUninterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("reading " + name());
        }
    }

    private AgnesException failure(long at, IOException broken) {
        for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return object.stalled(at, idle);
            }
        }
        return object.cut(length(), at, broken);
    }

    private static void writeFully(ByteBuffer bytes, WritableByteChannel target) throws IOException {
        while (bytes.hasRemaining()) {
            target.write(bytes);
        }
    }

    @Override
    public String toString() {
        return "ObjectPart[" + name() + ", " + length() + " bytes]";
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
