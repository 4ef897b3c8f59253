// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Something that a merged or rewritten file loses, or that its readers should know. */
public sealed interface Note {
    /** The note as one sentence. */
    String message();

    /**
     * The merged file leaves out a key-value of the parts.
     *
     * @param why the reason, as the end of a sentence
     */
    record KeyValueDropped(String key, String why) implements Note {
        @Override
        public String message() {
            return "key " + ParquetLimits.quoted(key) + " is left out: " + why;
        }
    }

    /**
     * The merged file renumbers or leaves out a pandas range index.
     *
     * @param what the change, as the end of a sentence
     */
    record PandasIndex(String what) implements Note {
        @Override
        public String message() {
            return "the pandas index " + what;
        }
    }

    /**
     * Different programs or versions wrote the parts, and {@link MergeRules#withAnyWriter} allowed it.
     *
     * @param writers the values of {@code created_by}
     * @param named {@code created_by} of the merged file; empty if it names no writer
     */
    record WritersDiffer(List<String> writers, Optional<String> named) implements Note {
        public WritersDiffer {
            writers = List.copyOf(writers);
        }

        @Override
        public String message() {
            String said = named.map(
                            name -> "names the oldest of them, \"" + name
                                    + "\", so readers may distrust statistics of the others and work around faults that they do not have")
                    .orElse("names none, so readers cannot work around a known fault of one of them, and some ignore"
                            + " statistics");
            return "the parts have different writers (" + String.join(", ", writers) + "): created_by " + said;
        }
    }

    /** The merged file leaves out {@code sorting_columns}, which some readers would take for the order of the whole file. */
    record SortingDropped(int rowGroups) implements Note {
        @Override
        public String message() {
            return "the sort order of " + rowGroups + " row groups is left out";
        }
    }

    /** The merged file has no row group ordinals, because it has more row groups than their 16 bits can count. */
    record OrdinalsDropped(int rowGroups) implements Note {
        @Override
        public String message() {
            return rowGroups + " row groups are too many to be numbered";
        }
    }

    /** The merged file is usable, but its row groups are small and a rewrite would make queries faster. */
    record SmallRowGroups(double footerShare, long medianRows) implements Note {
        @Override
        public String message() {
            return String.format(
                    Locale.ROOT,
                    "row groups are small (footer %.2f %% of the data, median %d rows); queries would gain from a rewrite",
                    footerShare * 100,
                    medianRows);
        }
    }

    /**
     * A rewrite kept the values of a column and changed its type or repetition.
     *
     * @param was the column's line of schema text in a part
     * @param is its line in the rewritten file; empty if a nested column has other groups there
     */
    record StoredDifferently(String column, String was, String is) implements Note {
        @Override
        public String message() {
            return "column " + column + " was stored as " + was + " and is "
                    + (is.isEmpty() ? "within groups of other names" : is);
        }
    }

    /**
     * A part lacks a column, so the column is NULL in the part's rows.
     *
     * @param part counted from 1
     */
    record ColumnAbsent(String column, int part) implements Note {
        @Override
        public String message() {
            return "column " + column + " is NULL in the rows of part " + part + ", which lacks it";
        }
    }
}
