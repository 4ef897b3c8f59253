// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import java.util.List;

/** Starts runs for the scheduler: {@code engine::trigger}. */
@FunctionalInterface
public interface RunStarter {
    /**
     * Starts a run, or returns the run at work.
     *
     * @param targets registered tables, at least one
     * @param startedBy for the record
     */
    SyncEngine.Trigger trigger(List<TableId> targets, String startedBy);
}
