// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.List;

/** The result of a rewrite. */
public sealed interface RewriteOutcome {
    /**
     * The target holds every row of every part with unchanged values.
     *
     * @param rows the number of rows in the target's footer
     * @param notes what the target lost: storage types, field ids, {@code REQUIRED}, key-values; at most
     *     {@link ParquetLimits#FINDINGS}
     */
    record Rewritten(long rows, List<Note> notes) implements RewriteOutcome {
        public Rewritten {
            notes = List.copyOf(notes);
        }
    }

    /**
     * The rewrite would change a value or mix up columns. The target does not exist.
     *
     * @param reasons each with the column, both types and both parts; at most {@link ParquetLimits#FINDINGS}
     */
    record Refused(List<Reason> reasons) implements RewriteOutcome {
        public Refused {
            reasons = List.copyOf(reasons);
        }
    }
}
