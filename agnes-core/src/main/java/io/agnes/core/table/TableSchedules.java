// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.util.Optional;

/** Which schedule a table was given. Safe for use by several threads. */
@FunctionalInterface
public interface TableSchedules {
    /** Its own schedule; nothing if it has none. */
    Optional<Schedule> of(TableRecord table);
}
