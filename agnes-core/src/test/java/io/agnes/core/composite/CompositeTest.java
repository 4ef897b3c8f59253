// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.core.composite.Segment.Literal;
import io.agnes.core.composite.Segment.PartRange;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompositeTest {
    private static final List<Part> PARTS =
            List.of(new InMemoryPart("a", bytes("0123456789")), new InMemoryPart("b", bytes("abcdef")));

    @TempDir
    Path dir;

    @Test
    void segmentsFollowEachOtherAndEmptyOnesLeaveNoTrace() throws Exception {
        Composite composite = Composite.of(List.of(
                Literal.of("<"),
                new PartRange(1, 2, 0),
                new PartRange(0, 3, 4),
                Literal.of(""),
                new PartRange(1, 5, 1)));

        assertEquals(3, composite.segments().size());
        assertEquals(6, composite.length());
        assertEquals("<3456f", text(composite, 0, 6));
    }

    @Test
    void aRangeInsideOneSegmentIsCutAtBothEnds() {
        Composite composite = Composite.of(List.of(Literal.of("<<"), new PartRange(0, 1, 9)));

        assertEquals(List.of(new PartRange(0, 3, 4)), composite.range(4, 4));
        assertEquals(List.of(Literal.of("<")), composite.range(1, 1));
        assertEquals(List.of(), composite.range(11, 0));
    }

    @Test
    void aRangeBeyondTheEndIsAnError() {
        Composite composite = Composite.of(List.of(Literal.of("abc")));

        assertThrows(IndexOutOfBoundsException.class, () -> composite.range(2, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> composite.range(-1, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> composite.range(1, Long.MAX_VALUE));
    }

    @Test
    void anEmptyCompositeHasOneRange() {
        assertEquals(List.of(), Composite.of(List.of()).range(0, 0));
    }

    @Test
    void aPartThatEndsEarlyIsAnErrorAndNotAShorterFile() throws Exception {
        Path file = Files.write(dir.resolve("short"), bytes("0123"));
        Composite composite = Composite.of(List.of(new PartRange(0, 0, 10)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        try (Part part = Part.of(file)) {
            assertThrows(EOFException.class, () -> composite.writeTo(List.of(part), Channels.newChannel(out)));
        }
        assertThrows(
                EOFException.class,
                () -> composite.writeTo(List.of(new InMemoryPart("short", bytes("0123"))), Channels.newChannel(out)));
    }

    @Test
    void aLocalFileIsReadAtAnyPlaceAndTransferred() throws Exception {
        byte[] content = new byte[Part.TRANSFER_BYTES * 2 + 17];
        new Random(1).nextBytes(content);
        Path file = Files.write(dir.resolve("file"), content);
        Composite middle = Composite.of(List.of(new PartRange(0, 5, content.length - 10)));
        byte[] expected = Arrays.copyOfRange(content, 5, content.length - 5);

        try (Part part = Part.of(file)) {
            assertEquals("file", part.name());
            assertArrayEquals(expected, written(middle, List.of(part)));
            assertArrayEquals(expected, written(middle, List.of(new InMemoryPart("file", content))));
        }
    }

    @Property(tries = 300)
    void anyRangeEqualsThoseBytesOfTheWhole(@ForAll long seed, @ForAll @LongRange(min = 0, max = 40) long size)
            throws Exception {
        Random random = new Random(seed);
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int part = random.nextInt(2);
            int from = random.nextInt(6);
            segments.add(
                    random.nextInt(3) == 0
                            ? Literal.of("x".repeat(random.nextInt(4)) + i)
                            : new PartRange(
                                    part,
                                    from,
                                    random.nextInt((int) PARTS.get(part).length() - from + 1)));
        }
        Composite composite = Composite.of(segments);
        String whole = text(composite, 0, composite.length());
        assertEquals(composite.length(), whole.length());
        for (int i = 0; i < 50; i++) {
            int from = random.nextInt(whole.length() + 1);
            int to = from + random.nextInt(whole.length() - from + 1);
            assertEquals(whole.substring(from, to), text(composite, from, to - from));
        }
    }

    private static String text(Composite composite, long offset, long length) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        composite.writeTo(PARTS, offset, length, Channels.newChannel(out));
        return out.toString(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static byte[] written(Composite composite, List<Part> parts) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        composite.writeTo(parts, Channels.newChannel(out));
        return out.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
