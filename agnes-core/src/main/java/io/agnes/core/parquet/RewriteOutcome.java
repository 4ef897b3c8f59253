// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.List;

/** What became of a rewrite. */
public sealed interface RewriteOutcome {
    /**
     * The target holds every row of every part, and each value as it was.
     *
     * @param rows as the target's own footer counts them
     * @param notes what the target no longer says: how columns are stored, field ids, {@code REQUIRED}, key-values; at most
     *     {@link ParquetLimits#FINDINGS}
     */
    record Rewritten(long rows, List<Note> notes) implements RewriteOutcome {
        public Rewritten {
            notes = List.copyOf(notes);
        }
    }

    /**
     * Some value would become another one, or a column another column. No target was left.
     *
     * @param reasons each with the column, both types and both parts; at most {@link ParquetLimits#FINDINGS}
     */
    record Refused(List<Reason> reasons) implements RewriteOutcome {
        public Refused {
            reasons = List.copyOf(reasons);
        }
    }
}
