// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.List;

/** The result of planning a merge. */
public sealed interface MergeOutcome {
    /**
     * The parts can be merged by copying row groups.
     *
     * @param notes what the merged file loses or readers should know
     */
    record Mergeable(MergePlan plan, List<Note> notes) implements MergeOutcome {
        public Mergeable {
            notes = List.copyOf(notes);
        }
    }

    /**
     * The parts cannot be merged by copying. A {@link ParquetRewriter} may be able to rewrite them as one file.
     *
     * @param reasons at most {@link ParquetLimits#FINDINGS}
     */
    record NeedsRewrite(List<Reason> reasons) implements MergeOutcome {
        public NeedsRewrite {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * The parts can be neither copied nor rewritten: a part is damaged or encrypted, or the meaning of values differs.
     *
     * @param reasons at most {@link ParquetLimits#FINDINGS}
     */
    record Refused(List<Reason> reasons) implements MergeOutcome {
        public Refused {
            reasons = List.copyOf(reasons);
        }
    }
}
