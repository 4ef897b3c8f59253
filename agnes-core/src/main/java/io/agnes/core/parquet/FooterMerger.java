// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Segment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the footer and the offset indexes of the merged file.
 *
 * <p>The row groups of a part move as one block, so all file offsets in the part's footer grow by the same number of bytes,
 * the part's shift. These offsets are {@code RowGroup.file_offset}; {@code ColumnChunk.file_offset} and
 * {@code column_index_offset}; the data, index and dictionary page offsets and {@code bloom_filter_offset} of
 * {@code ColumnMetaData}. Writers set an absent offset to 0, so only positive ones are shifted. Column indexes and bloom
 * filters hold no offsets and stay inside the block.
 *
 * <p>Offset indexes hold one file offset for each page. They are written again between the data and the footer, because a
 * larger number can need more bytes than the old one. The old indexes stay in the block as unused bytes. A merge that keeps
 * the old indexes still works for full scans and for DuckDB, but parquet-java and arrow-rs read wrong pages of all parts but
 * the first, whose shift is 0. Therefore tests filter rows of a late part.
 *
 * <p>All other bytes are copied as they were encoded, unknown fields included; generated Thrift structures would drop those
 * (for example DuckDB's NaN counts). {@link MergeCheck} refuses unknown fields where they could be file offsets.
 */
final class FooterMerger {
    /** {@code RowGroup.ordinal} is a signed 16-bit number. */
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
     * @param expectedBytes the expected length of the footer, the initial capacity
     * @param indexBase the offset of the first new offset index in the merged file
     * @param rowGroups the number of row groups in all parts; beyond {@link #MOST_ORDINALS} they get no ordinals
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

    /** Offset indexes, footer, footer length and magic. The merger must not be used afterwards. */
    Segment.Literal tail() {
        byte[] trailer = Tail.trailer(out.length());
        CompactWriter tail = out;
        // A footer can be large, so it is copied only if there are indexes to put before it.
        if (indexes.length() > 0) {
            indexes.append(out);
            tail = indexes;
        }
        tail.raw(trailer, 0, trailer.length);
        return new Segment.Literal(tail.written());
    }

    /**
     * A part and its position in the merged file.
     *
     * @param shift the number of bytes by which the offsets of the part grow
     */
    record ShiftedPart(Tail tail, long shift) {}

    /**
     * @param schema the encoded schema of the merged file
     * @param keyValues the encoded key-values of the merged file
     * @param createdBy {@code created_by} of the merged file, null to omit it
     */
    void write(
            List<ShiftedPart> shiftedParts,
            MergeCheck.Sums sums,
            Span schema,
            List<Span> keyValues,
            @Nullable Span createdBy)
            throws UnusablePartException {
        FileFooter first = shiftedParts.get(0).tail().footer();
        int last = out.i32Field(0, FileFooter.VERSION, sums.version());
        last = out.spanField(last, FileFooter.SCHEMA, schema);
        last = out.i64Field(last, FileFooter.ROWS, sums.rows());
        last = out.field(last, FileFooter.ROW_GROUPS, CompactReader.LIST);
        out.structs(sums.rowGroups());
        for (ShiftedPart part : shiftedParts) {
            try {
                rowGroups(part);
            } catch (RuntimeException e) {
                throw new UnusablePartException(Reason.Damaged.by(part.tail().part(), e));
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

    private void rowGroups(ShiftedPart part) throws UnusablePartException {
        CompactReader in = part.tail().footer().rowGroupReader();
        for (int i = part.tail().footer().rowGroupCount(); i > 0; i--) {
            rowGroup(in, part);
        }
    }

    private void rowGroup(CompactReader in, ShiftedPart part) throws UnusablePartException {
        int last = 0;
        CompactReader.StructReader fields = in.struct();
        while (fields.next()) {
            int id = fields.id();
            switch (id) {
                case RowGroup.COLUMNS -> {
                    last = out.field(last, id, CompactReader.LIST);
                    columns(in, part);
                }
                case RowGroup.FILE_OFFSET -> last = out.i64Field(last, id, shifted(fields.i64(), part));
                case RowGroup.ORDINAL -> {
                    fields.skip();
                    last = numbered ? ordinal(last) : last;
                }
                // It describes one row group, but some readers take it for the order of the whole file.
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

    private void columns(CompactReader in, ShiftedPart part) throws UnusablePartException {
        int count = in.structs(ParquetLimits.SCHEMA_ELEMENTS);
        out.structs(count);
        boolean indexed = part.tail().indexes().length > 0;
        for (int i = 0; i < count; i++) {
            // Decoded twice: the new offset index must be written before its offset, an earlier field, is known.
            column(in, indexed ? part.tail().offsetIndex(ColumnChunk.read(in.copy())) : null, part);
        }
    }

    /** Copies a column chunk and replaces its offsets. Fields are neither added nor removed. */
    private void column(CompactReader in, @Nullable Span index, ShiftedPart part) throws UnusablePartException {
        long indexOffset = indexBase + indexes.length();
        if (index != null) {
            offsetIndex(index, part);
        }
        long indexLength = indexBase + indexes.length() - indexOffset;
        int copied = in.position();
        CompactReader.StructReader fields = in.struct();
        while (fields.next()) {
            int id = fields.id();
            if (id == ColumnChunk.META_DATA) {
                out.raw(in.bytes(), copied, in.position());
                metaData(in, fields.struct(), part);
                copied = in.position();
            } else if (id == ColumnChunk.OFFSET_INDEX_OFFSET && index != null) {
                copied = replace(in, copied, fields, indexOffset);
            } else if (id == ColumnChunk.OFFSET_INDEX_LENGTH && index != null) {
                copied = replace(in, copied, fields, indexLength);
            } else if (id == ColumnChunk.FILE_OFFSET
                    || id == ColumnChunk.COLUMN_INDEX_OFFSET
                    || id == ColumnChunk.OFFSET_INDEX_OFFSET) {
                copied = shift(in, copied, fields, part);
            } else {
                fields.skip();
            }
        }
        out.raw(in.bytes(), copied, in.position());
    }

    private void metaData(CompactReader in, CompactReader.StructReader fields, ShiftedPart part) {
        int copied = in.position();
        while (fields.next()) {
            switch (fields.id()) {
                case ColumnChunk.Meta.DATA_PAGE_OFFSET,
                        ColumnChunk.Meta.INDEX_PAGE_OFFSET,
                        ColumnChunk.Meta.DICTIONARY_PAGE_OFFSET,
                        ColumnChunk.Meta.BLOOM_FILTER_OFFSET -> copied = shift(in, copied, fields, part);
                default -> fields.skip();
            }
        }
        out.raw(in.bytes(), copied, in.position());
    }

    /** Copies the bytes since {@code copied}, writes {@code value} for the next number, and returns the position after it. */
    private int replace(CompactReader in, int copied, CompactReader.StructReader fields, long value) {
        out.raw(in.bytes(), copied, in.position());
        fields.skip();
        out.i64(value);
        return in.position();
    }

    private int shift(CompactReader in, int copied, CompactReader.StructReader fields, ShiftedPart part) {
        out.raw(in.bytes(), copied, in.position());
        out.i64(shifted(fields.i64(), part));
        return in.position();
    }

    private static long shifted(long offset, ShiftedPart part) {
        return offset > 0 ? Math.addExact(offset, part.shift()) : offset;
    }

    private void offsetIndex(Span index, ShiftedPart part) throws UnusablePartException {
        CompactReader in = index.reader();
        int last = 0;
        CompactReader.StructReader fields = in.struct();
        while (fields.next()) {
            switch (fields.id()) {
                case PAGE_LOCATIONS -> {
                    last = indexes.field(last, PAGE_LOCATIONS, CompactReader.LIST);
                    int count = fields.structs(Integer.MAX_VALUE);
                    indexes.structs(count);
                    for (int i = 0; i < count; i++) {
                        pageLocation(in.struct(), part);
                    }
                }
                case UNENCODED_BYTES -> last = indexes.spanField(last, UNENCODED_BYTES, fields.span());
                default -> throw unknown(part, "OffsetIndex", fields.id());
            }
        }
        indexes.stop();
        if (in.position() != index.to()) {
            throw new MalformedParquetException("an offset index has " + index.length() + " bytes and uses fewer");
        }
    }

    private void pageLocation(CompactReader.StructReader fields, ShiftedPart part) throws UnusablePartException {
        int last = 0;
        long offset = 0;
        long bytes = 0;
        while (fields.next()) {
            switch (fields.id()) {
                case PAGE_OFFSET -> {
                    offset = fields.i64();
                    last = indexes.i64Field(last, PAGE_OFFSET, Math.addExact(offset, part.shift()));
                }
                case PAGE_BYTES -> {
                    bytes = fields.i32();
                    last = indexes.i32Field(last, PAGE_BYTES, (int) bytes);
                }
                case PAGE_FIRST_ROW -> last = indexes.i64Field(last, PAGE_FIRST_ROW, fields.i64());
                default -> throw unknown(part, "PageLocation", fields.id());
            }
        }
        indexes.stop();
        if (offset < Tail.MAGIC.length || bytes < 0 || bytes > part.tail().dataEnd() - offset) {
            throw new MalformedParquetException("an offset index points at " + offset + " + " + bytes);
        }
    }

    private static UnusablePartException unknown(ShiftedPart part, String structure, int id) {
        return new UnusablePartException(new Reason.UnknownField(part.tail().part(), structure, id));
    }
}
