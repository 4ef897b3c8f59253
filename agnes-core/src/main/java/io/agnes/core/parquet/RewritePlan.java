// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.util.List;

/**
 * What a rewrite of parts must keep, judged by their schemas before a row is decoded. Columns are matched by name. Types that
 * differ are one type only if it holds every value of both exactly; what an engine of SQL would cut, round, rename or
 * read as something else is refused.
 */
public sealed interface RewritePlan {
    /**
     * Every value can be kept.
     *
     * @param columns of the rewritten file, in the order in which parts bring them
     * @param rows of all parts, as their footers count them
     */
    record Possible(List<Column> columns, long rows, List<ParquetFile> parts) implements RewritePlan {
        public Possible {
            columns = List.copyOf(columns);
            parts = List.copyOf(parts);
        }

        /** What is no longer said by the file that the parts became. At most {@link ParquetLimits#FINDINGS}. */
        public List<Note> notes(ParquetFile rewritten) {
            return new RewriteNotes(this, rewritten).notes();
        }
    }

    /** Some value cannot. At most {@link ParquetLimits#FINDINGS} reasons. */
    record Refused(List<Reason> reasons) implements RewritePlan {
        public Refused {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * A column of the rewritten file.
     *
     * @param sqlType the type that holds every value; empty for nested columns, which are the same in all parts, and for
     *     columns that are NULL alone
     * @param nanoseconds whether it is an INT96, whose values may be finer than that type
     */
    record Column(String name, String sqlType, boolean nanoseconds) {
        /** Whether a part has it. */
        public boolean isIn(ParquetFile part) {
            return part.schema().columns().stream()
                    .anyMatch(column -> column.path().getFirst().equals(name));
        }
    }

    /** Reads once or twice from the end of each part. Whatever the bytes are, the answer is a plan. */
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
