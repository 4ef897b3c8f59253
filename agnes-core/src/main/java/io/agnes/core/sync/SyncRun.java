// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run as it is stored.
 *
 * @param owner the process that works on it
 * @param startedBy the user, or {@code scheduler}
 * @param targets the requested tables; empty for all
 * @param finishedAt null while it runs
 * @param outcomes of the finished tables, in the order in which they finished
 */
public record SyncRun(
        RunId id,
        RunOwner owner,
        String startedBy,
        Instant startedAt,
        List<TableId> targets,
        Status status,
        @Nullable Instant finishedAt,
        Map<TableId, TableOutcome> outcomes) {
    /** The state of a run. */
    public enum Status {
        /** At work. */
        RUNNING,
        /** No table failed: each was published, unchanged, skipped or refused for being empty. */
        SUCCEEDED,
        /** Some tables failed. */
        PARTIAL,
        /** Every table failed, or the run broke off. */
        FAILED,
        /** A user ended it. */
        CANCELLED,
        /** The process ended before the run did. */
        INTERRUPTED;

        /** The name in lower case, as in the contract and the registry. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
