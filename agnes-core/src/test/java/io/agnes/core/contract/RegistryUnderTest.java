// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.contract;

import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.ScheduleState;
import io.agnes.core.table.FieldIdRegistry;
import io.agnes.core.table.TableRegistry;

/** One registry behind its ports, as a contract suite opens it. Empty at first. */
public interface RegistryUnderTest extends AutoCloseable {
    /** Its tables. */
    TableRegistry tables();

    /** The ids of the fields of its tables. */
    FieldIdRegistry fieldIds();

    /** Its runs. */
    RunLog runs();

    /** Its last attempts. */
    ScheduleState schedule();

    /** Ends the process that holds the registry and starts the next one, as far as the implementation can. */
    void restart();

    @Override
    void close();
}
