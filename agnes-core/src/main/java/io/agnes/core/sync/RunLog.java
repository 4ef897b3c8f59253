// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What remembers runs. What returns normally has been stored durably. Safe for use by several threads. Failures are an
 * unchecked exception of the implementation.
 */
public interface RunLog {
    /** Stores a run that is about to start; nothing of it happens before this returns. */
    void started(SyncRun run);

    /** Stores what became of one table of a run. */
    void finished(RunId run, TableId table, TableOutcome outcome, Instant at);

    /** Stores how a run ended. */
    void finished(RunId run, SyncRun.Status status, Instant at);

    /** Marks the runs that an earlier process left running as {@link SyncRun.Status#INTERRUPTED}; how many there were. */
    int interruptLeftovers(Instant at);

    /** Why each table failed whose last attempt did, in a sentence. */
    Map<TableId, String> lastErrors();

    /** When the last run ended that succeeded; nothing if none did. */
    Optional<Instant> lastSuccess();

    /** The run with its outcomes so far, in the order that they were stored. */
    Optional<SyncRun> find(RunId run);

    /** The newest runs, newest first, with their outcomes. */
    default List<SyncRun> newest(int limit) {
        return newest(Optional.empty(), limit);
    }

    /**
     * The newest runs, newest first, with their outcomes.
     *
     * @param before only those older than this one; none if it is not known
     */
    List<SyncRun> newest(Optional<RunId> before, int limit);
}
