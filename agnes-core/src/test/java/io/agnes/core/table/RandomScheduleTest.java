// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.core.CoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Compares random schedules with a slow implementation that checks every minute and shares no code with ours. */
@Tag("slow")
class RandomScheduleTest {
    private static final Instant FROM = Instant.parse("1996-01-01T00:00:00Z");
    private static final int YEARS = 120;
    private static final int DAYS_IN_CYCLE = 146_097;

    @Property(tries = 10_000)
    void slotsAreThoseThatAreFoundByLookingAtEveryMinute(@ForAll long seed) {
        Random random = new Random(seed);
        SlowSchedule slow = SlowSchedule.random(random);
        if (!slow.everMatches()) {
            assertThrows(CoreException.class, () -> Schedule.parse(slow.text()), slow.text());
            return;
        }
        Schedule schedule = Schedule.parse(slow.text());
        assertEquals(schedule, Schedule.parse(schedule.toString()));
        Instant asked = FROM.plusMillis((long) (random.nextDouble() * YEARS * 365.25 * 86_400_000));
        Instant next = schedule.next(asked);
        assertEquals(slow.next(asked), next, () -> slow + " after " + asked);
        assertEquals(Optional.of(slow.latest(asked)), schedule.latest(asked), () -> slow + " until " + asked);
        assertWindow(slow, schedule, random.nextBoolean() ? asked : next.minus(Duration.ofHours(random.nextInt(30))));
    }

    /** Checks a day and a half, minute by minute. */
    private static void assertWindow(SlowSchedule slow, Schedule schedule, Instant from) {
        Instant end = from.plus(Duration.ofHours(36));
        List<Instant> expected = new ArrayList<>();
        for (Instant minute = from.truncatedTo(ChronoUnit.MINUTES).plusSeconds(60);
                !minute.isAfter(end);
                minute = minute.plusSeconds(60)) {
            if (slow.matches(LocalDateTime.ofInstant(minute, ZoneOffset.UTC))) {
                expected.add(minute);
            }
        }
        List<Instant> found = new ArrayList<>();
        for (Instant slot = schedule.next(from); !slot.isAfter(end); slot = schedule.next(slot)) {
            found.add(slot);
        }
        assertEquals(expected, found, () -> slow + " from " + from);
    }

    /** The process is up and down at random. One run catches up on all missed slots, and no slot runs twice. */
    @Property(tries = 2_000)
    void aTickRunsOnceIfSlotsHaveComeSinceTheLastStartAndNotOtherwise(@ForAll long seed) {
        Random random = new Random(seed);
        SlowSchedule slow = SlowSchedule.random(random);
        if (!slow.everMatches()) {
            return;
        }
        Schedule schedule = Schedule.parse(slow.text());
        Instant lastStart = FROM.plus(Duration.ofMinutes(random.nextInt(YEARS * 525_960)));
        Instant now = lastStart;
        for (int tick = 0; tick < 20; tick++) {
            now = now.plusSeconds(1 + random.nextInt(random.nextInt(10) == 0 ? 400_000 : 7_200));
            boolean missed = !slow.next(lastStart).isAfter(now);
            assertEquals(missed, schedule.isDue(Optional.of(lastStart), now), slow.text());
            if (missed) {
                lastStart = now;
                assertFalse(schedule.isDue(Optional.of(lastStart), now), slow.text());
            }
        }
    }

    @Example
    void theSlowOneKnowsWhatEverybodyKnows() {
        SlowSchedule slow = new SlowSchedule(
                "cron 0 0 13 * fri",
                SlowField.of(0),
                SlowField.of(0),
                SlowField.of(13),
                SlowField.any(1, 12),
                SlowField.of(5));
        assertEquals(
                Instant.parse("2026-02-13T00:00:00Z"), slow.next(Instant.parse("2026-02-06T00:00:00Z")), "a Friday");
        assertEquals(
                Instant.parse("2026-03-13T00:00:00Z"), slow.latest(Instant.parse("2026-03-13T01:00:00Z")), "a 13th");
    }

    /** One part of a field: from, to, step. */
    private record SlowItem(int from, int to, int step) {
        boolean matches(int value) {
            return value >= from && value <= to && (value - from) % step == 0;
        }
    }

    private record SlowField(List<SlowItem> items, boolean star) {
        static SlowField of(int value) {
            return new SlowField(List.of(new SlowItem(value, value, 1)), false);
        }

        static SlowField any(int from, int to) {
            return new SlowField(List.of(new SlowItem(from, to, 1)), true);
        }

        boolean matches(int value) {
            for (SlowItem item : items) {
                if (item.matches(value)) {
                    return true;
                }
            }
            return false;
        }
    }

    private record SlowSchedule(
            String text, SlowField minute, SlowField hour, SlowField day, SlowField month, SlowField weekday) {
        private static final List<String> MONTHS =
                List.of("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
        private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun");

        static SlowSchedule random(Random random) {
            StringBuilder text = new StringBuilder("cron");
            return new SlowSchedule(
                            "",
                            field(random, text, 0, 59, 59, 2, List.of()),
                            field(random, text, 0, 23, 23, 3, List.of()),
                            field(random, text, 1, 31, 31, 5, List.of()),
                            field(random, text, 1, 12, 12, 6, MONTHS),
                            field(random, text, 0, 7, 6, 5, DAYS))
                    .withText(text.toString());
        }

        private SlowSchedule withText(String given) {
            return new SlowSchedule(given, minute, hour, day, month, weekday);
        }

        private static SlowField field(
                Random random, StringBuilder text, int from, int most, int to, int starsInTen, List<String> names) {
            text.append(random.nextInt(8) == 0 ? "  " : " ");
            if (random.nextInt(10) < starsInTen) {
                int step = random.nextInt(3) == 0 ? 1 + random.nextInt(most) : 1;
                text.append(step == 1 ? "*" : "*/" + step);
                return new SlowField(List.of(new SlowItem(from, to, step)), true);
            }
            List<SlowItem> items = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                int first = from + random.nextInt(most - from + 1);
                int last = random.nextInt(3) == 0 ? first + random.nextInt(most - first + 1) : first;
                int step = last > first && random.nextBoolean() ? 1 + random.nextInt(most) : 1;
                items.add(new SlowItem(first, last, step));
                text.append(name(random, first, names));
                text.append(last == first ? "" : "-" + name(random, last, names));
                text.append(step == 1 ? "" : "/" + step).append(i == 0 ? "" : ",");
            }
            return new SlowField(items, false);
        }

        private static String name(Random random, int value, List<String> names) {
            // "sun" is the first and the last day of a week: at the start of a range it is 0, never 7.
            if (names.isEmpty() || random.nextBoolean() || names.equals(DAYS) && value % 7 == 0) {
                return Integer.toString(value);
            }
            String name = names.get(value);
            return random.nextBoolean() ? name : name.toUpperCase(Locale.ROOT);
        }

        boolean matches(LocalDate date) {
            if (!month.matches(date.getMonthValue())) {
                return false;
            }
            int iso = date.getDayOfWeek().getValue();
            boolean onDay = day.matches(date.getDayOfMonth());
            boolean onWeekday = weekday.matches(iso) || iso == 7 && weekday.matches(0);
            return day.star() || weekday.star() ? onDay && onWeekday : onDay || onWeekday;
        }

        boolean matches(LocalDateTime time) {
            return minute.matches(time.getMinute()) && hour.matches(time.getHour()) && matches(time.toLocalDate());
        }

        boolean everMatches() {
            if (!weekday.star() || day.star()) {
                return true;
            }
            LocalDate date = LocalDate.of(2000, 1, 1);
            for (int i = 0; i < DAYS_IN_CYCLE; i++) {
                if (matches(date.plusDays(i))) {
                    return true;
                }
            }
            return false;
        }

        /** The next matching minute, found by checking every minute. */
        Instant next(Instant after) {
            LocalDateTime time = LocalDateTime.ofInstant(after, ZoneOffset.UTC)
                    .truncatedTo(ChronoUnit.MINUTES)
                    .plusMinutes(1);
            while (!matches(time)) {
                time = matches(time.toLocalDate())
                        ? time.plusMinutes(1)
                        : time.toLocalDate().plusDays(1).atStartOfDay();
            }
            return time.toInstant(ZoneOffset.UTC);
        }

        Instant latest(Instant until) {
            LocalDateTime time = LocalDateTime.ofInstant(until, ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES);
            while (!matches(time)) {
                time = matches(time.toLocalDate())
                        ? time.minusMinutes(1)
                        : time.toLocalDate().atStartOfDay().minusMinutes(1);
            }
            return time.toInstant(ZoneOffset.UTC);
        }
    }

    /** The same for intervals and times of day. */
    @Property(tries = 2_000)
    void anIntervalIsDueFromWhenItHasPassedUntilTheClockIsSetBack(@ForAll long seed) {
        Random random = new Random(seed);
        int count = 1 + random.nextInt(2_000);
        boolean hours = random.nextBoolean();
        Duration interval = hours ? Duration.ofHours(count) : Duration.ofMinutes(count);
        Schedule schedule = Schedule.parse("every " + count + (hours ? "h" : "m"));
        Instant now = FROM.plusMillis(random.nextLong(Duration.ofDays(36_525).toMillis()));
        Duration elapsed = Duration.ofMillis(random.nextLong(-interval.toMillis() * 2, interval.toMillis() * 2));
        assertEquals(
                elapsed.abs().compareTo(interval) >= 0,
                schedule.isDue(Optional.of(now.minus(elapsed)), now),
                () -> schedule + " after " + elapsed);
    }

    @Property(tries = 2_000)
    void timesOfDayAreTheSameAsTheirMinutesInCron(@ForAll long seed) {
        Random random = new Random(seed);
        int minute = random.nextInt(60);
        List<String> hours = new ArrayList<>();
        List<String> times = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            int hour = random.nextInt(24);
            hours.add(Integer.toString(hour));
            times.add("%02d:%02d".formatted(hour, minute));
        }
        Schedule daily = Schedule.parse("daily " + String.join(",", times));
        Schedule cron = Schedule.parse("cron " + minute + " " + String.join(",", hours) + " * * *");
        Instant at = FROM.plusMillis(random.nextLong(Duration.ofDays(36_525).toMillis()));
        assertEquals(cron.next(at), daily.next(at));
        assertEquals(cron.latest(at), daily.latest(at));
    }
}
