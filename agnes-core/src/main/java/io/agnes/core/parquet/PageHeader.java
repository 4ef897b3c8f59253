// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import org.jspecify.annotations.Nullable;

/** The first fields of a page's header, enough to tell one from any other bytes. */
final class PageHeader {
    /** The three fields come first and take at most eleven bytes each; statistics that may follow are not read. */
    static final int BYTES = 64;

    private static final int TYPE = 1;
    private static final int UNCOMPRESSED_BYTES = 2;
    private static final int COMPRESSED_BYTES = 3;
    private static final int MOST_TYPES = 3;

    private PageHeader() {}

    /**
     * @param left bytes from the header's first one to the end of its chunk
     * @return what is wrong with it, or null
     */
    static @Nullable String problem(byte[] bytes, long left) {
        try {
            CompactReader.Fields fields = new CompactReader(bytes).struct();
            int type = field(fields, TYPE);
            int uncompressed = field(fields, UNCOMPRESSED_BYTES);
            int compressed = field(fields, COMPRESSED_BYTES);
            boolean sane =
                    type >= 0 && type <= MOST_TYPES && uncompressed >= 0 && compressed >= 0 && compressed <= left;
            return sane
                    ? null
                    : "a page of type " + type + " with " + compressed + " bytes where " + left + " are left";
        } catch (Malformed e) {
            return e.getMessage();
        }
    }

    private static int field(CompactReader.Fields fields, int id) {
        if (!fields.next() || fields.id() != id) {
            throw new Malformed("no page header begins there");
        }
        return fields.i32();
    }
}
