// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.CoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TimeZone;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static Instant at(String minute) {
        return Instant.parse(minute + ":00Z");
    }

    private static boolean due(String schedule, String lastStart, String now) {
        return Schedule.parse(schedule).isDue(Optional.of(at(lastStart)), at(now));
    }

    @Nested
    class Text {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "0 | 0",
                    "every 15m | every 15m",
                    "every 090m | every 90m",
                    "every 120m | every 2h",
                    "Every   2H | every 2h",
                    "every 8784h | every 8784h",
                    "daily 07:30 | daily 07:30",
                    "daily 19:30,07:30,19:30 | daily 07:30,19:30",
                    "daily 00:00, 23:59 | daily 00:00,23:59",
                    "cron * * * * * | cron * * * * *",
                    "CRON 0 5 * * MON-FRI | cron 0 5 * * 1-5",
                    "cron  */15\t6-8 1,15 jan,Mar * | cron */15 6-8 1,15 1,3 *",
                    "cron 10-30/10 0 */2 * 7 | cron 10,20,30 0 */2 * 0",
                    "cron 3,1,2,2 0-23 1-31 1-12 5-7 | cron 1-3 0-23 1-31 1-12 0,5,6",
                    "cron 0 0 * * fri-sun | cron 0 0 * * 0,5,6",
                    "cron 0 0 * * sun-tue | cron 0 0 * * 0-2",
                    "cron */1 0 * * 0-7 | cron * 0 * * 0-6"
                })
        void hasOneCanonicalForm(String text, String canonical) {
            Schedule schedule = Schedule.parse(text);
            assertEquals(canonical, schedule.toString());
            assertEquals(schedule, Schedule.parse(canonical));
            assertEquals(schedule.hashCode(), Schedule.parse(canonical).hashCode());
        }

        @Test
        void schedulesWithOtherTextAreOthers() {
            assertNotEquals(Schedule.parse("daily 07:30"), Schedule.parse("cron 30 7 * * *"));
            assertNotEquals(Schedule.parse("every 1h"), Schedule.parse("0"));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "hourly | \"every 15m\", \"every 2h\", \"0\", \"daily 07:30,19:30\" or \"cron 0 5 * * mon-fri\" | \"hourly\"",
                    "`` | \"every 15m\", \"every 2h\", \"0\", \"daily 07:30,19:30\" or \"cron 0 5 * * mon-fri\" | \"\"",
                    "1 | \"every 15m\", \"every 2h\", \"0\", \"daily 07:30,19:30\" or \"cron 0 5 * * mon-fri\" | \"1\"",
                    "every 15 | an interval such as 15m or 2h | \"15\"",
                    "every | an interval such as 15m or 2h | \"\"",
                    "every 15 m | an interval such as 15m or 2h | \"15 m\"",
                    "every -5m | an interval such as 15m or 2h | \"-5m\"",
                    "every 0m | an interval of 1m to 8784h | \"0m\"",
                    "every 8785h | an interval of 1m to 8784h | \"8785h\"",
                    "every 999999999999999999999m | an interval of 1m to 8784h | \"999999999999999999999m\"",
                    "daily | a time of day from 00:00 to 23:59 | \"\"",
                    "daily 24:00 | a time of day from 00:00 to 23:59 | \"24:00\"",
                    "daily 7:30 | a time of day from 00:00 to 23:59 | \"7:30\"",
                    "daily 07:60 | a time of day from 00:00 to 23:59 | \"07:60\"",
                    "daily 07:30, | a time of day from 00:00 to 23:59 | \"\"",
                    "cron 0 5 * * | 5 fields: minute, hour, day of month, month, day of week | 4",
                    "cron 0 0 5 * * * | 5 fields: minute, hour, day of month, month, day of week | 6",
                    "cron 60 * * * * | a minute of 0 to 59 | \"60\"",
                    "cron 0 24 * * * | an hour of 0 to 23 | \"24\"",
                    "cron 0 0 0 * * | a day of month of 1 to 31 | \"0\"",
                    "cron 0 0 1 13 * | a month of 1 to 12 or jan to dec | \"13\"",
                    "cron 0 0 * * 8 | a day of week of 0 to 7 or sun to sat | \"8\"",
                    "cron 0 0 * * monday | a day of week of 0 to 7 or sun to sat | \"monday\"",
                    "cron jan * * * * | a minute of 0 to 59 | \"jan\"",
                    "cron 1,,2 * * * * | a minute of 0 to 59 | \"\"",
                    "cron 1, * * * * | a minute of 0 to 59 | \"\"",
                    "cron 1- * * * * | a minute of 0 to 59 | \"\"",
                    "cron +1 * * * * | a minute of 0 to 59 | \"+1\"",
                    "cron 1-2-3 * * * * | a minute of 0 to 59 | \"2-3\"",
                    "cron 30-10 * * * * | a range of minutes that rises | \"30-10\"",
                    "cron 0 0 * * fri-mon | a range of days of week that rises | \"fri-mon\"",
                    "cron */0 * * * * | a step of 1 to 59 | \"0\"",
                    "cron */60 * * * * | a step of 1 to 59 | \"60\"",
                    "cron */ * * * * | a step of 1 to 59 | \"\"",
                    "cron */2/3 * * * * | a step of 1 to 59 | \"2/3\"",
                    "cron 5/15 * * * * | a range before the step, such as 5-59/15 | \"5/15\"",
                    "cron 5,* * * * * | a minute of 0 to 59 | \"*\"",
                    "cron *,5 * * * * | a minute of 0 to 59 | \"*\"",
                    "cron 30 2 31 2 * | a day that some month has | days of month 31 in months 2",
                    "cron 0 0 30,31 feb * | a day that some month has | days of month 30,31 in months 2",
                    "cron 0 0 31 2,4,6,9,11 */2 | a day that some month has | days of month 31 in months 2,4,6,9,11"
                })
        void whatIsNoneIsRefusedWithTheFieldWhatWasExpectedAndWhatCame(String text, String expected, String found) {
            CoreException refusal = assertThrows(CoreException.class, () -> Schedule.parse(text));
            assertEquals("schedule_invalid", refusal.code());
            assertEquals(AgnesException.Kind.REQUEST, refusal.kind());
            assertEquals("schedule: expected " + expected + ", found " + found, refusal.getMessage());
        }

        @Test
        void aTextThatIsTooLongIsRefusedAndNotRepeated() {
            String text = "cron " + "1,".repeat(10_000) + "1 * * * *";
            CoreException refusal = assertThrows(CoreException.class, () -> Schedule.parse(text));
            assertEquals("schedule: expected at most 512 characters, found 20014", refusal.getMessage());
        }

        @ParameterizedTest
        @ValueSource(strings = {"0\nx", "every 5m\u0000", "\u001b[31m", "daily 07:30\u2028", "０", "every ٥m"})
        void whatIsNotPrintableAsciiIsNotRepeated(String text) {
            CoreException refusal = assertThrows(CoreException.class, () -> Schedule.parse(text));
            assertTrue(refusal.getMessage().chars().allMatch(c -> c >= 0x20 && c < 0x7f), refusal.getMessage());
        }
    }

    @Nested
    class Slots {
        @ParameterizedTest
        @CsvSource({
            "daily 07:30, 2026-03-01T07:29, 2026-03-01T07:30",
            "daily 07:30, 2026-03-01T07:30, 2026-03-02T07:30",
            "daily 00:00, 2026-12-31T23:59, 2027-01-01T00:00",
            "cron 0 0 29 2 *, 2026-01-01T00:00, 2028-02-29T00:00",
            "cron 0 0 29 2 *, 2096-02-29T00:00, 2104-02-29T00:00",
            "cron 0 0 29 feb *, 1999-12-31T00:00, 2000-02-29T00:00",
            "cron 59 23 31 * *, 2026-01-31T23:59, 2026-03-31T23:59",
            "cron 0 0 30 2-3 *, 2026-01-31T23:59, 2026-03-30T00:00",
            "cron 0 12 * * 7, 2026-08-01T00:00, 2026-08-02T12:00",
            "cron 0 12 * * 0, 2026-08-01T00:00, 2026-08-02T12:00",
            "cron 0 12 * * sun, 2026-08-01T00:00, 2026-08-02T12:00",
            "cron 0 12 * * sat-sun, 2026-08-01T12:00, 2026-08-02T12:00",
            "cron 0 0 13 * 5, 2026-02-13T00:00, 2026-02-20T00:00",
            "cron 0 0 14 * 5, 2026-02-13T00:00, 2026-02-14T00:00",
            "cron 0 0 */2 * 5, 2026-02-13T00:00, 2026-02-27T00:00",
            "cron 0 0 1-31 * 5, 2026-02-13T00:00, 2026-02-14T00:00",
            "cron 5 0 1 1 *, 2026-01-01T00:05, 2027-01-01T00:05"
        })
        void theNextOneIsLaterAndOnTheDayThatWasAskedFor(String text, String after, String expected) {
            Schedule schedule = Schedule.parse(text);
            assertEquals(at(expected), schedule.next(at(after)));
            assertEquals(Optional.of(at(expected)), schedule.latest(at(expected)));
            assertEquals(Optional.of(at(expected)), schedule.latest(at(expected).plusSeconds(59)));
            assertTrue(schedule.latest(at(expected).minusNanos(1)).orElseThrow().isBefore(at(expected)));
        }

        @Test
        void secondsBelongToTheMinuteBefore() {
            Schedule schedule = Schedule.parse("daily 07:30");
            assertEquals(at("2026-03-01T07:30"), schedule.next(Instant.parse("2026-03-01T07:29:59.999Z")));
            assertEquals(at("2026-03-02T07:30"), schedule.next(Instant.parse("2026-03-01T07:30:00.001Z")));
        }

        @Test
        void anIntervalCountsFromTheLastStartAndHasNoSlotsOfItsOwn() {
            Schedule schedule = Schedule.parse("every 90m");
            assertEquals(at("2026-03-01T08:31"), schedule.next(at("2026-03-01T07:01")));
            assertEquals(Optional.empty(), schedule.latest(at("2026-03-01T07:01")));
            assertEquals(at("2026-03-01T07:01"), Schedule.parse("0").next(at("2026-03-01T07:01")));
        }

        @Test
        void slotsAreInUtcWhateverTheZoneOfTheMachine() {
            TimeZone before = TimeZone.getDefault();
            try {
                for (String zone : new String[] {"Europe/Prague", "America/St_Johns", "Pacific/Kiritimati"}) {
                    TimeZone.setDefault(TimeZone.getTimeZone(zone));
                    // Clocks in Prague skip 02:30 on this day.
                    assertEquals(
                            at("2026-03-29T02:30"),
                            Schedule.parse("daily 02:30").next(at("2026-03-29T00:00")),
                            zone);
                }
            } finally {
                TimeZone.setDefault(before);
            }
        }
    }

    @Nested
    class Due {
        @ParameterizedTest
        @ValueSource(strings = {"0", "every 1h", "daily 07:30", "cron 0 0 29 2 *"})
        void whatNeverRanIsDue(String text) {
            assertTrue(Schedule.parse(text).isDue(Optional.empty(), at("2026-03-01T07:00")));
        }

        @Test
        void zeroIsAlwaysDue() {
            assertTrue(due("0", "2026-03-01T07:00", "2026-03-01T07:00"));
            assertTrue(due("0", "2026-03-01T07:01", "2026-03-01T07:00"));
        }

        @Test
        void anIntervalIsDueOnceItHasPassedSinceTheLastStart() {
            assertFalse(due("every 15m", "2026-03-01T07:01", "2026-03-01T07:15"));
            assertTrue(due("every 15m", "2026-03-01T07:01", "2026-03-01T07:16"));
            assertTrue(due("every 15m", "2026-03-01T07:01", "2036-03-01T07:16"));
        }

        @Test
        void aSlotMissedLateYesterdayIsCaughtUpTodayOnce() {
            assertTrue(due("daily 23:30", "2026-02-27T23:30", "2026-03-01T06:00"));
            assertFalse(due("daily 23:30", "2026-03-01T06:00", "2026-03-01T06:01"));
            assertFalse(due("daily 23:30", "2026-03-01T06:00", "2026-03-01T23:29"));
            assertTrue(due("daily 23:30", "2026-03-01T06:00", "2026-03-01T23:30"));
        }

        @Test
        void aStartBeforeTheSlotDoesNotServeIt() {
            assertTrue(due("daily 07:30", "2026-03-01T07:29", "2026-03-01T07:30"));
            assertFalse(due("daily 07:30", "2026-03-01T07:30", "2026-03-01T07:31"));
        }
    }

    @Nested
    class ClocksThatAreSet {
        @Test
        void anHourBackRepeatsNoSlotThatWasServed() {
            assertFalse(due("daily 07:30", "2026-03-01T07:30", "2026-03-01T06:31"));
            assertFalse(due("daily 07:30", "2026-03-01T07:30", "2026-03-01T07:30"));
            assertTrue(due("daily 07:30", "2026-03-01T07:30", "2026-03-02T07:30"));
            assertFalse(due("cron */5 * * * *", "2026-03-01T07:30", "2026-03-01T06:35"));
        }

        @Test
        void anHourBackDelaysAnIntervalByNoMoreThanItself() {
            assertTrue(due("every 15m", "2026-03-01T07:30", "2026-03-01T06:31"));
            assertFalse(due("every 2h", "2026-03-01T07:30", "2026-03-01T06:31"));
            assertTrue(due("every 2h", "2026-03-01T07:30", "2026-03-01T05:30"));
        }

        @Test
        void anHourForwardServesWhatItSkippedOnce() {
            assertTrue(due("daily 07:30", "2026-02-28T07:30", "2026-03-01T08:10"));
            assertFalse(due("daily 07:30", "2026-03-01T08:10", "2026-03-01T08:11"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"0", "every 1h", "daily 07:30", "cron 0 0 29 2 *"})
        void tenYearsForwardAreCaughtUpOnceAndTenYearsBackAreNotWaitedFor(String text) {
            Schedule schedule = Schedule.parse(text);
            Instant now = at("2026-03-01T07:30");
            Instant ahead = now.plus(Duration.ofDays(3652));
            assertTrue(schedule.isDue(Optional.of(now), ahead));
            assertEquals(text.equals("0"), schedule.isDue(Optional.of(ahead), ahead.plusSeconds(60)));
            assertTrue(schedule.isDue(Optional.of(ahead), now));
            assertEquals(text.equals("0"), schedule.isDue(Optional.of(now), now.plusSeconds(60)));
        }

        @Test
        void aLeapDayIsADayLikeAnother() {
            assertTrue(due("daily 07:30", "2028-02-28T07:30", "2028-02-29T07:30"));
            assertFalse(due("daily 07:30", "2028-02-29T07:30", "2028-03-01T07:29"));
            assertTrue(due("every 24h", "2028-02-29T07:30", "2028-03-01T07:30"));
        }
    }
}
