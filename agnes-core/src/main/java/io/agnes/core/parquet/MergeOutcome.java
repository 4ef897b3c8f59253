// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.List;

/** What became of the question whether parts can be one file. */
public sealed interface MergeOutcome {
    /** They can. */
    record Mergeable(MergePlan plan, List<Note> notes) implements MergeOutcome {
        public Mergeable {
            notes = List.copyOf(notes);
        }
    }

    /** Not by copying; a {@link ParquetRewriter} can make one of them. At most {@link ParquetLimits#FINDINGS} reasons. */
    record NeedsRewrite(List<Reason> reasons) implements MergeOutcome {
        public NeedsRewrite {
            reasons = List.copyOf(reasons);
        }
    }

    /** No way is safe: damage, encryption, or values whose meaning differs. At most {@link ParquetLimits#FINDINGS} reasons. */
    record Refused(List<Reason> reasons) implements MergeOutcome {
        public Refused {
            reasons = List.copyOf(reasons);
        }
    }
}
