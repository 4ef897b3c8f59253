// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import org.jspecify.annotations.Nullable;

/** Recognizes a page header by its first fields. */
final class PageHeader {
    /** The bytes to read: three fields of at most eleven bytes each come first. */
    static final int BYTES = 64;

    private static final int TYPE = 1;
    private static final int UNCOMPRESSED_BYTES = 2;
    private static final int COMPRESSED_BYTES = 3;
    private static final int MOST_TYPES = 3;

    private PageHeader() {}

    /**
     * @param left the number of bytes from the start of the header to the end of the data
     * @return the error, or null
     */
    static @Nullable String problem(byte[] bytes, long left) {
        try {
            CompactReader.StructReader fields = new CompactReader(bytes).struct();
            int type = field(fields, TYPE);
            int uncompressed = field(fields, UNCOMPRESSED_BYTES);
            int compressed = field(fields, COMPRESSED_BYTES);
            boolean sane =
                    type >= 0 && type <= MOST_TYPES && uncompressed >= 0 && compressed >= 0 && compressed <= left;
            return sane
                    ? null
                    : "a page of type " + type + " with " + compressed + " bytes where " + left + " are left";
        } catch (MalformedParquetException e) {
            return e.getMessage();
        }
    }

    private static int field(CompactReader.StructReader fields, int id) {
        if (!fields.next() || fields.id() != id) {
            throw new MalformedParquetException("no page header begins there");
        }
        return fields.i32();
    }
}
