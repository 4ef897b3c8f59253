// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

/** The byte range of a part from its first to its last offset index. Writers store offset indexes contiguously. */
final class OffsetIndexRange {
    private long from = Long.MAX_VALUE;
    private long to;
    private long used;

    void include(ColumnChunk chunk) {
        if (chunk.hasOffsetIndex()) {
            from = Math.min(from, chunk.offsetIndexOffset);
            to = Math.max(to, Math.addExact(chunk.offsetIndexOffset, chunk.offsetIndexLength));
            used = Math.addExact(used, chunk.offsetIndexLength);
        }
    }

    /** @throws UnusablePartException if the range is outside the part's data or larger than the limit, or indexes overlap */
    void check(String part, long dataEnd) throws UnusablePartException {
        if (to == 0) {
            return;
        }
        if (from < Tail.MAGIC.length || to > dataEnd) {
            throw new UnusablePartException(
                    new Reason.Damaged(part, "offset indexes at " + from + " to " + to + " of " + dataEnd + " bytes"));
        }
        // An index that many columns share would be written once for each of them.
        if (used > to - from) {
            throw new UnusablePartException(new Reason.Damaged(
                    part, "offset indexes of " + used + " bytes overlap in " + (to - from) + " bytes"));
        }
        if (to - from > ParquetLimits.OFFSET_INDEX_SPAN) {
            throw new UnusablePartException(
                    new Reason.OffsetIndexesScattered(part, to - from, ParquetLimits.OFFSET_INDEX_SPAN));
        }
    }

    /** The first byte; undefined if the range is empty. */
    long from() {
        return from;
    }

    int length() {
        return to == 0 ? 0 : (int) (to - from);
    }
}
