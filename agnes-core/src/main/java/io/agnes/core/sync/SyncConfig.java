// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.Problems;
import io.agnes.core.settings.Setting;
import io.agnes.core.settings.SettingType;
import io.agnes.core.settings.SettingsSection;
import java.time.Duration;
import java.util.List;

/**
 * Settings of sync runs. The constants describe them.
 *
 * @param tablesAtOnce how many tables of a run are synced at the same time
 * @param tableDeadline time after which the sync of one table is cancelled
 * @param versionGrace how long a replaced version is kept for downloads that already started
 */
public record SyncConfig(int tablesAtOnce, Duration tableDeadline, Duration versionGrace) {
    /** Default 4: a source allows about ten exports at once, and half of that leaves room for its other users. */
    public static final Setting<Integer> TABLES_AT_ONCE = Setting.of(
            "tables-at-once",
            new SettingType.WholeNumber(1, 64),
            4,
            "how many tables of a run are synced at the same time");

    /** Default one hour: the longest that an export of one table is allowed to run. */
    public static final Setting<Duration> TABLE_DEADLINE = Setting.of(
                    "table-deadline",
                    SettingType.Seconds.positive(),
                    Duration.ofHours(1),
                    "time after which the sync of one table is cancelled")
            .withEnvironment("AGNES_EXTRACTOR_TIMEOUT_SEC");

    /** Default one day: longer than any download runs, and longer than clients keep a manifest. */
    public static final Setting<Duration> VERSION_GRACE = Setting.of(
                    "version-grace",
                    SettingType.Seconds.from(Duration.ZERO),
                    Duration.ofDays(1),
                    "how long a replaced version is kept for downloads that already started")
            .withEnvironment("AGNES_VERSION_GRACE_SEC");

    /** All of them. */
    public static final SettingsSection<SyncConfig> SETTINGS = new SettingsSection<>(
            "sync",
            List.of(TABLES_AT_ONCE, TABLE_DEADLINE, VERSION_GRACE),
            values ->
                    new SyncConfig(values.get(TABLES_AT_ONCE), values.get(TABLE_DEADLINE), values.get(VERSION_GRACE)));

    /** @throws IllegalArgumentException naming every value that is out of bounds */
    public SyncConfig {
        Problems problems = new Problems("sync");
        TABLES_AT_ONCE.check(problems, tablesAtOnce);
        TABLE_DEADLINE.check(problems, tableDeadline);
        VERSION_GRACE.check(problems, versionGrace);
        problems.throwIfAny();
    }

    /** The defaults. */
    public static SyncConfig of() {
        return SETTINGS.defaults();
    }
}
