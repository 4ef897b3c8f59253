// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The stored runs: which one is at work, since when and in which process, and how the others ended. Several processes may use
 * one log. A call that returns has stored durably what it was given, and every later call of any process sees it. Safe for use
 * by several threads. A failure is a {@link io.agnes.core.RegistryFailedException}; then nothing was changed.
 */
public interface RunLog {
    /** The result of {@link #start}. */
    sealed interface Start {
        /** The run is stored and may begin. */
        record Started() implements Start {}

        /**
         * Another run is at work, so nothing was stored.
         *
         * @param run the one at work, of this process or another
         */
        record AlreadyRunning(SyncRun run) implements Start {}
    }

    /**
     * Stores a run unless one is at work. Of several concurrent calls, in one process or several, one gets
     * {@link Start.Started}. A caller begins its work after this returns.
     *
     * @param run {@linkplain SyncRun.Status#RUNNING running}
     */
    Start start(SyncRun run);

    /** The run at work in any process. */
    Optional<SyncRun> running();

    /** Stores the outcome of one table of a run. */
    void finished(RunId run, TableId table, TableOutcome outcome, Instant at);

    /** Stores how a run ended. */
    void finished(RunId run, SyncRun.Status status, Instant at);

    /**
     * Marks the runs that an earlier process of this owner left running as {@link SyncRun.Status#INTERRUPTED}. Runs of other
     * owners stay as they are.
     *
     * @return how many runs were marked
     */
    int interruptLeftovers(RunOwner owner, Instant at);

    /** The error message of each table whose last attempt failed. */
    Map<TableId, String> lastErrors();

    /** The end of the newest run that succeeded; empty if none did. */
    Optional<Instant> lastSuccess();

    /** The run with its outcomes so far, in the order in which they were stored. */
    Optional<SyncRun> find(RunId run);

    /** The newest runs, newest first, with their outcomes. */
    default List<SyncRun> newest(int limit) {
        return newest(Optional.empty(), limit);
    }

    /**
     * The newest runs, newest first, with their outcomes.
     *
     * @param before return only runs older than this one, and no run if this one is unknown
     */
    List<SyncRun> newest(Optional<RunId> before, int limit);
}
