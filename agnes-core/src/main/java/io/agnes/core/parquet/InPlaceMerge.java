// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.FrontierDigest;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDigests;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/**
 * Parts that are fetched straight to their final place in one local file, in any order and several at once, while its
 * digests follow. Needs the disk space of the result and no more.
 *
 * <p>Until {@link #seal} the file ends in zeros, so that no reader takes it for Parquet, whatever the parts hold and
 * whenever the process dies. Closing without sealing leaves such a file; the draft is the caller's to delete.
 */
public final class InPlaceMerge implements Closeable {
    private final MergePlan plan;
    private final FileChannel draft;
    private final FrontierDigest digest;

    private InPlaceMerge(MergePlan plan, FileChannel draft, FrontierDigest digest) {
        this.plan = plan;
        this.draft = draft;
        this.digest = digest;
    }

    /** Begins a draft with all digests. */
    public static InPlaceMerge of(MergePlan plan, Path draft) throws IOException {
        return of(plan, draft, FileDigests.Algorithm.ALL);
    }

    /**
     * Begins a draft at that path, over what is there.
     *
     * @param digests that are taken of it, at least one
     * @throws IOException if it cannot be opened or is too large for the file system
     */
    public static InPlaceMerge of(MergePlan plan, Path draft, Set<FileDigests.Algorithm> digests) throws IOException {
        FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        try {
            plan.reserve(channel);
            FrontierDigest digest = FrontierDigest.of(draft, plan.length(), borders(plan), digests);
            digest.written(0, Tail.MAGIC.length);
            return new InPlaceMerge(plan, channel, digest);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static List<Long> borders(MergePlan plan) {
        return plan.placements().stream().map(MergePlan.Placement::offset).toList();
    }

    /** What is being made. */
    public MergePlan plan() {
        return plan;
    }

    /**
     * Writes some bytes of a part. Threads may write at once, also to one part, as long as their bytes do not overlap. An
     * interrupt closes the draft for all of them.
     *
     * @param part its index in the list of parts
     * @param sourceOffset where in the part the bytes were, from {@link MergePlan.Placement#sourceOffset} on
     * @throws IndexOutOfBoundsException if they do not belong to what is taken of the part; nothing is written then
     */
    public void write(int part, long sourceOffset, ByteBuffer bytes) throws IOException {
        MergePlan.Placement placement = plan.placements().get(part);
        long skip = sourceOffset - placement.sourceOffset();
        int length = bytes.remaining();
        if (skip < 0 || skip > placement.length() - length) {
            throw new IndexOutOfBoundsException(
                    "bytes " + sourceOffset + " + " + length + " of part " + part + ", taken are " + placement);
        }
        long offset = placement.offset() + skip;
        for (long at = offset; bytes.hasRemaining(); ) {
            at += draft.write(bytes, at);
        }
        digest.written(offset, length);
    }

    /**
     * Brings everything that is taken of a part to its place, from its start. After a failure some of it is there; the
     * part can be fetched again. Several threads may fetch different parts.
     *
     * @param source the part with that index in the list that the plan was made of
     */
    public void fetch(int part, Part source) throws IOException, InterruptedException {
        MergePlan.Placement placement = plan.placements().get(part);
        restart(part);
        source.transferTo(placement.sourceOffset(), placement.length(), new Region(part, placement.sourceOffset()));
    }

    /** Bytes written to it go to a part's place one after another. */
    private final class Region implements WritableByteChannel {
        private final int part;
        private long next;

        Region(int part, long start) {
            this.part = part;
            this.next = start;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = bytes.remaining();
            InPlaceMerge.this.write(part, next, bytes);
            next += count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return draft.isOpen();
        }

        /** The draft stays open. */
        @Override
        public void close() {}
    }

    /** Says that a part is fetched again from its start, since what came of it was wrong. Other parts stay as they are. */
    public void restart(int part) {
        MergePlan.Placement placement = plan.placements().get(part);
        digest.invalidate(placement.offset(), placement.length());
    }

    /**
     * All that is taken of all parts, in the order of the file, for several requests at once: whoever begins them in this
     * order, each after {@link #awaitTurn}, knows the digests a moment after the last byte, on any processor.
     *
     * @param atOnce pieces that arrive at the same time, at least 1
     */
    public List<Piece> pieces(int atOnce) {
        return Piece.of(plan.placements(), tailStart(), atOnce);
    }

    /**
     * Waits until the digests are near enough for a piece to begin.
     *
     * @throws IOException if what was written could not be read back
     */
    public void awaitTurn(Piece piece) throws IOException, InterruptedException {
        digest.awaitFrontier(piece.hashedBefore());
    }

    /**
     * Makes a Parquet file of the draft, once every part was written, and returns its digests. It is not synced; a sync
     * through {@link #force} and a rename are what publishes it.
     *
     * @throws IllegalStateException if a byte of a part is missing; the draft is as it was
     */
    public FileDigests seal() throws IOException, InterruptedException {
        sealFile();
        return awaitDigests();
    }

    /** The first half of {@link #seal}: from here on the file opens. */
    void sealFile() throws IOException {
        long missing = digest.missing();
        if (missing < tailStart()) {
            throw new IllegalStateException("byte " + missing + " of " + tailStart() + " was not written");
        }
        plan.seal(draft);
        digest.written(tailStart(), plan.tail().length());
    }

    private long tailStart() {
        return plan.length() - plan.tail().length();
    }

    /** The other half: what was written last is hashed. */
    FileDigests awaitDigests() throws IOException, InterruptedException {
        return digest.finish();
    }

    /** Brings everything written so far to the disk. */
    public void force() throws IOException {
        draft.force(true);
    }

    @Override
    public void close() throws IOException {
        try (draft) {
            digest.close();
        }
    }
}
