// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of a part that one request fetches. Callers start pieces in the order of the merged file, so that its digests stay
 * close behind: eight whole parts of hundreds of megabytes that end at the same time would leave seconds of hashing. For the
 * same reason the last pieces of the file are shorter.
 *
 * @param part the index in the list of parts
 * @param sourceOffset the offset of the range in the part
 * @param length in bytes, at least 1
 * @param hashedBefore the number of bytes of the merged file that must be hashed before the piece starts
 */
public record Piece(int part, long sourceOffset, long length, long hashedBefore) {
    /** The longest piece: about half a second of one connection, long against the wait for its first byte. */
    public static final long MOST_BYTES = 16L << 20;

    private static final long MOST_BYTES_AT_THE_END = 2L << 20;
    private static final long LAST_STRETCH_BYTES = 64L << 20;

    /** @param end the end of the last placement in the merged file */
    static List<Piece> of(List<MergePlan.Placement> placements, long end, int atOnce) {
        List<Piece> pieces = new ArrayList<>();
        for (MergePlan.Placement placement : placements) {
            for (long at = 0; at < placement.length(); ) {
                long offset = placement.offset() + at;
                long most = offset < end - LAST_STRETCH_BYTES ? MOST_BYTES : MOST_BYTES_AT_THE_END;
                long length = Math.min(placement.length() - at, most);
                // Uses the longest piece at this offset, since the last piece of a part may have only a few bytes.
                long hashedBefore = Math.max(0, offset - atOnce * most);
                pieces.add(new Piece(placement.part(), placement.sourceOffset() + at, length, hashedBefore));
                at += length;
            }
        }
        return pieces;
    }
}
