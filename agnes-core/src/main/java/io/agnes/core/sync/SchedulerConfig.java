// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.Problems;
import io.agnes.core.table.Schedule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a {@link Scheduler}.
 *
 * @param tick between two searches for due tables; 1 s to 1 h
 * @param startGrace between the start and the first tick; up to 1 h
 * @param defaultSchedule for tables without a schedule; null if they wait for a trigger
 * @param metadataInterval between two refreshes of cached metadata, 1 min or more; null for no refresh
 */
public record SchedulerConfig(
        Duration tick,
        Duration startGrace,
        @Nullable Schedule defaultSchedule,
        @Nullable Duration metadataInterval) {
    /** A minute: the resolution of schedules. */
    public static final Duration DEFAULT_TICK = Duration.ofSeconds(60);

    /** Half a minute: a starting server answers its users before it starts runs. */
    public static final Duration DEFAULT_START_GRACE = Duration.ofSeconds(30);

    /** An hour: an unchanged table costs a source little. */
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

    /** The same with another default schedule, or none. */
    public SchedulerConfig withDefaultSchedule(@Nullable Schedule schedule) {
        return new SchedulerConfig(tick, startGrace, schedule, metadataInterval);
    }

    /** The same with another interval for metadata. */
    public SchedulerConfig withMetadataInterval(Duration interval) {
        return new SchedulerConfig(tick, startGrace, defaultSchedule, interval);
    }
}
