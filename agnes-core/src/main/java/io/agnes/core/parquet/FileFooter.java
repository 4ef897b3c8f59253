// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static io.agnes.core.parquet.CompactReader.LIST;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Thrift structure {@code FileMetaData} of one file, split into spans of its encoded bytes. Row groups stay encoded and
 * are decoded one at a time, so a footer takes little more memory than its bytes.
 */
final class FileFooter {
    static final int VERSION = 1;
    static final int SCHEMA = 2;
    static final int ROWS = 3;
    static final int ROW_GROUPS = 4;
    static final int KEY_VALUES = 5;
    static final int CREATED_BY = 6;
    static final int COLUMN_ORDERS = 7;
    static final int ENCRYPTION_ALGORITHM = 8;
    static final int FOOTER_SIGNING_KEY = 9;

    private final byte[] bytes;
    private final OffsetIndexRange indexes = new OffsetIndexRange();
    private int version;
    private long rows = -1;
    private boolean encrypted;
    private @Nullable Span schema;
    private @Nullable Span rowGroups;
    private @Nullable Span keyValues;
    private @Nullable Span createdBy;
    private @Nullable Span columnOrders;
    private final Map<Integer, Span> unknown = new TreeMap<>();

    private FileFooter(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws MalformedParquetException if the bytes are not exactly one structure with the required fields */
    static FileFooter parse(byte[] bytes) {
        FileFooter footer = new FileFooter(bytes);
        CompactReader in = new CompactReader(bytes);
        CompactReader.StructReader fields = in.struct(ThriftStruct.FILE_META_DATA);
        while (fields.next()) {
            switch (fields.id()) {
                case VERSION -> footer.version = fields.i32();
                case SCHEMA -> footer.schema = list(fields);
                case ROWS -> footer.rows = fields.i64();
                case ROW_GROUPS -> footer.rowGroups = footer.readRowGroups(fields, in);
                case KEY_VALUES -> footer.keyValues = list(fields);
                case CREATED_BY -> footer.createdBy = binary(fields);
                case COLUMN_ORDERS -> footer.columnOrders = list(fields);
                case ENCRYPTION_ALGORITHM, FOOTER_SIGNING_KEY -> {
                    footer.encrypted = true;
                    fields.skip();
                }
                default -> footer.keepUnknown(fields.id(), fields.span());
            }
        }
        footer.check(bytes.length - in.position());
        return footer;
    }

    private Span readRowGroups(CompactReader.StructReader fields, CompactReader in) {
        int from = in.position();
        for (int i = fields.structs(ParquetLimits.ROW_GROUPS); i > 0; i--) {
            RowGroup.read(in).chunks.forEach(indexes::include);
        }
        return new Span(bytes, LIST, from, in.position());
    }

    private void keepUnknown(int id, Span value) {
        if (unknown.put(id, value) != null) {
            throw new MalformedParquetException("field " + id + " comes twice");
        }
    }

    private void check(int left) {
        // A signed plaintext footer is followed by its signature.
        if (left != 0 && !encrypted) {
            throw new MalformedParquetException(left + " bytes follow the footer's structure");
        }
        if (schema == null || rowGroups == null || rows < 0) {
            throw new MalformedParquetException("the footer has no schema, no row groups or no row count");
        }
    }

    /** The encoded structure, without length and magic. */
    byte[] bytes() {
        return bytes;
    }

    /** The range of the part that holds the offset indexes. */
    OffsetIndexRange indexes() {
        return indexes;
    }

    /** The encoded structure with another schema; every other field stays as it was encoded. */
    byte[] withSchema(Span other) {
        CompactWriter out = new CompactWriter(bytes.length + other.length());
        CompactReader.StructReader fields = new CompactReader(bytes).struct(ThriftStruct.FILE_META_DATA);
        int last = 0;
        while (fields.next()) {
            Span value = fields.span();
            last = out.spanField(last, fields.id(), fields.id() == SCHEMA ? other : value);
        }
        out.stop();
        return out.toArray();
    }

    int version() {
        return version;
    }

    long rows() {
        return rows;
    }

    boolean encrypted() {
        return encrypted;
    }

    Span schema() {
        return present(schema);
    }

    @Nullable
    Span keyValues() {
        return keyValues;
    }

    @Nullable
    Span createdBy() {
        return createdBy;
    }

    @Nullable
    Span columnOrders() {
        return columnOrders;
    }

    /** Unknown fields, by id. */
    Map<Integer, Span> unknown() {
        return unknown;
    }

    int rowGroupCount() {
        return present(rowGroups).reader().structs(ParquetLimits.ROW_GROUPS);
    }

    /** The length of the encoded row groups in bytes, most of a footer. */
    int rowGroupBytes() {
        return present(rowGroups).length();
    }

    /** Decodes the row groups one after the other. The visitor must not keep them. */
    void forEachRowGroup(Consumer<RowGroup> visitor) {
        CompactReader in = present(rowGroups).reader();
        for (int i = in.structs(ParquetLimits.ROW_GROUPS); i > 0; i--) {
            visitor.accept(RowGroup.read(in));
        }
    }

    /** A reader at the first of {@link #rowGroupCount()} row groups. */
    CompactReader rowGroupReader() {
        CompactReader in = present(rowGroups).reader();
        in.structs(ParquetLimits.ROW_GROUPS);
        return in;
    }

    /** {@code created_by}, or null if absent. */
    @Nullable
    String createdByText() {
        return createdBy == null ? null : createdBy.reader().text();
    }

    /** The file's key-values, in order. A key may occur twice. */
    List<KeyValue> keyValueList() {
        List<KeyValue> found = new ArrayList<>();
        if (keyValues == null) {
            return found;
        }
        CompactReader in = keyValues.reader();
        for (int i = in.structs(ParquetLimits.KEY_VALUES); i > 0; i--) {
            found.add(KeyValue.read(in));
        }
        return found;
    }

    /** @throws MalformedParquetException if the key-values cannot be decoded */
    void checkKeyValues() {
        keyValueList();
    }

    /**
     * @param value null if the entry has only a key
     * @param whole the encoded entry
     */
    record KeyValue(String key, @Nullable Span value, Span whole) {
        static KeyValue read(CompactReader in) {
            int from = in.position();
            String key = "";
            Span value = null;
            CompactReader.StructReader fields = in.struct(ThriftStruct.KEY_VALUE);
            while (fields.next()) {
                switch (fields.id()) {
                    case 1 -> key = fields.text();
                    case 2 -> value = binary(fields);
                    default -> fields.skip();
                }
            }
            return new KeyValue(key, value, new Span(in.bytes(), CompactReader.STRUCT, from, in.position()));
        }

        static KeyValue of(String key, String value) {
            CompactWriter out = new CompactWriter(64 + 2 * (key.length() + value.length()));
            out.textField(out.textField(0, 1, key), 2, value);
            out.stop();
            byte[] bytes = new byte[out.length()];
            out.written().get(bytes);
            return read(new CompactReader(bytes));
        }

        String text() {
            return value == null ? "" : value.reader().text();
        }
    }

    private static Span list(CompactReader.StructReader fields) {
        return typed(fields, LIST);
    }

    private static Span binary(CompactReader.StructReader fields) {
        return typed(fields, CompactReader.BINARY);
    }

    private static Span typed(CompactReader.StructReader fields, int type) {
        if (fields.type() != type) {
            throw fields.unexpectedType(type);
        }
        return fields.span();
    }

    private static Span present(@Nullable Span span) {
        if (span == null) {
            throw new IllegalStateException("read before it was checked");
        }
        return span;
    }
}
