// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.core.CoreException;
import io.agnes.core.Time;
import io.agnes.core.work.Task;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObjectPartTest {
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final int TAIL_BYTES = 1_000;

    private final byte[] bytes = new byte[5 * ObjectPart.LEAST_BYTES];
    private final HurriedTime time = new HurriedTime();
    private final Scripted object = new Scripted();

    @BeforeEach
    void fill() {
        new Random(1).nextBytes(bytes);
    }

    /** A clock with instant sleeps, which advances at each reading. */
    private static final class HurriedTime implements Time {
        private final List<Duration> slept = new ArrayList<>();
        private Duration perLook = Duration.ZERO;
        private long nanos;

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public long nanos() {
            nanos += perLook.toNanos();
            return nanos;
        }

        @Override
        public void sleep(Duration duration) {
            slept.add(duration);
        }
    }

    /** Answers that end after a given number of bytes. */
    private final class Scripted implements RangedObject {
        private final List<Long> asked = new ArrayList<>();
        private IOException failure = new EOFException();
        private long eachBrings = Long.MAX_VALUE;
        private String tag = "1";
        private long shift;

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public Content readEnd(int most) {
            return read(bytes.length - most, bytes.length);
        }

        @Override
        public Content read(long from, long end) {
            asked.add(from);
            long count = Math.min(eachBrings, end - from);
            InputStream in = new ByteArrayInputStream(bytes, (int) from, (int) count) {
                @Override
                public int read(byte[] into, int offset, int length) {
                    int read = super.read(into, offset, length);
                    return read < 0 ? sneak(failure) : read;
                }
            };
            return new Content(new Identity(bytes.length, tag), from + shift, end, in);
        }

        @Override
        public CoreException cut(long expected, long found, IOException cause) {
            return CoreException.objectCut(name(), expected, found, cause);
        }

        @Override
        public CoreException stalled(long at, Duration idle) {
            return CoreException.objectStalled(name(), at, idle);
        }

        @Override
        public CoreException changed(String expected, String found) {
            return CoreException.objectChanged(name(), expected, found);
        }
    }

    /** Throws a checked exception from the stream of a byte array, which declares none. */
    @SuppressWarnings("unchecked")
    private static <E extends Exception> int sneak(Exception failure) throws E {
        throw (E) failure;
    }

    private ObjectPart open() throws Exception {
        return ObjectPart.open(object, time, IDLE, TAIL_BYTES);
    }

    private static byte[] whole(ObjectPart part) throws IOException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        part.transferTo(0, part.length(), Channels.newChannel(out));
        return out.toByteArray();
    }

    private String failure(ObjectPart part) {
        return assertThrows(CoreException.class, () -> whole(part)).code();
    }

    @Test
    void theEndIsKeptAndNotAskedForAgain() throws Exception {
        ObjectPart part = open();
        ByteBuffer end = ByteBuffer.allocate(TAIL_BYTES);
        part.read(part.length() - TAIL_BYTES, end);
        assertArrayEquals(Arrays.copyOfRange(bytes, bytes.length - TAIL_BYTES, bytes.length), end.array());
        assertEquals(1, object.asked.size());
        assertArrayEquals(bytes, whole(part));
        assertEquals(2, object.asked.size());
        assertThrows(EOFException.class, () -> part.read(part.length(), ByteBuffer.allocate(1)));
    }

    @Test
    void aBrokenConnectionResumesAtTheNextByteWithoutAPauseIfItSentEnough() throws Exception {
        ObjectPart part = open();
        object.eachBrings = ObjectPart.LEAST_BYTES;
        assertArrayEquals(bytes, whole(part));
        assertEquals(
                List.of((long) bytes.length - TAIL_BYTES, 0L, 65_536L, 131_072L, 196_608L, 262_144L), object.asked);
        assertEquals(List.of(Duration.ZERO), time.slept.stream().distinct().toList());
    }

    @Test
    void connectionsThatBringLittleAreBoundedAndPaused() throws Exception {
        ObjectPart part = open();
        object.eachBrings = 10;
        assertEquals("object_cut", failure(part));
        assertEquals(1 + ObjectPart.FRUITLESS_CONNECTIONS, object.asked.size());
        assertEquals(
                List.of(1L, 2L, 3L, 4L),
                time.slept.stream().map(Duration::toSeconds).toList());
    }

    @Test
    void aSilenceIsAStall() throws Exception {
        ObjectPart part = open();
        object.eachBrings = 10;
        object.failure = new SocketTimeoutException();
        assertEquals("object_stalled", failure(part));
    }

    @Test
    void soAreAFewBytesNowAndThen() throws Exception {
        ObjectPart part = open();
        time.perLook = IDLE;
        object.eachBrings = ObjectPart.LEAST_BYTES - 1;
        assertEquals("object_stalled", failure(part));
    }

    @Test
    void anotherObjectOrRangeIsAFailure() throws Exception {
        ObjectPart part = open();
        object.shift = 1;
        assertEquals("object_changed", failure(part));
        object.shift = 0;
        object.tag = "2";
        assertEquals("object_changed", failure(part));
    }

    @Test
    void aFailureOfTheTargetIsNotTriedAgain() throws Exception {
        ObjectPart part = open();
        IOException full = new IOException("No space left on device");
        WritableByteChannel disk = new WritableByteChannel() {
            @Override
            public int write(ByteBuffer from) throws IOException {
                throw full;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        assertEquals(full, assertThrows(IOException.class, () -> part.transferTo(0, 10, disk)));
        assertEquals(2, object.asked.size());
    }

    @Test
    void anInterruptIsNotTakenForABrokenConnection() throws Exception {
        ObjectPart part = open();
        object.eachBrings = 10;
        try (Task<byte[]> reader = Task.start("reader", () -> {
            Thread.currentThread().interrupt();
            return whole(part);
        })) {
            assertThrows(InterruptedException.class, reader::await);
        }
        assertEquals(2, object.asked.size());
    }
}
