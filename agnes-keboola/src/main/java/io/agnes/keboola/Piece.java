package io.agnes.keboola;

import io.agnes.core.parquet.MergePlan;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of a slice that one request brings to its place in the merged file. Pieces are begun in the file's order, so
 * that the digests are never far behind the downloads: a slice may have hundreds of megabytes, and eight of them that end
 * at once would leave seconds of hashing for later. The last stretch comes in shorter pieces for the same reason.
 *
 * @param slice its index
 * @param from where it begins in the slice
 * @param length in bytes
 * @param hashedBefore bytes of the file that have to be hashed before the piece is begun
 */
record Piece(int slice, long from, long length, long hashedBefore) {
    /** About half a second of one connection: the wait for its first byte does not count much. */
    static final long MOST_BYTES = 16L << 20;

    private static final long MOST_BYTES_AT_THE_END = 2L << 20;
    private static final long LAST_STRETCH_BYTES = 64L << 20;

    /**
     * All of them, in the order of the file.
     *
     * @param atOnce pieces that arrive at the same time
     */
    static List<Piece> of(MergePlan plan, int atOnce) {
        List<Piece> pieces = new ArrayList<>();
        for (MergePlan.Placement placement : plan.placements()) {
            for (long at = 0; at < placement.length(); ) {
                long offset = placement.offset() + at;
                long most = mostBytes(plan, offset);
                long length = Math.min(placement.length() - at, most);
                // By what pieces there have at most and not by this one: the rest of a slice may be a few bytes.
                long hashedBefore = Math.max(0, offset - atOnce * most);
                pieces.add(new Piece(placement.part(), placement.sourceOffset() + at, length, hashedBefore));
                at += length;
            }
        }
        return pieces;
    }

    private static long mostBytes(MergePlan plan, long offset) {
        boolean early = offset < plan.length() - plan.tail().length() - LAST_STRETCH_BYTES;
        return early ? MOST_BYTES : MOST_BYTES_AT_THE_END;
    }
}
