// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import java.util.List;

/** What the scheduler needs of the engine: {@code engine::trigger}. */
@FunctionalInterface
public interface RunStarter {
    /**
     * Starts a run, or says which one is at work.
     *
     * @param targets registered tables, at least one
     * @param startedBy for the record
     */
    SyncEngine.Trigger trigger(List<TableId> targets, String startedBy);
}
