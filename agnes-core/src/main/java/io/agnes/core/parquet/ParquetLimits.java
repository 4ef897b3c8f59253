// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.Printable;

/** Limits on Parquet files from untrusted writers. A file beyond a limit is refused before memory is allocated for it. */
public final class ParquetLimits {
    /** Number of parts of one merge. */
    public static final int PARTS = 100_000;

    /** Length of one footer in bytes. Footers of well-made files stay below 1 MiB. */
    public static final int FOOTER_BYTES = 16 << 20;

    /** Length in bytes of the footers and offset indexes of all parts that a plan holds in memory. */
    public static final long KEPT_BYTES = 64L << 20;

    /** Distance in bytes from the first to the end of the last offset index of a part. Writers store them contiguously. */
    public static final int OFFSET_INDEX_SPAN = 16 << 20;

    /** Number of elements of one schema, groups included. */
    public static final int SCHEMA_ELEMENTS = 50_000;

    /** Number of key-values of one file. */
    public static final int KEY_VALUES = 10_000;

    /** Depth of nested groups of a schema. */
    public static final int SCHEMA_DEPTH = 50;

    /** Number of row groups of one file. */
    public static final int ROW_GROUPS = 1_000_000;

    /** Depth of nested Thrift structures in a footer; the format needs eight. */
    public static final int STRUCT_DEPTH = 32;

    /** Number of reasons in one outcome. */
    public static final int FINDINGS = 100;

    /** Number of characters of a name or of {@code created_by} that a reason quotes. */
    public static final int QUOTED = 200;

    private ParquetLimits() {}

    /** The text without control characters, cut after {@link #QUOTED} characters. */
    static String quoted(String text) {
        return Printable.of(text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "…");
    }
}
