// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A range of bytes of a composite: a range of a part, or literal bytes. */
public sealed interface Segment {
    /** How many bytes it has. */
    long length();

    /** The segment without its first {@code skip} bytes, {@code length} bytes long. */
    Segment cut(long skip, long length);

    /**
     * Bytes of a part.
     *
     * @param part its index in the list of parts
     * @param offset where in the part they begin
     * @param length how many
     */
    record PartRange(int part, long offset, long length) implements Segment {
        public PartRange {
            if (part < 0 || offset < 0 || length < 0 || offset + length < 0) {
                throw new IllegalArgumentException("no such range: part " + part + ", " + offset + " + " + length);
            }
        }

        @Override
        public PartRange cut(long skip, long length) {
            checkCut(this, skip, length);
            return new PartRange(part, offset + skip, length);
        }
    }

    /**
     * Bytes that are part of the plan: a header line, a footer.
     *
     * @param bytes read-only; each call of the accessor returns a view with its own position
     */
    record Literal(ByteBuffer bytes) implements Segment {
        /** Shares the bytes between position and limit; the caller must not change them any more. */
        public Literal {
            bytes = bytes.slice().asReadOnlyBuffer();
        }

        /** The text in UTF-8. */
        public static Literal of(String text) {
            return new Literal(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }

        /** A copy of the bytes. */
        public static Literal of(byte[] bytes) {
            return new Literal(ByteBuffer.wrap(bytes.clone()));
        }

        @Override
        public ByteBuffer bytes() {
            return bytes.duplicate();
        }

        @Override
        public long length() {
            return bytes.remaining();
        }

        @Override
        public Literal cut(long skip, long length) {
            checkCut(this, skip, length);
            return new Literal(bytes.slice((int) skip, (int) length));
        }
    }

    private static void checkCut(Segment segment, long skip, long length) {
        if (skip < 0 || length < 0 || skip > segment.length() - length) {
            throw new IndexOutOfBoundsException("bytes " + skip + " + " + length + " of " + segment.length());
        }
    }
}
