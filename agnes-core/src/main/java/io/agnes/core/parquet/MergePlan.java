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
 * The plan of one Parquet file made of many parts: the offset of each part's row groups, and the merged footer, which it
 * holds in memory. The same parts in the same order give the same bytes.
 *
 * <p>A plan can be delivered in three ways. {@link #copyTo} copies the parts into a draft. {@link #composite()} yields any
 * byte range without a file. In place, the caller calls {@link #reserve}, writes each {@link Placement} to its offset in any
 * order, and calls {@link #seal}. Until the last write the file ends in zeros, so no reader takes it for Parquet.
 */
public final class MergePlan {
    private final List<Placement> placements;
    private final Segment.Literal tail;
    private final Composite composite;
    private final Totals totals;

    /**
     * A byte range of a part and its offset in the merged file.
     *
     * @param part the index in the list of parts
     * @param sourceOffset the offset of the range in the part
     * @param length in bytes; at most the part without magic and footer
     * @param offset the offset of the range in the merged file
     */
    public record Placement(int part, long sourceOffset, long length, long offset) {}

    /**
     * The totals over all parts.
     *
     * @param footerBytes the length of the encoded merged footer, without indexes, length and magic
     * @param medianGroupRows rows of the median row group, 0 without row groups
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

    /** The number of rows of all parts, from their footers. */
    public long rows() {
        return totals.rows();
    }

    /** The number of row groups of all parts. */
    public int rowGroups() {
        return totals.rowGroups();
    }

    /** The number of rows of the median row group, 0 without row groups. */
    public long medianGroupRows() {
        return totals.medianGroupRows();
    }

    /** The length of the encoded merged footer in bytes. */
    public long footerBytes() {
        return totals.footerBytes();
    }

    /** The schema of the merged file: that of all parts, with the field ids that the plan gave. */
    public ParquetSchema schema() {
        return totals.schema();
    }

    /** {@code created_by} of the merged file; empty if it names no writer. */
    public Optional<String> createdBy() {
        return totals.createdBy();
    }

    /** One placement for each part, in order, contiguous from byte 4. A placement may be empty. */
    public List<Placement> placements() {
        return placements;
    }

    /** The bytes after the last placement: offset indexes, footer, footer length and magic. */
    public Segment.Literal tail() {
        return tail;
    }

    /** The merged file as ranges of the parts and literal bytes. */
    public Composite composite() {
        return composite;
    }

    /**
     * Writes the merged file into a draft. After a failure the draft is incomplete and does not open as Parquet.
     *
     * @param parts the parts that the plan was made of, in the same order
     * @param draft an empty file that is open for writing; this method neither syncs nor closes it
     */
    public void copyTo(List<? extends Part> parts, FileChannel draft) throws IOException, InterruptedException {
        reserve(draft);
        draft.position(0);
        composite.writeTo(parts, 0, length() - tail.length(), draft);
        seal(draft);
    }

    /** Writes the merged file to a path like {@link #copyTo(List, FileChannel)} and overwrites an existing file. */
    public void copyTo(List<? extends Part> parts, Path draft) throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            copyTo(parts, channel);
        }
    }

    /**
     * Gives an empty draft its final length, writes its first four bytes and eight zeros at its end. It allocates no disk
     * space for the bytes between; a caller that must not run out of space reserves it in another way.
     */
    public void reserve(FileChannel draft) throws IOException {
        write(ByteBuffer.wrap(new byte[Tail.TRAILER_BYTES]), draft, length() - Tail.TRAILER_BYTES);
        write(ByteBuffer.wrap(Tail.MAGIC), draft, 0);
    }

    /** Completes a draft that holds every placement: writes the tail, and its last eight bytes as the last write. */
    public void seal(FileChannel draft) throws IOException {
        ByteBuffer body = tail.bytes();
        ByteBuffer trailer = body.slice(body.limit() - Tail.TRAILER_BYTES, Tail.TRAILER_BYTES);
        body.limit(body.limit() - Tail.TRAILER_BYTES);
        write(body, draft, length() - tail.length());
        write(trailer, draft, length() - Tail.TRAILER_BYTES);
    }

    /**
     * Compares a finished file with the plan: length, rows, row groups and schema, and that a page header begins at each
     * offset where the footer expects one.
     *
     * @return the first difference, empty if there is none
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
            // A channel copies the buffer to memory outside the heap; this bounds the copy.
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
