// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import java.util.Map;

/**
 * The stored last attempt at each table. The implementation of {@link RunLog} keeps it: {@link LastAttempt#started} for
 * every table of a run, targeted or not, in {@link RunLog#start}; {@link LastAttempt#ended} in
 * {@link RunLog#finished(RunId, TableId, TableOutcome, java.time.Instant)}; {@link LastAttempt#interrupted} in
 * {@link RunLog#interruptLeftovers} for the tables without an outcome. A run is stored before its work begins, so the
 * scheduler knows after a crash that it has started one. A failure is a {@link io.agnes.core.RegistryFailedException}.
 */
@FunctionalInterface
public interface ScheduleState {
    /** The last attempt at each table that ever had one. The scheduler asks once per tick. Safe for use by several threads. */
    Map<TableId, LastAttempt> lastAttempts();
}
