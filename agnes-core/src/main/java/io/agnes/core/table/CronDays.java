// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.time.LocalDate;
import java.util.function.Predicate;

/** The days that match the last three fields of cron. */
record CronDays(CronField dayOfMonth, CronField month, CronField dayOfWeek) implements Predicate<LocalDate> {
    private static final int DAYS_IN_WEEK = 7;

    @Override
    public boolean test(LocalDate date) {
        if (!month.has(date.getMonthValue())) {
            return false;
        }
        boolean onDay = dayOfMonth.has(date.getDayOfMonth());
        boolean onWeekday = dayOfWeek.has(date.getDayOfWeek().getValue() % DAYS_IN_WEEK);
        // As in crontab(5): of two restricted fields one has to match, and a field that begins with * is unrestricted.
        boolean both = dayOfMonth.star() || dayOfWeek.star();
        return both ? (onDay && onWeekday) : (onDay || onWeekday);
    }
}
