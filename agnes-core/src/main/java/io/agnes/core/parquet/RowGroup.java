// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.ArrayList;
import java.util.List;

/** The fields of one row group that a plan needs, decoded from the Thrift structure {@code RowGroup}. */
final class RowGroup {
    static final int COLUMNS = 1;
    static final int TOTAL_BYTES = 2;
    static final int ROWS = 3;
    static final int SORTING_COLUMNS = 4;
    static final int FILE_OFFSET = 5;
    static final int COMPRESSED_BYTES = 6;
    static final int ORDINAL = 7;

    long rows = -1;
    long totalBytes;
    boolean sorted;
    /** The id of an unknown field, 0 if there is none. An unknown field could be a file offset that a merge must shift. */
    int unknownField;

    final List<ColumnChunk> chunks = new ArrayList<>();

    private RowGroup() {}

    static RowGroup read(CompactReader in) {
        RowGroup group = new RowGroup();
        CompactReader.StructReader fields = in.struct(ThriftStruct.ROW_GROUP);
        while (fields.next()) {
            switch (fields.id()) {
                case COLUMNS -> {
                    for (int i = fields.structs(ParquetLimits.SCHEMA_ELEMENTS); i > 0; i--) {
                        group.chunks.add(ColumnChunk.read(in));
                    }
                }
                case TOTAL_BYTES -> group.totalBytes = fields.i64();
                case ROWS -> group.rows = fields.i64();
                case SORTING_COLUMNS -> {
                    group.sorted = true;
                    fields.skip();
                }
                case FILE_OFFSET, COMPRESSED_BYTES -> fields.i64();
                case ORDINAL -> fields.i16();
                default -> {
                    group.unknownField = fields.id();
                    fields.skip();
                }
            }
        }
        return group;
    }
}
