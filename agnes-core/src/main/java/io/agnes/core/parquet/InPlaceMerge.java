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
 * Writes parts directly to their final offsets in one local file, in any order and several at once, and computes the file's
 * digests meanwhile. It needs no disk space beyond the merged file.
 *
 * <p>Until {@link #seal} the file ends in zeros, so no reader takes it for Parquet, even if the process dies. Closing without
 * sealing leaves this draft; the caller deletes it.
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

    /** Opens a draft and computes all digests. */
    public static InPlaceMerge of(MergePlan plan, Path draft) throws IOException {
        return of(plan, draft, FileDigests.Algorithm.ALL);
    }

    /**
     * Opens a draft and overwrites an existing file.
     *
     * @param digests the digests to compute, at least one
     * @throws IOException if the draft cannot be opened or is too large for the file system
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

    /** The plan of this merge. */
    public MergePlan plan() {
        return plan;
    }

    /**
     * Writes bytes of a part to their final offset. Several threads may write at once, also to one part, if their ranges do
     * not overlap. An interrupt closes the draft for all threads.
     *
     * @param part the index in the list of parts
     * @param sourceOffset the offset of the bytes in the part, at least {@link MergePlan.Placement#sourceOffset}
     * @throws IndexOutOfBoundsException if the bytes are outside the part's placement; nothing is written
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
     * Copies the whole placement of a part, from its start. After a failure part of it is written, and the part can be
     * fetched again. Several threads may fetch different parts.
     *
     * @param part the index in the list of parts
     * @param source the part with this index in the list that the plan was made of
     */
    public void fetch(int part, Part source) throws IOException, InterruptedException {
        MergePlan.Placement placement = plan.placements().get(part);
        restart(part);
        source.transferTo(placement.sourceOffset(), placement.length(), new Region(part, placement.sourceOffset()));
    }

    /** A channel that writes consecutive bytes of a part to their final offsets. */
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

    /** Discards the bytes written for a part, so that the caller can fetch it again from its start. Other parts are kept. */
    public void restart(int part) {
        MergePlan.Placement placement = plan.placements().get(part);
        digest.invalidate(placement.offset(), placement.length());
    }

    /**
     * Splits the placements of all parts into pieces, in the order of the file. If the caller starts the pieces in this
     * order, each after {@link #awaitTurn}, the digests are ready a moment after the last byte on any processor.
     *
     * @param atOnce the number of pieces that are fetched at the same time, at least 1
     */
    public List<Piece> pieces(int atOnce) {
        return Piece.of(plan.placements(), tailStart(), atOnce);
    }

    /**
     * Waits until {@link Piece#hashedBefore} bytes of the file are hashed.
     *
     * @throws IOException if written bytes could not be read back
     */
    public void awaitTurn(Piece piece) throws IOException, InterruptedException {
        digest.awaitFrontier(piece.hashedBefore());
    }

    /**
     * Writes the footer once all parts are written, and returns the digests of the file. It does not sync the file; to
     * publish it, call {@link #force} and rename it.
     *
     * @throws IllegalStateException if a byte of a part is missing; the draft is unchanged
     */
    public FileDigests seal() throws IOException, InterruptedException {
        sealFile();
        return awaitDigests();
    }

    /** The first half of {@link #seal}: writes the footer, so that the file opens as Parquet. */
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

    /** The second half of {@link #seal}: waits until all bytes are hashed. */
    FileDigests awaitDigests() throws IOException, InterruptedException {
        return digest.finish();
    }

    /** Syncs the draft to the disk. */
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
