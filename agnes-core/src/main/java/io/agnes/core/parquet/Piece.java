// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of a part that one request brings to its place in the merged file. Pieces are begun in the file's order, so that
 * the digests are never far behind: a part may have hundreds of megabytes, and eight of them that end at once would leave
 * seconds of hashing for later. The last stretch comes in shorter pieces for the same reason.
 *
 * @param part its index in the list of parts
 * @param sourceOffset where it begins in the part
 * @param length in bytes, at least 1
 * @param hashedBefore bytes of the file that have to be hashed before the piece is begun
 */
public record Piece(int part, long sourceOffset, long length, long hashedBefore) {
    /** About half a second of one connection: the wait for its first byte does not count much. */
    public static final long MOST_BYTES = 16L << 20;

    private static final long MOST_BYTES_AT_THE_END = 2L << 20;
    private static final long LAST_STRETCH_BYTES = 64L << 20;

    /** @param end of the last placement */
    static List<Piece> of(List<MergePlan.Placement> placements, long end, int atOnce) {
        List<Piece> pieces = new ArrayList<>();
        for (MergePlan.Placement placement : placements) {
            for (long at = 0; at < placement.length(); ) {
                long offset = placement.offset() + at;
                long most = offset < end - LAST_STRETCH_BYTES ? MOST_BYTES : MOST_BYTES_AT_THE_END;
                long length = Math.min(placement.length() - at, most);
                // By what pieces there have at most and not by this one: the rest of a part may be a few bytes.
                long hashedBefore = Math.max(0, offset - atOnce * most);
                pieces.add(new Piece(placement.part(), placement.sourceOffset() + at, length, hashedBefore));
                at += length;
            }
        }
        return pieces;
    }
}
