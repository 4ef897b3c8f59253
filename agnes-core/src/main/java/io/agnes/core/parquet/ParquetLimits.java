// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.Printable;

/** Bounds on what is read from a file that anybody may have written. */
public final class ParquetLimits {
    /** Parts of one merge. */
    public static final int PARTS = 100_000;

    /** One footer, in bytes. Those of good files stay below 1 MiB, and no larger one is worth merging. */
    public static final int FOOTER_BYTES = 16 << 20;

    /** What a plan keeps of all parts together: footers and offset indexes, in bytes. */
    public static final long KEPT_BYTES = 64L << 20;

    /** The stretch of one part that holds its offset indexes, in bytes. Writers put them side by side. */
    public static final int OFFSET_INDEX_SPAN = 16 << 20;

    /** Elements of one schema, groups included. */
    public static final int SCHEMA_ELEMENTS = 50_000;

    /** Key-values of one file. */
    public static final int KEY_VALUES = 10_000;

    /** Groups inside groups. */
    public static final int SCHEMA_DEPTH = 50;

    /** Row groups of one file. */
    public static final int ROW_GROUPS = 1_000_000;

    /** Structures inside structures of the footer's encoding; the format itself needs eight. */
    public static final int STRUCT_DEPTH = 32;

    /** Reasons that one outcome lists. */
    public static final int FINDINGS = 100;

    /** Characters of a name or a writer's signature that a reason quotes. */
    public static final int QUOTED = 200;

    private ParquetLimits() {}

    /** The text, or its beginning, safe to print. */
    static String quoted(String text) {
        return Printable.of(text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "…");
    }
}
