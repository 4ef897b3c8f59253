// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.List;

/** The methods that {@link MergeBench} compares. */
enum MergeMethod {
    /** Reads and writes the bytes without merging. */
    CAT("cat", true),
    DUCKDB("DuckDB COPY", false, "-Xmx256m"),
    DUCKDB_TUNED("DuckDB COPY, any order", false, "-Xmx256m"),
    APPEND("parquet-java appendFile", false, "-Xmx1g"),
    REWRITER("parquet-java ParquetRewriter", false, "-Xmx1g"),
    COPY("ours, copy", true, "-Xmx64m", "-Xmn8m"),
    /** A copy without a warm-up merge. */
    FIRST_COPY("ours, copy, first in its JVM", true, "-Xmx64m", "-Xmn8m"),
    /** In place at {@link MergeRun#FAST}. */
    IN_PLACE("ours, in place", false, "-Xmx64m", "-Xmn8m"),
    /** In place at {@link MergeRun#SLOW}, a rate that every processor can hash. */
    SLOW_IN_PLACE("ours, in place, slower", false, "-Xmx64m", "-Xmn8m");

    private final String label;
    private final boolean quick;
    private final List<String> heap;

    MergeMethod(String label, boolean quick, String... heap) {
        this.label = label;
        this.quick = quick;
        this.heap = List.of(heap);
    }

    String label() {
        return label;
    }

    /** Whether the method is quick enough for more runs. */
    boolean quick() {
        return quick;
    }

    /** The options of the JVM that runs the method; empty if it runs in none. */
    List<String> heap() {
        return heap;
    }
}
