// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The description of a CSV or NDJSON part that composing needs.
 *
 * @param length of the whole part in bytes
 * @param header its first record with the line end, after a byte order mark; empty if it has none of its own
 * @param skip how many bytes of its start are left out: byte order mark and header
 * @param endsLine false if its last line has no end, so that one is needed before the next part
 */
public record TextPart(long length, Segment.Literal header, long skip, boolean endsLine) {
    /** The longest header, in bytes. */
    public static final int MOST_HEADER_BYTES = 1 << 20;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final int READ_BYTES = 8 * 1024;

    public TextPart {
        if (skip < 0 || skip > length) {
            throw new IllegalArgumentException("skips " + skip + " of " + length + " bytes");
        }
    }

    /** A part that is data from its first byte on; reads its first three bytes and its last. */
    public static TextPart headerless(Part part) throws IOException, InterruptedException {
        return of(part, new byte[0], markLength(part));
    }

    /**
     * A CSV part that begins with a header. The header ends at the first line end outside of double quotes.
     *
     * @throws IOException also if there is no end of the header within {@link #MOST_HEADER_BYTES}
     */
    public static TextPart headered(Part part) throws IOException, InterruptedException {
        int mark = markLength(part);
        byte[] header = header(part, mark);
        return of(part, header, mark + header.length);
    }

    private static TextPart of(Part part, byte[] header, long skip) throws IOException, InterruptedException {
        boolean endsLine = part.length() == skip || bytes(part, part.length() - 1, 1)[0] == '\n';
        return new TextPart(part.length(), new Segment.Literal(ByteBuffer.wrap(header)), skip, endsLine);
    }

    private static int markLength(Part part) throws IOException, InterruptedException {
        return part.length() >= BYTE_ORDER_MARK.length
                        && Arrays.equals(bytes(part, 0, BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)
                ? BYTE_ORDER_MARK.length
                : 0;
    }

    /** Doubled quotes inside a quoted name toggle twice, so counting quotes is enough. */
    private static byte[] header(Part part, int from) throws IOException, InterruptedException {
        long end = Math.min(part.length(), from + (long) MOST_HEADER_BYTES);
        boolean quoted = false;
        for (long at = from; at < end; at += READ_BYTES) {
            byte[] some = bytes(part, at, (int) Math.min(READ_BYTES, end - at));
            for (int i = 0; i < some.length; i++) {
                quoted ^= some[i] == '"';
                if (some[i] == '\n' && !quoted) {
                    return bytes(part, from, (int) (at + i + 1 - from));
                }
            }
        }
        if (end == part.length()) {
            return bytes(part, from, (int) (end - from));
        }
        throw new IOException(part.name() + " has no end of its header within " + MOST_HEADER_BYTES + " bytes");
    }

    private static byte[] bytes(Part part, long offset, int length) throws IOException, InterruptedException {
        byte[] bytes = new byte[length];
        part.read(offset, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** The number of bytes that go into the composite. */
    public long dataLength() {
        return length - skip;
    }
}
