// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import io.agnes.core.CoreException;
import java.util.BitSet;
import java.util.List;

/**
 * One field of cron.
 *
 * @param text canonical
 * @param values that match; never changed
 * @param star whether it begins with {@code *}
 */
record CronField(String text, BitSet values, boolean star) {
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

    /** The position of a field and its range. */
    enum Kind {
        MINUTE("a minute", "minutes", 0, 59),
        HOUR("an hour", "hours", 0, 23),
        DAY_OF_MONTH("a day of month", "days of month", 1, 31),
        MONTH("a month", "months", 1, 12),
        /** 7 is Sunday too, so that a range can end with Sunday. */
        DAY_OF_WEEK("a day of week", "days of week", 0, 7);

        private final String one;
        private final String many;
        private final int first;
        private final int last;

        Kind(String one, String many, int first, int last) {
            this.one = one;
            this.many = many;
            this.first = first;
            this.last = last;
        }

        private List<String> names() {
            return switch (this) {
                case MONTH -> MONTHS;
                case DAY_OF_WEEK -> DAYS;
                case MINUTE, HOUR, DAY_OF_MONTH -> List.of();
            };
        }

        private String allowed() {
            String numbers = one + " of " + first + " to " + last;
            return names().isEmpty() ? numbers : numbers + " or " + names().getFirst() + " to " + names().getLast();
        }

        private int value(String text) {
            int named = names().indexOf(text);
            int value = named >= 0 ? first + named : ScheduleText.number(text);
            if (value < first || value > last) {
                throw CoreException.scheduleInvalid(allowed(), ScheduleText.quoted(text));
            }
            return value;
        }

        /** The end of a range; {@code sun} ends a week that begins on another day. */
        private int end(String text, int from) {
            return this == DAY_OF_WEEK && from > 0 && text.equals("sun") ? last : value(text);
        }

        private int step(String text) {
            int step = ScheduleText.number(text);
            if (step < 1 || step > last) {
                throw CoreException.scheduleInvalid("a step of 1 to " + last, ScheduleText.quoted(text));
            }
            return step;
        }
    }

    /** @param text in lower case, without spaces */
    static CronField parse(Kind kind, String text) {
        BitSet values = new BitSet();
        if (text.equals("*") || text.startsWith("*/")) {
            int step = text.equals("*") ? 1 : kind.step(text.substring(2));
            set(values, kind.first, kind == Kind.DAY_OF_WEEK ? kind.last - 1 : kind.last, step);
            return new CronField(step == 1 ? "*" : "*/" + step, values, true);
        }
        for (String item : text.split(",", -1)) {
            add(kind, item, values);
        }
        if (kind == Kind.DAY_OF_WEEK && values.get(kind.last)) {
            values.clear(kind.last);
            values.set(0);
        }
        return new CronField(listed(values), values, false);
    }

    private static void add(Kind kind, String item, BitSet values) {
        int slash = item.indexOf('/');
        String range = slash < 0 ? item : item.substring(0, slash);
        int dash = range.indexOf('-');
        int from = kind.value(dash < 0 ? range : range.substring(0, dash));
        if (dash < 0 && slash >= 0) {
            throw CoreException.scheduleInvalid(
                    "a range before the step, such as " + from + "-" + kind.last + item.substring(slash),
                    ScheduleText.quoted(item));
        }
        int to = dash < 0 ? from : kind.end(range.substring(dash + 1), from);
        if (to < from) {
            throw CoreException.scheduleInvalid("a range of " + kind.many + " that rises", ScheduleText.quoted(range));
        }
        set(values, from, to, slash < 0 ? 1 : kind.step(item.substring(slash + 1)));
    }

    private static void set(BitSet values, int from, int to, int step) {
        for (int value = from; value <= to; value += step) {
            values.set(value);
        }
    }

    /** Lists the values; three or more in a row become a range. */
    private static String listed(BitSet values) {
        StringBuilder text = new StringBuilder();
        for (int from = values.nextSetBit(0); from >= 0; ) {
            int end = values.nextClearBit(from);
            boolean range = end - from >= 3;
            text.append(text.isEmpty() ? "" : ",").append(from);
            if (range) {
                text.append('-').append(end - 1);
            }
            from = values.nextSetBit(range ? end : from + 1);
        }
        return text.toString();
    }

    boolean has(int value) {
        return values.get(value);
    }
}
