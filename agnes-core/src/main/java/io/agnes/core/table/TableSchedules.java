// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.util.Optional;

/** Finds the schedule of a table. Safe for use by several threads. */
@FunctionalInterface
public interface TableSchedules {
    /** The schedule of the table; empty if it uses the default. */
    Optional<Schedule> of(TableRecord table);
}
