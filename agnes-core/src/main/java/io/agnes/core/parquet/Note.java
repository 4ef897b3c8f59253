// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is worth knowing about a merge that goes ahead. */
public sealed interface Note {
    /** One sentence for people. */
    String message();

    /**
     * A key-value of the parts that the merged file leaves out.
     *
     * @param why it is different, or only true of one part
     */
    record KeyValueDropped(String key, String why) implements Note {
        @Override
        public String message() {
            return "key " + ParquetLimits.quoted(key) + " is left out: " + why;
        }
    }

    /**
     * An index of pandas that counts rows, in the merged file.
     *
     * @param what became of it
     */
    record PandasIndex(String what) implements Note {
        @Override
        public String message() {
            return "the pandas index " + what;
        }
    }

    /**
     * Different programs or versions wrote the parts, and somebody asked to ignore that.
     *
     * @param writers in their own words
     * @param named the one that the merged file names; empty if it names none
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

    /** Row groups said how they are sorted; some readers would take that for an order of the whole file. */
    record SortingDropped(int rowGroups) implements Note {
        @Override
        public String message() {
            return "the sort order of " + rowGroups + " row groups is not mentioned any more";
        }
    }

    /** More row groups than the format's 16-bit ordinals can count. */
    record OrdinalsDropped(int rowGroups) implements Note {
        @Override
        public String message() {
            return rowGroups + " row groups are too many to be numbered";
        }
    }

    /** Fine to serve now, better rewritten some time. */
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
     * The values of a column are the same and are stored in another way.
     *
     * @param was the line of schema text in a part
     * @param is that of the rewritten file; empty if a nested column has other groups there
     */
    record StoredDifferently(String column, String was, String is) implements Note {
        @Override
        public String message() {
            return "column " + column + " was stored as " + was + " and is "
                    + (is.isEmpty() ? "within groups of other names" : is);
        }
    }

    /**
     * A part lacks a column, which is NULL in its rows.
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
