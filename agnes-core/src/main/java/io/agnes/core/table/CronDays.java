// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.time.LocalDate;
import java.util.function.Predicate;

/** The days that the last three fields of cron ask for. */
record CronDays(CronField dayOfMonth, CronField month, CronField dayOfWeek) implements Predicate<LocalDate> {
    private static final int DAYS_IN_WEEK = 7;

    @Override
    public boolean test(LocalDate date) {
        if (!month.has(date.getMonthValue())) {
            return false;
        }
        boolean onDay = dayOfMonth.has(date.getDayOfMonth());
        boolean onWeekday = dayOfWeek.has(date.getDayOfWeek().getValue() % DAYS_IN_WEEK);
        // As in crontab(5): two restrictions widen each other, and a field that begins with * is none.
        boolean both = dayOfMonth.star() || dayOfWeek.star();
        return both ? (onDay && onWeekday) : (onDay || onWeekday);
    }
}
