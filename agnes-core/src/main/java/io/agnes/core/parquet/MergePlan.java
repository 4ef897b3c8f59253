// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Composite;
import io.agnes.core.composite.Part;
import io.agnes.core.composite.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How parts become one Parquet file: where each part's row groups go, and the footer behind them. Holds the new footer
 * and nothing else of the parts. A pure function of the parts: the same ones in the same order give the same bytes.
 *
 * <p>Three ways to deliver it. {@link #copyTo} copies into a draft. {@link #composite()} yields any byte range without
 * a file. In place, the caller calls {@link #reserve}, brings each {@link Placement} to its offset in any order, and
 * then {@link #seal}. Until the last write of any of them the file ends in zeros, so no reader takes it for Parquet.
 */
public final class MergePlan {
    private final List<Placement> placements;
    private final Segment.Literal tail;
    private final Composite composite;
    private final Totals totals;

    /**
     * Bytes of a part and where they go.
     *
     * @param part its index in the list of parts
     * @param sourceOffset where in the part the bytes begin
     * @param length how many; not more than the part without magic and footer
     * @param offset where in the merged file they begin
     */
    public record Placement(int part, long sourceOffset, long length, long offset) {}

    /**
     * What the parts are together.
     *
     * @param footerBytes the encoded merged footer alone
     * @param medianGroupRows rows of the row group in the middle, 0 if there is none
     */
    record Totals(
            long rows,
            int rowGroups,
            long footerBytes,
            long medianGroupRows,
            ParquetSchema schema,
            Optional<String> createdBy) {}

    MergePlan(List<Placement> placements, Segment.Literal tail, Totals totals) {
        this.placements = List.copyOf(placements);
        this.tail = tail;
        this.totals = totals;
        this.composite = Composite.of(segments());
    }

    private List<Segment> segments() {
        List<Segment> segments = new ArrayList<>(placements.size() + 2);
        segments.add(Segment.Literal.of(Tail.MAGIC));
        for (Placement placement : placements) {
            segments.add(new Segment.PartRange(placement.part(), placement.sourceOffset(), placement.length()));
        }
        segments.add(tail);
        return segments;
    }

    /** The exact length of the merged file in bytes. */
    public long length() {
        return composite.length();
    }

    /** Rows of all parts, from their footers. */
    public long rows() {
        return totals.rows();
    }

    /** Row groups of all parts. */
    public int rowGroups() {
        return totals.rowGroups();
    }

    /** Rows of the row group in the middle, 0 if there is none. */
    public long medianGroupRows() {
        return totals.medianGroupRows();
    }

    /** The encoded merged footer, in bytes. */
    public long footerBytes() {
        return totals.footerBytes();
    }

    /** The schema of the first part, which is that of all. */
    public ParquetSchema schema() {
        return totals.schema();
    }

    /** Who wrote the parts, in their own words. */
    public Optional<String> createdBy() {
        return totals.createdBy();
    }

    /** One for each part, in order, end to end from byte 4 on; some may be empty. */
    public List<Placement> placements() {
        return placements;
    }

    /** What follows the last placement: offset indexes, footer, its length and the magic. */
    public Segment.Literal tail() {
        return tail;
    }

    /** The merged file without a file. */
    public Composite composite() {
        return composite;
    }

    /**
     * Writes the merged file into a draft, from the channel's start. After a failure the draft holds a part of it that
     * does not open as Parquet.
     *
     * @param parts those the plan was made of, in the same order
     * @param draft empty, open for writing; neither synced nor closed here
     */
    public void copyTo(List<? extends Part> parts, FileChannel draft) throws IOException, InterruptedException {
        reserve(draft);
        draft.position(0);
        composite.writeTo(parts, 0, length() - tail.length(), draft);
        seal(draft);
    }

    /** Writes the merged file over a draft at that path, as {@link #copyTo(List, FileChannel)} does; not synced. */
    public void copyTo(List<? extends Part> parts, Path draft) throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            copyTo(parts, channel);
        }
    }

    /**
     * Gives an empty draft its final length, its first four bytes and an end of zeros. Takes no space for the rest: where
     * the disk may be full, reserve that otherwise.
     */
    public void reserve(FileChannel draft) throws IOException {
        write(ByteBuffer.wrap(new byte[Tail.TRAILER_BYTES]), draft, length() - Tail.TRAILER_BYTES);
        write(ByteBuffer.wrap(Tail.MAGIC), draft, 0);
    }

    /** Makes a file of a draft that holds every placement: writes the tail, its last eight bytes at the very end. */
    public void seal(FileChannel draft) throws IOException {
        ByteBuffer body = tail.bytes();
        ByteBuffer trailer = body.slice(body.limit() - Tail.TRAILER_BYTES, Tail.TRAILER_BYTES);
        body.limit(body.limit() - Tail.TRAILER_BYTES);
        write(body, draft, length() - tail.length());
        write(trailer, draft, length() - Tail.TRAILER_BYTES);
    }

    /**
     * Looks whether a finished file is what was planned: length, rows, row groups and schema, and that a page begins
     * wherever one should.
     *
     * @return the first thing that is wrong, if any
     */
    public Optional<String> problem(Part merged) throws IOException, InterruptedException {
        if (merged.length() != length()) {
            return Optional.of(merged.name() + " has " + merged.length() + " bytes, planned were " + length());
        }
        return switch (ParquetFile.inspect(merged)) {
            case ParquetFile.Inspection.Unreadable unreadable ->
                Optional.of(unreadable.reason().message());
            case ParquetFile.Inspection.Opened opened -> {
                Optional<String> difference = difference(opened.file());
                yield difference.isPresent() ? difference : ParquetFile.problem(merged);
            }
        };
    }

    private Optional<String> difference(ParquetFile file) {
        if (file.rows() != rows() || file.rowGroups() != rowGroups()) {
            return Optional.of("it has " + file.rows() + " rows in " + file.rowGroups() + " row groups, planned were "
                    + rows() + " in " + rowGroups());
        }
        return file.schema().sameAs(schema()) ? Optional.empty() : Optional.of("it has another schema than planned");
    }

    private static void write(ByteBuffer bytes, FileChannel draft, long offset) throws IOException {
        long at = offset;
        int end = bytes.limit();
        while (bytes.position() < end) {
            // A channel copies what it is given to memory outside the heap, however large that is.
            bytes.limit(Math.min(end, bytes.position() + Part.TRANSFER_BYTES));
            at += draft.write(bytes, at);
        }
    }

    @Override
    public String toString() {
        return "MergePlan[" + length() + " bytes, " + rows() + " rows in " + rowGroups() + " row groups of "
                + placements.size() + " parts]";
    }
}
