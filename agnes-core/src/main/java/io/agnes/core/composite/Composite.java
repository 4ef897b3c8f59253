// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A virtual file: segments of parts and literals, in order. Its exact length and any byte range of it are
 * known before a byte of a part is read.
 */
public final class Composite {
    private final List<Segment> segments;
    /** Where each segment begins, and at the end where the last one stops. */
    private final long[] starts;

    private Composite(List<Segment> segments, long[] starts) {
        this.segments = segments;
        this.starts = starts;
    }

    /**
     * The segments one after another; empty ones are left out.
     *
     * @throws ArithmeticException if the sum of lengths does not fit a long
     */
    public static Composite of(List<? extends Segment> segments) {
        List<Segment> kept = new ArrayList<>(segments.size());
        for (Segment segment : segments) {
            if (segment.length() > 0) {
                kept.add(segment);
            }
        }
        long[] starts = new long[kept.size() + 1];
        for (int i = 0; i < kept.size(); i++) {
            starts[i + 1] = Math.addExact(starts[i], kept.get(i).length());
        }
        return new Composite(List.copyOf(kept), starts);
    }

    /** Its length in bytes. */
    public long length() {
        return starts[segments.size()];
    }

    /** All segments; none is empty. */
    public List<Segment> segments() {
        return segments;
    }

    /**
     * The segments that make up the given bytes, the outer two cut to size. Costs a binary search and one step per segment.
     *
     * @throws IndexOutOfBoundsException if the range is not inside the file
     */
    public List<Segment> range(long offset, long length) {
        if (offset < 0 || length < 0 || offset > length() - length) {
            throw new IndexOutOfBoundsException("bytes " + offset + " + " + length + " of " + length());
        }
        List<Segment> found = new ArrayList<>();
        long at = offset;
        long end = offset + length;
        for (int i = segmentAt(offset); at < end; i++) {
            long stop = Math.min(end, starts[i + 1]);
            found.add(cut(i, at - starts[i], stop - at));
            at = stop;
        }
        return found;
    }

    /**
     * Writes the whole file in order. After a failure the target holds a part of it.
     *
     * @param parts those the plan was made of, in the same order
     */
    public void writeTo(List<? extends Part> parts, WritableByteChannel target)
            throws IOException, InterruptedException {
        write(segments, parts, target);
    }

    /**
     * Writes a byte range of the file in order. After a failure the target holds a part of it.
     *
     * @param parts those the plan was made of, in the same order
     * @throws IndexOutOfBoundsException if the range is not inside the file; nothing is written then
     */
    public void writeTo(List<? extends Part> parts, long offset, long length, WritableByteChannel target)
            throws IOException, InterruptedException {
        write(range(offset, length), parts, target);
    }

    /**
     * The composite as a part itself, so that it can be inspected, verified or composed again without being written.
     *
     * @param parts those the plan was made of, in the same order; closing the view does not close them
     */
    public Part over(String name, List<? extends Part> parts) {
        return new CompositePart(name, this, List.copyOf(parts));
    }

    private static void write(List<Segment> segments, List<? extends Part> parts, WritableByteChannel target)
            throws IOException, InterruptedException {
        for (Segment segment : segments) {
            switch (segment) {
                case Segment.PartRange range ->
                    parts.get(range.part()).transferTo(range.offset(), range.length(), target);
                case Segment.Literal literal -> writeFully(literal.bytes(), target);
            }
        }
    }

    private static void writeFully(ByteBuffer bytes, WritableByteChannel target) throws IOException {
        int end = bytes.limit();
        while (bytes.position() < end) {
            // A channel copies what it is given to memory outside the heap, however large that is.
            bytes.limit(Math.min(end, bytes.position() + Part.TRANSFER_BYTES));
            target.write(bytes);
        }
    }

    private int segmentAt(long offset) {
        int found = Arrays.binarySearch(starts, offset);
        return found >= 0 ? found : -found - 2;
    }

    private Segment cut(int index, long skip, long length) {
        Segment whole = segments.get(index);
        return length == whole.length() ? whole : whole.cut(skip, length);
    }

    @Override
    public String toString() {
        return "Composite[" + length() + " bytes in " + segments.size() + " segments]";
    }
}
