// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.Problems;
import io.agnes.core.settings.Setting;
import io.agnes.core.settings.SettingType;
import io.agnes.core.settings.SettingsSection;
import io.agnes.core.table.Schedule;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the scheduler. The constants describe them.
 *
 * @param tick time between two looks for tables that are due
 * @param startGrace time from the start of the server to the first look
 * @param defaultSchedule schedule of tables without one of their own; null if those are synced by triggers only
 * @param metadataInterval time between two refreshes of cached metadata; null for none
 */
public record SchedulerConfig(
        Duration tick,
        Duration startGrace,
        @Nullable Schedule defaultSchedule,
        @Nullable Duration metadataInterval) {
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Default half a minute: half of the unit that schedules are counted in, so that no slot is missed. */
    public static final Setting<Duration> TICK = Setting.of(
                    "tick",
                    SettingType.Seconds.between(Duration.ofSeconds(1), LONGEST_WAIT),
                    Duration.ofSeconds(30),
                    "time between two looks for tables that are due")
            .withEnvironment("SCHEDULER_TICK_SECONDS");

    /** Default a quarter of an hour: a source says cheaply that a table has not changed. */
    public static final Setting<Duration> REFRESH_INTERVAL = Setting.of(
                    "data-refresh-interval",
                    SettingType.Seconds.zeroOrBetween(MINUTE, Duration.ofDays(7)),
                    Duration.ofMinutes(15),
                    "time between two syncs of a table without a schedule of its own, rounded down to whole minutes;"
                            + " 0 syncs such a table by triggers only")
            .withEnvironment("SCHEDULER_DATA_REFRESH_INTERVAL");

    /** Default half a minute: a server that starts answers its users before it syncs. */
    public static final Setting<Duration> START_GRACE = Setting.of(
            "start-grace",
            SettingType.Seconds.between(Duration.ZERO, LONGEST_WAIT),
            Duration.ofSeconds(30),
            "time from the start of the server to the first look for tables that are due");

    private static final SettingType<Duration> METADATA_INTERVAL = SettingType.Seconds.from(MINUTE);

    /** All of them; a settings file has no metadata interval. */
    public static final SettingsSection<SchedulerConfig> SETTINGS = new SettingsSection<>(
            "scheduler",
            List.of(TICK, REFRESH_INTERVAL, START_GRACE),
            values -> new SchedulerConfig(
                    values.get(TICK), values.get(START_GRACE), schedule(values.get(REFRESH_INTERVAL)), null));

    /** @throws IllegalArgumentException naming every value that is out of bounds */
    public SchedulerConfig {
        Problems problems = new Problems("scheduler");
        TICK.check(problems, tick);
        START_GRACE.check(problems, startGrace);
        problems.require(
                        metadataInterval == null || METADATA_INTERVAL.accepts(metadataInterval),
                        "metadata-interval must be " + METADATA_INTERVAL.bounds())
                .throwIfAny();
    }

    /** The defaults; metadata is not refreshed. */
    public static SchedulerConfig of() {
        return SETTINGS.defaults();
    }

    private static @Nullable Schedule schedule(Duration interval) {
        return interval.isZero() ? null : Schedule.parse("every " + interval.toMinutes() + "m");
    }

    /** The same with another default schedule, or none. */
    public SchedulerConfig withDefaultSchedule(@Nullable Schedule schedule) {
        return new SchedulerConfig(tick, startGrace, schedule, metadataInterval);
    }

    /** The same with another interval between refreshes of metadata. */
    public SchedulerConfig withMetadataInterval(Duration interval) {
        return new SchedulerConfig(tick, startGrace, defaultSchedule, interval);
    }
}
