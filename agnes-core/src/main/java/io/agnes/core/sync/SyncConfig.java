// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.Problems;
import java.time.Duration;

/**
 * The configuration of runs.
 *
 * @param tablesAtOnce 1 to 64
 * @param tableDeadline the longest time for one table
 * @param versionGrace how long a replaced version stays for its readers
 */
public record SyncConfig(int tablesAtOnce, Duration tableDeadline, Duration versionGrace) {
    /** A source allows about ten exports at once; half of them stay free for its other users. */
    public static final int DEFAULT_TABLES_AT_ONCE = 4;

    /** An hour: the longest export of one table. */
    public static final Duration DEFAULT_TABLE_DEADLINE = Duration.ofHours(1);

    /** A day: longer than a download takes and than a client uses one manifest. */
    public static final Duration DEFAULT_VERSION_GRACE = Duration.ofDays(1);

    private static final int MOST_TABLES_AT_ONCE = 64;

    /** @throws IllegalArgumentException naming every value that is out of bounds */
    public SyncConfig {
        new Problems("sync")
                .require(tablesAtOnce >= 1 && tablesAtOnce <= MOST_TABLES_AT_ONCE, "tables-at-once must be 1 to 64")
                .require(tableDeadline.isPositive(), "table-deadline must be positive")
                .require(!versionGrace.isNegative(), "version-grace must not be negative")
                .throwIfAny();
    }

    /** The defaults. */
    public static SyncConfig of() {
        return new SyncConfig(DEFAULT_TABLES_AT_ONCE, DEFAULT_TABLE_DEADLINE, DEFAULT_VERSION_GRACE);
    }
}
