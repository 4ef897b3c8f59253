// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a plan keeps of one part: its footer, and its offset indexes if it has any. The rest of what was read is
 * let go, or thousands of parts would keep 64 KiB each.
 *
 * @param dataEnd where the footer begins; the data are bytes 4 to here
 * @param indexStart where in the part the first byte of {@code indexes} was
 * @param indexes the stretch that holds all offset indexes; empty if there are none
 */
@SuppressWarnings("ArrayRecordComponent")
record Tail(String part, long length, long dataEnd, FileFooter footer, long indexStart, byte[] indexes) {
    /** One read of this many bytes finds the whole footer of nearly every file. */
    static final int SPECULATIVE_BYTES = 64 * 1024;

    static final byte[] MAGIC = {'P', 'A', 'R', '1'};
    private static final byte[] ENCRYPTED_MAGIC = {'P', 'A', 'R', 'E'};
    /** Footer length and magic: what makes a reader believe that a file is Parquet. */
    static final int TRAILER_BYTES = 8;

    private static final int SMALLEST_FILE = MAGIC.length + TRAILER_BYTES;

    /** Bytes that all tails together may keep. Asked before they are read. */
    interface Budget {
        /** @throws Unusable if they are too many */
        void claim(String part, long bytes) throws Unusable;
    }

    /** Reads once, again if the footer is larger than {@link #SPECULATIVE_BYTES}, and again for indexes before it. */
    static Tail read(Part part, Budget budget) throws IOException, InterruptedException, Unusable {
        return read(part, budget, true);
    }

    /** The footer alone. */
    static Tail readFooter(Part part) throws IOException, InterruptedException, Unusable {
        return read(part, (name, bytes) -> {}, false);
    }

    private static Tail read(Part part, Budget budget, boolean withIndexes)
            throws IOException, InterruptedException, Unusable {
        long length = part.length();
        if (length < SMALLEST_FILE) {
            throw new Unusable(new Reason.NotParquet(part.name(), length + " bytes are too few"));
        }
        int taken = (int) Math.min(SPECULATIVE_BYTES, length);
        byte[] end = bytes(part, length - taken, taken);
        int footerLength = footerLength(part, end);
        long dataEnd = length - TRAILER_BYTES - footerLength;
        long endStart = length - taken;
        budget.claim(part.name(), footerLength);
        FileFooter footer = parsed(part, slice(part, endStart, end, dataEnd, footerLength));
        if (!withIndexes) {
            return new Tail(part.name(), length, dataEnd, footer, dataEnd, new byte[0]);
        }
        IndexRange range = footer.indexes();
        range.check(part.name(), dataEnd);
        budget.claim(part.name(), range.length());
        byte[] indexes = range.length() == 0 ? new byte[0] : slice(part, endStart, end, range.from(), range.length());
        return new Tail(part.name(), length, dataEnd, footer, range.from(), indexes);
    }

    private static FileFooter parsed(Part part, byte[] footer) throws Unusable {
        try {
            return FileFooter.parse(footer);
        } catch (RuntimeException e) {
            throw new Unusable(Reason.Damaged.by(part.name(), e));
        }
    }

    /** What follows a footer of that length. */
    static byte[] trailer(int footerLength) {
        return ByteBuffer.allocate(TRAILER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(footerLength)
                .put(MAGIC)
                .array();
    }

    private static int footerLength(Part part, byte[] end) throws Unusable {
        byte[] magic = Arrays.copyOfRange(end, end.length - MAGIC.length, end.length);
        if (Arrays.equals(magic, ENCRYPTED_MAGIC)) {
            throw new Unusable(new Reason.Encrypted(part.name(), "its footer"));
        }
        if (!Arrays.equals(magic, MAGIC)) {
            throw new Unusable(new Reason.NotParquet(part.name(), "it does not end in PAR1"));
        }
        int length = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN).getInt(end.length - TRAILER_BYTES);
        if (length < 0 || length > part.length() - SMALLEST_FILE) {
            throw new Unusable(new Reason.Damaged(
                    part.name(),
                    "it claims a footer of " + Integer.toUnsignedString(length) + " bytes in a file of "
                            + part.length()));
        }
        if (length > ParquetLimits.FOOTER_BYTES) {
            throw new Unusable(new Reason.FooterTooLarge(part.name(), length, ParquetLimits.FOOTER_BYTES));
        }
        return length;
    }

    /** From what was read already if it is all there. */
    private static byte[] slice(Part part, long endStart, byte[] end, long from, int length)
            throws IOException, InterruptedException {
        if (from >= endStart) {
            int at = (int) (from - endStart);
            return Arrays.copyOfRange(end, at, at + length);
        }
        return bytes(part, from, length);
    }

    private static byte[] bytes(Part part, long from, int length) throws IOException, InterruptedException {
        byte[] bytes = new byte[length];
        part.read(from, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** How many bytes of the part go into the merged file. */
    long dataBytes() {
        return dataEnd - MAGIC.length;
    }

    /** The bytes of one offset index. */
    @Nullable
    Span offsetIndex(Chunk chunk) {
        if (!chunk.hasOffsetIndex()) {
            return null;
        }
        int from = Math.toIntExact(chunk.offsetIndexOffset - indexStart);
        return new Span(indexes, CompactReader.STRUCT, from, from + chunk.offsetIndexLength);
    }
}
