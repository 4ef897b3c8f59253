// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.Problems;
import io.agnes.core.table.Schedule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the scheduler behaves.
 *
 * @param tick how long it waits between two looks at what is due; 1 s to 1 h
 * @param startGrace how long it waits after the start before the first look; up to 1 h
 * @param defaultSchedule of tables without one of their own; null if those wait for a trigger
 * @param metadataInterval between two refreshes of cached metadata, 1 min or more; null for none
 */
public record SchedulerConfig(
        Duration tick,
        Duration startGrace,
        @Nullable Schedule defaultSchedule,
        @Nullable Duration metadataInterval) {
    /** A minute: what schedules are counted in. */
    public static final Duration DEFAULT_TICK = Duration.ofSeconds(60);

    /** Half a minute: a server that comes up answers its users before it catches up. */
    public static final Duration DEFAULT_START_GRACE = Duration.ofSeconds(30);

    /** An hour: sources say cheaply that nothing has changed. */
    public static final Schedule DEFAULT_SCHEDULE = Schedule.parse("every 1h");

    private static final Duration SHORTEST_TICK = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final Duration SHORTEST_METADATA_INTERVAL = Duration.ofMinutes(1);

    /** @throws IllegalArgumentException naming every value that is out of bounds */
    public SchedulerConfig {
        new Problems("scheduler")
                .require(
                        tick.compareTo(SHORTEST_TICK) >= 0 && tick.compareTo(LONGEST_WAIT) <= 0,
                        "tick must be 1 s to 1 h")
                .require(
                        !startGrace.isNegative() && startGrace.compareTo(LONGEST_WAIT) <= 0,
                        "start-grace must be 0 s to 1 h")
                .require(
                        metadataInterval == null || metadataInterval.compareTo(SHORTEST_METADATA_INTERVAL) >= 0,
                        "metadata-interval must be 1 min or more")
                .throwIfAny();
    }

    /** The defaults; metadata is not refreshed. */
    public static SchedulerConfig of() {
        return new SchedulerConfig(DEFAULT_TICK, DEFAULT_START_GRACE, DEFAULT_SCHEDULE, null);
    }

    /** The same with another schedule for tables without one, or with none. */
    public SchedulerConfig withDefaultSchedule(@Nullable Schedule schedule) {
        return new SchedulerConfig(tick, startGrace, schedule, metadataInterval);
    }

    /** The same, refreshing metadata so often. */
    public SchedulerConfig withMetadataInterval(Duration interval) {
        return new SchedulerConfig(tick, startGrace, defaultSchedule, interval);
    }
}
