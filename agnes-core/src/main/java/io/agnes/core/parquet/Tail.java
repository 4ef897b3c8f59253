// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The end of one part that a plan holds in memory: its footer, and its offset indexes if it has any. Other bytes of the same
 * read are dropped, because thousands of parts would hold 64 KiB each.
 *
 * @param dataEnd the offset of the footer; the data are bytes 4 to here
 * @param indexStart the offset of {@code indexes} in the part
 * @param indexes the byte range with all offset indexes; empty if there are none
 */
@SuppressWarnings("ArrayRecordComponent")
record Tail(String part, long length, long dataEnd, FileFooter footer, long indexStart, byte[] indexes) {
    /** The length of the first read, which holds the whole footer of nearly every file. */
    static final int SPECULATIVE_BYTES = 64 * 1024;

    static final byte[] MAGIC = {'P', 'A', 'R', '1'};
    private static final byte[] ENCRYPTED_MAGIC = {'P', 'A', 'R', 'E'};
    /** The length of the footer length and the magic at the end of a file. Readers recognize a Parquet file by them. */
    static final int TRAILER_BYTES = 8;

    private static final int SMALLEST_FILE = MAGIC.length + TRAILER_BYTES;

    /** Bounds the bytes that all tails together hold in memory. */
    interface Budget {
        /**
         * Claims bytes before they are read.
         *
         * @throws UnusablePartException if the limit is exceeded
         */
        void claim(String part, long bytes) throws UnusablePartException;
    }

    /**
     * Reads the tail of a part with one read, one more if the footer is larger than {@link #SPECULATIVE_BYTES}, and one more
     * if the offset indexes lie before the bytes read.
     */
    static Tail read(Part part, Budget budget) throws IOException, InterruptedException, UnusablePartException {
        return read(part, budget, true);
    }

    /** Reads the footer without the offset indexes. */
    static Tail readFooter(Part part) throws IOException, InterruptedException, UnusablePartException {
        return read(part, (name, bytes) -> {}, false);
    }

    private static Tail read(Part part, Budget budget, boolean withIndexes)
            throws IOException, InterruptedException, UnusablePartException {
        long length = part.length();
        if (length < SMALLEST_FILE) {
            throw new UnusablePartException(new Reason.NotParquet(part.name(), length + " bytes are too few"));
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
        OffsetIndexRange range = footer.indexes();
        range.check(part.name(), dataEnd);
        budget.claim(part.name(), range.length());
        byte[] indexes = range.length() == 0 ? new byte[0] : slice(part, endStart, end, range.from(), range.length());
        return new Tail(part.name(), length, dataEnd, footer, range.from(), indexes);
    }

    private static FileFooter parsed(Part part, byte[] footer) throws UnusablePartException {
        try {
            return FileFooter.parse(footer);
        } catch (RuntimeException e) {
            throw new UnusablePartException(Reason.Damaged.by(part.name(), e));
        }
    }

    /** The bytes after a footer of this length. */
    static byte[] trailer(int footerLength) {
        return ByteBuffer.allocate(TRAILER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(footerLength)
                .put(MAGIC)
                .array();
    }

    private static int footerLength(Part part, byte[] end) throws UnusablePartException {
        byte[] magic = Arrays.copyOfRange(end, end.length - MAGIC.length, end.length);
        if (Arrays.equals(magic, ENCRYPTED_MAGIC)) {
            throw new UnusablePartException(new Reason.Encrypted(part.name(), "its footer"));
        }
        if (!Arrays.equals(magic, MAGIC)) {
            throw new UnusablePartException(new Reason.NotParquet(part.name(), "it does not end in PAR1"));
        }
        int length = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN).getInt(end.length - TRAILER_BYTES);
        if (length < 0 || length > part.length() - SMALLEST_FILE) {
            throw new UnusablePartException(new Reason.Damaged(
                    part.name(),
                    "it claims a footer of " + Integer.toUnsignedString(length) + " bytes in a file of "
                            + part.length()));
        }
        if (length > ParquetLimits.FOOTER_BYTES) {
            throw new UnusablePartException(new Reason.FooterTooLarge(part.name(), length, ParquetLimits.FOOTER_BYTES));
        }
        return length;
    }

    /** Returns a range of the part, from the bytes already read if they contain it. */
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

    /** The number of bytes of the part that go into the merged file. */
    long dataBytes() {
        return dataEnd - MAGIC.length;
    }

    /** The encoded offset index of a chunk, null if it has none. */
    @Nullable
    Span offsetIndex(ColumnChunk chunk) {
        if (!chunk.hasOffsetIndex()) {
            return null;
        }
        int from = Math.toIntExact(chunk.offsetIndexOffset - indexStart);
        return new Span(indexes, CompactReader.STRUCT, from, from + chunk.offsetIndexLength);
    }
}
