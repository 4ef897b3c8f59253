// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.AgnesException;
import io.agnes.core.TableId;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.Schedule;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableSchedules;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the tables that the scheduler should sync. Safe for use by several threads. */
public final class DueTables {
    private static final System.Logger LOG = System.getLogger(DueTables.class.getName());

    private final TableRegistry tables;
    private final TableSchedules schedules;
    private final ScheduleState state;
    private final @Nullable Schedule defaultSchedule;

    /** @param defaultSchedule for tables without a schedule; null if they are never due */
    public DueTables(
            TableRegistry tables, TableSchedules schedules, ScheduleState state, @Nullable Schedule defaultSchedule) {
        this.tables = tables;
        this.schedules = schedules;
        this.state = state;
        this.defaultSchedule = defaultSchedule;
    }

    /** The materialized and local tables that are due at this time, in the order of the registry. */
    public List<TableId> at(Instant now) {
        Map<TableId, LastAttempt> attempts = state.lastAttempts();
        return tables.all().stream()
                .map(TableRegistry.Entry::table)
                .filter(table -> table.queryMode() != QueryMode.REMOTE)
                .filter(table -> isDue(table, Optional.ofNullable(attempts.get(table.id())), now))
                .map(TableRecord::id)
                .toList();
    }

    private boolean isDue(TableRecord table, Optional<LastAttempt> last, Instant now) {
        return schedule(table)
                .filter(schedule ->
                        last.isPresent() ? last.get().isDue(schedule, now) : schedule.isDue(Optional.empty(), now))
                .isPresent();
    }

    /** An unreadable schedule is logged, so that the other tables are still scheduled. */
    private Optional<Schedule> schedule(TableRecord table) {
        try {
            return schedules.of(table).or(() -> Optional.ofNullable(defaultSchedule));
        } catch (AgnesException e) {
            LOG.log(System.Logger.Level.WARNING, "table {0} is not scheduled: {1}", table.id(), e.getMessage());
            return Optional.empty();
        }
    }
}
