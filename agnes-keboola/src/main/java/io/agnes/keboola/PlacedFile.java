package io.agnes.keboola;

import io.agnes.core.composite.FrontierDigest;
import io.agnes.core.file.FileDigests;
import io.agnes.core.parquet.MergePlan;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file that is made of ranges of slices, each written straight to its last place, while its digests follow. Until it is
 * sealed it ends in zeros, and no reader takes it for Parquet.
 *
 * <p>Slices are cut into pieces, in the file's order, so that the digests are never far behind the downloads: a slice may
 * have hundreds of megabytes, and eight of them that end at once would leave seconds of hashing for later. The last
 * stretch comes in shorter pieces for the same reason. A piece is not begun before the digests are near enough.
 */
final class PlacedFile implements Closeable {
    /** About half a second of one connection: the wait for its first byte does not count much. */
    static final long PIECE_BYTES = 16L << 20;

    private static final long LAST_PIECE_BYTES = 2L << 20;
    private static final long LAST_STRETCH_BYTES = 64L << 20;

    private final MergePlan plan;
    private final FileChannel file;
    private final FrontierDigest digest;

    private PlacedFile(MergePlan plan, FileChannel file, FrontierDigest digest) {
        this.plan = plan;
        this.file = file;
        this.digest = digest;
    }

    /** Begins it at that path, over what is there. */
    static PlacedFile of(MergePlan plan, Path path) throws IOException {
        FileChannel file = FileChannel.open(
                path, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        try {
            plan.reserve(file);
            FrontierDigest digest = FrontierDigest.of(path, plan.length(), List.of());
            digest.written(0, start(plan));
            return new PlacedFile(plan, file, digest);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Where the first part begins; what is before that is written already. */
    private static long start(MergePlan plan) {
        return plan.placements().stream()
                .mapToLong(MergePlan.Placement::offset)
                .min()
                .orElse(plan.length() - plan.tail().length());
    }

    /**
     * A range of a slice.
     *
     * @param slice its index
     * @param from where it begins in the slice
     * @param offset where it belongs in the file
     */
    record Piece(int slice, long from, long length, long offset) {}

    /** All of them, in the order of the file. */
    static List<Piece> pieces(MergePlan plan) {
        List<Piece> pieces = new ArrayList<>();
        for (MergePlan.Placement placement : plan.placements()) {
            for (long at = 0; at < placement.length(); ) {
                long offset = placement.offset() + at;
                long length = Math.min(placement.length() - at, mostBytes(plan, offset));
                pieces.add(new Piece(placement.part(), placement.sourceOffset() + at, length, offset));
                at += length;
            }
        }
        return pieces;
    }

    /** Of a piece that begins there. */
    private static long mostBytes(MergePlan plan, long offset) {
        return offset < plan.length() - plan.tail().length() - LAST_STRETCH_BYTES ? PIECE_BYTES : LAST_PIECE_BYTES;
    }

    /**
     * Returns when the digests are near enough for a piece to begin. How near depends on what pieces there have at most,
     * not on this one: the rest of a slice may be a few bytes.
     */
    void awaitTurn(Piece piece, int atOnce) throws IOException, InterruptedException {
        digest.awaitFrontier(Math.max(0, piece.offset - (long) atOnce * mostBytes(plan, piece.offset)));
    }

    /** Writes bytes of a part, at their place in the file. Several threads may, each in another place. */
    void write(long offset, ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        for (long at = offset; bytes.hasRemaining(); ) {
            at += file.write(bytes, at);
        }
        digest.written(offset, length);
    }

    /** Makes a Parquet file of it, once everything was written. */
    FileDigests seal() throws IOException, InterruptedException {
        long tail = plan.length() - plan.tail().length();
        if (digest.missing() < tail) {
            throw new IllegalStateException("byte " + digest.missing() + " of " + tail + " was not written");
        }
        plan.seal(file);
        digest.written(tail, plan.tail().length());
        FrontierDigest.Digests digests = digest.finish();
        return new FileDigests(digests.length(), digests.md5(), digests.sha256());
    }

    @Override
    public void close() throws IOException {
        try (file) {
            digest.close();
        }
    }
}
