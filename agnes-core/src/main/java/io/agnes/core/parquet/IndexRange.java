// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

/** The stretch of a part from its first offset index to the end of its last. Writers put them side by side. */
final class IndexRange {
    private long from = Long.MAX_VALUE;
    private long to;
    private long used;

    void include(Chunk chunk) {
        if (chunk.hasOffsetIndex()) {
            from = Math.min(from, chunk.offsetIndexOffset);
            to = Math.max(to, Math.addExact(chunk.offsetIndexOffset, chunk.offsetIndexLength));
            used = Math.addExact(used, chunk.offsetIndexLength);
        }
    }

    /** @throws Unusable if it is not inside the part's data, or larger than what is read for it */
    void check(String part, long dataEnd) throws Unusable {
        if (to == 0) {
            return;
        }
        if (from < Tail.MAGIC.length || to > dataEnd) {
            throw new Unusable(
                    new Reason.Damaged(part, "offset indexes at " + from + " to " + to + " of " + dataEnd + " bytes"));
        }
        // One large index that many columns share would be written anew for each of them.
        if (used > to - from) {
            throw new Unusable(new Reason.Damaged(
                    part, "offset indexes of " + used + " bytes overlap in " + (to - from) + " bytes"));
        }
        if (to - from > ParquetLimits.OFFSET_INDEX_SPAN) {
            throw new Unusable(new Reason.OffsetIndexesScattered(part, to - from, ParquetLimits.OFFSET_INDEX_SPAN));
        }
    }

    /** Where it begins; meaningless if it is empty. */
    long from() {
        return from;
    }

    int length() {
        return to == 0 ? 0 : (int) (to - from);
    }
}
