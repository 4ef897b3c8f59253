// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class PieceTest {
    @Property(tries = 300)
    void piecesCoverThePlacementsInTheOrderOfTheFile(
            @ForAll @Size(max = 8) List<@LongRange(max = 300_000_000) Long> lengths,
            @ForAll @IntRange(min = 1, max = 64) int atOnce) {
        List<MergePlan.Placement> placements = placements(lengths);
        long end =
                Tail.MAGIC.length + lengths.stream().mapToLong(length -> length).sum();
        long offset = Tail.MAGIC.length;
        long hashedBefore = 0;
        List<Long> taken = new ArrayList<>(
                placements.stream().map(MergePlan.Placement::sourceOffset).toList());
        for (Piece piece : Piece.of(placements, end, atOnce)) {
            assertEquals(taken.get(piece.part()), piece.sourceOffset());
            assertTrue(piece.length() >= 1 && piece.length() <= Piece.MOST_BYTES, piece.toString());
            // It waits only for earlier bytes, so the wait ends, and for at least as many as the piece before.
            assertTrue(piece.hashedBefore() <= offset && piece.hashedBefore() >= hashedBefore, piece.toString());
            assertTrue(offset - piece.hashedBefore() <= atOnce * Piece.MOST_BYTES, piece.toString());
            taken.set(piece.part(), piece.sourceOffset() + piece.length());
            hashedBefore = piece.hashedBefore();
            offset += piece.length();
        }
        assertEquals(end, offset);
    }

    private static List<MergePlan.Placement> placements(List<Long> lengths) {
        List<MergePlan.Placement> placements = new ArrayList<>();
        long offset = Tail.MAGIC.length;
        for (long length : lengths) {
            placements.add(new MergePlan.Placement(placements.size(), Tail.MAGIC.length, length, offset));
            offset += length;
        }
        return placements;
    }
}
