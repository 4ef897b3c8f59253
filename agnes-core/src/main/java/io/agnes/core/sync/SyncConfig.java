// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.Problems;
import java.time.Duration;

/**
 * How runs behave.
 *
 * @param tablesAtOnce 1 to 64
 * @param tableDeadline after which the work on one table is ended
 * @param versionGrace how long a version that is not current any more stays, for those who are reading it
 */
public record SyncConfig(int tablesAtOnce, Duration tableDeadline, Duration versionGrace) {
    /** A source allows about ten exports at once; half of that leaves room for its other users. */
    public static final int DEFAULT_TABLES_AT_ONCE = 4;

    /** An hour: the longest that an export of one table is let run. */
    public static final Duration DEFAULT_TABLE_DEADLINE = Duration.ofHours(1);

    /** A day: longer than any download goes on, and than any manifest is kept without being asked for again. */
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
