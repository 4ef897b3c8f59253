// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.List;

/** The ways to make one file of many that {@link MergeBench} compares. */
enum MergeMethod {
    /** Not a merge: what it costs to read and write the bytes. */
    CAT("cat", true),
    DUCKDB("DuckDB COPY", false, "-Xmx256m"),
    DUCKDB_TUNED("DuckDB COPY, any order", false, "-Xmx256m"),
    APPEND("parquet-java appendFile", false, "-Xmx1g"),
    REWRITER("parquet-java ParquetRewriter", false, "-Xmx1g"),
    COPY("ours, copy", true, "-Xmx64m", "-Xmn8m"),
    /** The same, in a JVM that has not merged before. */
    FIRST_COPY("ours, copy, first in its JVM", true, "-Xmx64m", "-Xmn8m"),
    /** At {@link MergeRun#FAST} bytes a second. */
    IN_PLACE("ours, in place", false, "-Xmx64m", "-Xmn8m"),
    /** At {@link MergeRun#SLOW} bytes a second, which every processor can hash. */
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

    /** Whether more runs cost little. */
    boolean quick() {
        return quick;
    }

    /** Options of the JVM that runs it; none for what is no JVM. */
    List<String> heap() {
        return heap;
    }
}
