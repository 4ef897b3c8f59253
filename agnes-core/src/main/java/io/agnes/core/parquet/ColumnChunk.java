// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One column of one row group, decoded from the Thrift structures {@code ColumnChunk} and {@code ColumnMetaData}. */
final class ColumnChunk {
    static final int FILE_PATH = 1;
    static final int FILE_OFFSET = 2;
    static final int META_DATA = 3;
    static final int OFFSET_INDEX_OFFSET = 4;
    static final int OFFSET_INDEX_LENGTH = 5;
    static final int COLUMN_INDEX_OFFSET = 6;
    static final int COLUMN_INDEX_LENGTH = 7;
    static final int CRYPTO_META_DATA = 8;
    static final int ENCRYPTED_META_DATA = 9;

    private static final String[] CODECS = {"uncompressed", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw"
    };
    private static final String[] ENCODINGS = {
        "PLAIN",
        "ENCODING_1",
        "PLAIN_DICTIONARY",
        "RLE",
        "BIT_PACKED",
        "DELTA_BINARY_PACKED",
        "DELTA_LENGTH_BYTE_ARRAY",
        "DELTA_BYTE_ARRAY",
        "RLE_DICTIONARY",
        "BYTE_STREAM_SPLIT"
    };

    /** Field ids of {@code ColumnMetaData}. */
    static final class Meta {
        static final int TYPE = 1;
        static final int ENCODINGS = 2;
        static final int PATH = 3;
        static final int CODEC = 4;
        static final int VALUES = 5;
        static final int UNCOMPRESSED_BYTES = 6;
        static final int COMPRESSED_BYTES = 7;
        static final int KEY_VALUES = 8;
        static final int DATA_PAGE_OFFSET = 9;
        static final int INDEX_PAGE_OFFSET = 10;
        static final int DICTIONARY_PAGE_OFFSET = 11;
        static final int STATISTICS = 12;
        static final int ENCODING_STATS = 13;
        static final int BLOOM_FILTER_OFFSET = 14;
        static final int BLOOM_FILTER_LENGTH = 15;
        static final int SIZE_STATISTICS = 16;
        static final int GEOSPATIAL_STATISTICS = 17;

        private Meta() {}
    }

    boolean otherFile;
    boolean encrypted;
    boolean described;
    /** The id of an unknown field, 0 if there is none. An unknown field could be a file offset that a merge must shift. */
    int unknownField;

    int unknownMetaField;

    int type = -1;
    int codec;
    long values = -1;
    long uncompressedBytes;
    long compressedBytes;
    long dataPageOffset;
    long indexPageOffset;
    long dictionaryPageOffset;
    long bloomFilterOffset;
    int bloomFilterLength;
    long offsetIndexOffset;
    int offsetIndexLength;
    long columnIndexOffset;
    int columnIndexLength;
    private @Nullable Span path;
    private @Nullable Span encodings;

    @Nullable
    Span statistics;

    private ColumnChunk() {}

    static ColumnChunk read(CompactReader in) {
        ColumnChunk chunk = new ColumnChunk();
        CompactReader.StructReader fields = in.struct(ThriftStruct.COLUMN_CHUNK);
        while (fields.next()) {
            switch (fields.id()) {
                case FILE_PATH -> chunk.otherFile = !fields.text().isEmpty();
                case FILE_OFFSET -> fields.i64();
                case META_DATA -> chunk.readMeta(fields.struct(ThriftStruct.COLUMN_META_DATA));
                case OFFSET_INDEX_OFFSET -> chunk.offsetIndexOffset = fields.i64();
                case OFFSET_INDEX_LENGTH -> chunk.offsetIndexLength = fields.i32();
                case COLUMN_INDEX_OFFSET -> chunk.columnIndexOffset = fields.i64();
                case COLUMN_INDEX_LENGTH -> chunk.columnIndexLength = fields.i32();
                case CRYPTO_META_DATA, ENCRYPTED_META_DATA -> {
                    chunk.encrypted = true;
                    fields.skip();
                }
                default -> {
                    chunk.unknownField = fields.id();
                    fields.skip();
                }
            }
        }
        return chunk;
    }

    private void readMeta(CompactReader.StructReader fields) {
        described = true;
        while (fields.next()) {
            switch (fields.id()) {
                case Meta.TYPE -> type = fields.i32();
                case Meta.PATH -> path = fields.span();
                case Meta.CODEC -> codec = fields.i32();
                case Meta.VALUES -> values = fields.i64();
                case Meta.UNCOMPRESSED_BYTES -> uncompressedBytes = fields.i64();
                case Meta.COMPRESSED_BYTES -> compressedBytes = fields.i64();
                case Meta.DATA_PAGE_OFFSET -> dataPageOffset = fields.i64();
                case Meta.INDEX_PAGE_OFFSET -> indexPageOffset = fields.i64();
                case Meta.DICTIONARY_PAGE_OFFSET -> dictionaryPageOffset = fields.i64();
                case Meta.BLOOM_FILTER_OFFSET -> bloomFilterOffset = fields.i64();
                case Meta.BLOOM_FILTER_LENGTH -> bloomFilterLength = fields.i32();
                case Meta.ENCODINGS -> encodings = fields.span();
                case Meta.STATISTICS -> statistics = fields.span();
                case Meta.KEY_VALUES, Meta.ENCODING_STATS, Meta.SIZE_STATISTICS, Meta.GEOSPATIAL_STATISTICS ->
                    fields.skip();
                default -> {
                    unknownMetaField = fields.id();
                    fields.skip();
                }
            }
        }
    }

    boolean hasOffsetIndex() {
        return offsetIndexOffset > 0 && offsetIndexLength > 0;
    }

    String codecWord() {
        return codec >= 0 && codec < CODECS.length ? CODECS[codec] : "codec_" + codec;
    }

    /** The names of the encodings as in the format; {@code ENCODING_n} for an unknown one. */
    Set<String> encodings() {
        Set<String> words = new TreeSet<>();
        if (encodings != null) {
            CompactReader in = encodings.reader();
            for (int i = in.list(CompactReader.I32); i > 0; i--) {
                int number = in.i32();
                words.add(number >= 0 && number < ENCODINGS.length ? ENCODINGS[number] : "ENCODING_" + number);
            }
        }
        return words;
    }

    /** The names from the outermost group to the column. */
    List<String> path() {
        List<String> names = new ArrayList<>();
        if (path != null) {
            CompactReader in = path.reader();
            for (int i = in.list(CompactReader.BINARY); i > 0; i--) {
                names.add(in.text());
            }
        }
        return names;
    }

    /** The offset of the first page. Some writers set {@code dictionary_page_offset} to 0 if there is no dictionary. */
    long firstByte() {
        return dictionaryPageOffset > 0 ? Math.min(dictionaryPageOffset, dataPageOffset) : dataPageOffset;
    }

    /**
     * Checks that pages and indexes lie inside the data.
     *
     * @param end the end of the file's data, exclusive
     * @return the first range that lies outside, or null
     */
    @Nullable
    String outside(long end) {
        // A chunk without values has no pages; writers set its offset to 0 or to the next free position.
        if (values != 0 && !inside(firstByte(), compressedBytes, end)) {
            return "pages at " + firstByte() + " + " + compressedBytes;
        }
        if (values != 0 && (dataPageOffset >= end || indexPageOffset >= end)) {
            return "a page at " + Math.max(dataPageOffset, indexPageOffset);
        }
        if (columnIndexOffset > 0 && !inside(columnIndexOffset, columnIndexLength, end)) {
            return "column index at " + columnIndexOffset + " + " + columnIndexLength;
        }
        if (offsetIndexOffset > 0 && !inside(offsetIndexOffset, offsetIndexLength, end)) {
            return "offset index at " + offsetIndexOffset + " + " + offsetIndexLength;
        }
        if (bloomFilterOffset > 0 && !inside(bloomFilterOffset, bloomFilterLength, end)) {
            return "bloom filter at " + bloomFilterOffset + " + " + bloomFilterLength;
        }
        return null;
    }

    private static boolean inside(long offset, long length, long end) {
        return offset >= 4 && length >= 0 && length <= end - offset;
    }
}
