// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.util.List;

/**
 * Decides from the schemas of parts whether a rewrite can keep every value, before a row is decoded. Columns are matched by
 * name. Different types of one column are united if one type holds every value of both exactly. Columns that an SQL engine
 * would truncate, round, rename or reinterpret are refused.
 */
public sealed interface RewritePlan {
    /**
     * A rewrite can keep every value.
     *
     * @param columns the columns of the rewritten file, in the order in which they first occur in the parts
     * @param rows the number of rows of all parts, from their footers
     */
    record Possible(List<Column> columns, long rows, List<ParquetFile> parts) implements RewritePlan {
        public Possible {
            columns = List.copyOf(columns);
            parts = List.copyOf(parts);
        }

        /** What the rewritten file lost, at most {@link ParquetLimits#FINDINGS} notes. */
        public List<Note> notes(ParquetFile rewritten) {
            return new RewriteNotes(this, rewritten).notes();
        }
    }

    /**
     * A rewrite would change a value.
     *
     * @param reasons at most {@link ParquetLimits#FINDINGS}
     */
    record Refused(List<Reason> reasons) implements RewritePlan {
        public Refused {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * A column of the rewritten file.
     *
     * @param sqlType the DuckDB type that holds every value; empty for nested columns, which are equal in all parts, and for
     *     columns with only NULL values
     * @param nanoseconds whether the column is INT96, whose values may have nanoseconds that {@code sqlType} lacks
     */
    record Column(String name, String sqlType, boolean nanoseconds) {
        /** Whether a part has this column. */
        public boolean isIn(ParquetFile part) {
            return part.schema().columns().stream()
                    .anyMatch(column -> column.path().getFirst().equals(name));
        }
    }

    /** Plans a rewrite with one or two reads from the end of each part. Invalid parts give {@link Refused}. */
    static RewritePlan of(List<? extends Part> parts) throws IOException, InterruptedException {
        RewriteCheck check = new RewriteCheck();
        for (Part part : parts) {
            switch (ParquetFile.inspect(part)) {
                case ParquetFile.Inspection.Opened opened -> check.add(part.name(), opened.file());
                case ParquetFile.Inspection.Unreadable unreadable -> check.refuse(unreadable.reason());
            }
        }
        return check.plan();
    }
}
