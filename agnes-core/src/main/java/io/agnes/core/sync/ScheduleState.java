// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import java.util.Map;

/**
 * What is remembered of each table's last attempt, longer than the process lives. Whatever implements {@link RunLog}
 * knows it: {@link LastAttempt#started} for every table of a run, targeted or not, in {@link RunLog#started};
 * {@link LastAttempt#ended} in {@link RunLog#finished(RunId, TableId, TableOutcome, java.time.Instant)};
 * {@link LastAttempt#interrupted} in {@link RunLog#interruptLeftovers} for the tables without an outcome. A run is
 * stored before anything of it happens, so no crash makes the scheduler forget that it has started one.
 */
@FunctionalInterface
public interface ScheduleState {
    /** The last attempt of each table that ever had one. Asked once per tick; safe for use by several threads. */
    Map<TableId, LastAttempt> lastAttempts();
}
