// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Segment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the footer of the merged file and its offset indexes.
 *
 * <p>The row groups of part k move as one block, so every place in the file that part k's footer mentions moves by the
 * same number of bytes, its shift. Those places are {@code RowGroup.file_offset}; {@code ColumnChunk.file_offset} and
 * {@code column_index_offset}; the data, index and dictionary page offsets and {@code bloom_filter_offset} of
 * {@code ColumnMetaData}. Each is shifted only if it is positive: writers say 0 for what is not there. Column indexes
 * and bloom filters hold no places and stay inside the block.
 *
 * <p>Offset indexes do hold them, one for each page. They are written anew between data and footer, since a larger
 * number takes more bytes than the old one left room for; the old ones stay in the block as dead bytes. Forgetting
 * this goes unnoticed by full scans and by DuckDB; parquet-java and arrow-rs then read wrong pages, but not in the
 * first part, whose shift is 0. Hence the tests that filter in a late part.
 *
 * <p>All else is copied as it was encoded, fields that nobody here knows included: generated structures drop those
 * (DuckDB's NaN counts, for one). {@link MergeGate} has refused unknown fields where they could be places.
 */
final class FooterMerger {
    /** The format numbers row groups with 16 bits, sign included. */
    static final int MOST_ORDINALS = Short.MAX_VALUE;

    private static final int PAGE_LOCATIONS = 1;
    private static final int UNENCODED_BYTES = 2;
    private static final int PAGE_OFFSET = 1;
    private static final int PAGE_BYTES = 2;
    private static final int PAGE_FIRST_ROW = 3;

    private final CompactWriter out;
    private final CompactWriter indexes;
    private final long indexBase;
    private final boolean numbered;
    private int ordinal;

    /**
     * @param indexBase where in the merged file the first new offset index begins
     * @param rowGroups of all parts; more than {@link #MOST_ORDINALS} go without numbers
     */
    FooterMerger(int expectedBytes, long indexBase, int rowGroups) {
        this.out = new CompactWriter(expectedBytes);
        this.indexes = new CompactWriter(1024);
        this.indexBase = indexBase;
        this.numbered = rowGroups <= MOST_ORDINALS;
    }

    int footerBytes() {
        return out.length();
    }

    /** Offset indexes, footer, its length and the magic. The last thing to ask for. */
    Segment.Literal tail() {
        byte[] trailer = Tail.trailer(out.length());
        CompactWriter tail = out;
        // Without indexes the footer, which can be large, stays where it was written.
        if (indexes.length() > 0) {
            indexes.append(out);
            tail = indexes;
        }
        tail.raw(trailer, 0, trailer.length);
        return new Segment.Literal(tail.written());
    }

    /**
     * A part as the gate let it pass.
     *
     * @param shift how many bytes its data move towards the end
     */
    record Member(Tail tail, long shift) {}

    /**
     * @param keyValues what the merged file keeps of them
     * @param createdBy whom the merged file names as its writer, null for nobody
     */
    void write(List<Member> members, MergeGate.Sums sums, List<Span> keyValues, @Nullable Span createdBy)
            throws Unusable {
        FileFooter first = members.get(0).tail().footer();
        int last = out.i32Field(0, FileFooter.VERSION, sums.version());
        last = out.spanField(last, FileFooter.SCHEMA, first.schema());
        last = out.i64Field(last, FileFooter.ROWS, sums.rows());
        last = out.field(last, FileFooter.ROW_GROUPS, CompactReader.LIST);
        out.structs(sums.rowGroups());
        for (Member member : members) {
            try {
                rowGroups(member);
            } catch (RuntimeException e) {
                throw new Unusable(Reason.Damaged.by(member.tail().part(), e));
            }
        }
        if (!keyValues.isEmpty()) {
            last = out.field(last, FileFooter.KEY_VALUES, CompactReader.LIST);
            out.structs(keyValues.size());
            keyValues.forEach(out::span);
        }
        if (createdBy != null) {
            last = out.spanField(last, FileFooter.CREATED_BY, createdBy);
        }
        if (first.columnOrders() != null) {
            last = out.spanField(last, FileFooter.COLUMN_ORDERS, first.columnOrders());
        }
        for (Map.Entry<Integer, Span> unknown : first.unknown().entrySet()) {
            last = out.spanField(last, unknown.getKey(), unknown.getValue());
        }
        out.stop();
    }

    private void rowGroups(Member member) throws Unusable {
        CompactReader in = member.tail().footer().rowGroupReader();
        for (int i = member.tail().footer().rowGroupCount(); i > 0; i--) {
            rowGroup(in, member);
        }
    }

    private void rowGroup(CompactReader in, Member member) throws Unusable {
        int last = 0;
        CompactReader.Fields fields = in.struct();
        while (fields.next()) {
            int id = fields.id();
            switch (id) {
                case RowGroup.COLUMNS -> {
                    last = out.field(last, id, CompactReader.LIST);
                    columns(in, member);
                }
                case RowGroup.FILE_OFFSET -> last = out.i64Field(last, id, shifted(fields.i64(), member));
                case RowGroup.ORDINAL -> {
                    fields.skip();
                    last = numbered ? ordinal(last) : last;
                }
                // True of each group, but some readers infer from it an order of the whole file.
                case RowGroup.SORTING_COLUMNS -> fields.skip();
                default -> last = out.spanField(last, id, fields.span());
            }
        }
        out.stop();
        ordinal++;
    }

    private int ordinal(int last) {
        out.field(last, RowGroup.ORDINAL, CompactReader.I16);
        out.i64(ordinal);
        return RowGroup.ORDINAL;
    }

    private void columns(CompactReader in, Member member) throws Unusable {
        int count = in.structs(ParquetLimits.SCHEMA_ELEMENTS);
        out.structs(count);
        boolean indexed = member.tail().indexes().length > 0;
        for (int i = 0; i < count; i++) {
            // Looked at twice, because the offset index must be written before its offset, which comes first, is known.
            column(in, indexed ? member.tail().offsetIndex(Chunk.read(in.copy())) : null, member);
        }
    }

    /** Numbers change, fields do not come or go: what is between them is copied as it is. */
    private void column(CompactReader in, @Nullable Span index, Member member) throws Unusable {
        long indexOffset = indexBase + indexes.length();
        if (index != null) {
            offsetIndex(index, member);
        }
        long indexLength = indexBase + indexes.length() - indexOffset;
        int copied = in.position();
        CompactReader.Fields fields = in.struct();
        while (fields.next()) {
            int id = fields.id();
            if (id == Chunk.META_DATA) {
                out.raw(in.bytes(), copied, in.position());
                metaData(in, fields.struct(), member);
                copied = in.position();
            } else if (id == Chunk.OFFSET_INDEX_OFFSET && index != null) {
                copied = replace(in, copied, fields, indexOffset);
            } else if (id == Chunk.OFFSET_INDEX_LENGTH && index != null) {
                copied = replace(in, copied, fields, indexLength);
            } else if (id == Chunk.FILE_OFFSET || id == Chunk.COLUMN_INDEX_OFFSET || id == Chunk.OFFSET_INDEX_OFFSET) {
                copied = shift(in, copied, fields, member);
            } else {
                fields.skip();
            }
        }
        out.raw(in.bytes(), copied, in.position());
    }

    private void metaData(CompactReader in, CompactReader.Fields fields, Member member) {
        int copied = in.position();
        while (fields.next()) {
            switch (fields.id()) {
                case Chunk.Meta.DATA_PAGE_OFFSET,
                        Chunk.Meta.INDEX_PAGE_OFFSET,
                        Chunk.Meta.DICTIONARY_PAGE_OFFSET,
                        Chunk.Meta.BLOOM_FILTER_OFFSET -> copied = shift(in, copied, fields, member);
                default -> fields.skip();
            }
        }
        out.raw(in.bytes(), copied, in.position());
    }

    /** Copies what was read since {@code copied} and writes another number for the one that comes; returns where it ended. */
    private int replace(CompactReader in, int copied, CompactReader.Fields fields, long value) {
        out.raw(in.bytes(), copied, in.position());
        fields.skip();
        out.i64(value);
        return in.position();
    }

    private int shift(CompactReader in, int copied, CompactReader.Fields fields, Member member) {
        out.raw(in.bytes(), copied, in.position());
        out.i64(shifted(fields.i64(), member));
        return in.position();
    }

    private static long shifted(long offset, Member member) {
        return offset > 0 ? Math.addExact(offset, member.shift()) : offset;
    }

    private void offsetIndex(Span index, Member member) throws Unusable {
        CompactReader in = index.reader();
        int last = 0;
        CompactReader.Fields fields = in.struct();
        while (fields.next()) {
            switch (fields.id()) {
                case PAGE_LOCATIONS -> {
                    last = indexes.field(last, PAGE_LOCATIONS, CompactReader.LIST);
                    int count = fields.structs(Integer.MAX_VALUE);
                    indexes.structs(count);
                    for (int i = 0; i < count; i++) {
                        pageLocation(in.struct(), member);
                    }
                }
                case UNENCODED_BYTES -> last = indexes.spanField(last, UNENCODED_BYTES, fields.span());
                default -> throw unknown(member, "OffsetIndex", fields.id());
            }
        }
        indexes.stop();
        if (in.position() != index.to()) {
            throw new Malformed("an offset index has " + index.length() + " bytes and uses fewer");
        }
    }

    private void pageLocation(CompactReader.Fields fields, Member member) throws Unusable {
        int last = 0;
        long offset = 0;
        long bytes = 0;
        while (fields.next()) {
            switch (fields.id()) {
                case PAGE_OFFSET -> {
                    offset = fields.i64();
                    last = indexes.i64Field(last, PAGE_OFFSET, Math.addExact(offset, member.shift()));
                }
                case PAGE_BYTES -> {
                    bytes = fields.i32();
                    last = indexes.i32Field(last, PAGE_BYTES, (int) bytes);
                }
                case PAGE_FIRST_ROW -> last = indexes.i64Field(last, PAGE_FIRST_ROW, fields.i64());
                default -> throw unknown(member, "PageLocation", fields.id());
            }
        }
        indexes.stop();
        if (offset < Tail.MAGIC.length || bytes < 0 || bytes > member.tail().dataEnd() - offset) {
            throw new Malformed("an offset index points at " + offset + " + " + bytes);
        }
    }

    private static Unusable unknown(Member member, String structure, int id) {
        return new Unusable(new Reason.UnknownField(member.tail().part(), structure, id));
    }
}
