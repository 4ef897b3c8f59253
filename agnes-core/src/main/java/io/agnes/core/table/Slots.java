// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/** Due at the same minutes of each matching day. */
final class Slots implements Schedule {
    /** The calendar repeats after 400 years, including the day of the week. */
    private static final int DAYS_IN_CYCLE = 146_097;

    private static final int MINUTES_IN_DAY = 24 * 60;

    private final String text;
    private final BitSet minutes;
    private final Predicate<LocalDate> days;

    /**
     * @param text canonical
     * @param minutes of the day, counted from midnight; at least one; the caller must not change it any more
     */
    Slots(String text, BitSet minutes, Predicate<LocalDate> days) {
        this.text = text;
        this.minutes = minutes;
        this.days = days;
    }

    /** Whether any day matches. */
    boolean everFalls() {
        return offset(LocalDate.EPOCH, 1).isPresent();
    }

    @Override
    public Instant next(Instant after) {
        LocalDateTime first = utc(after).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        LocalDate date = first.toLocalDate();
        int minute = days.test(date) ? minutes.nextSetBit(minute(first)) : -1;
        return minute < 0 ? instant(day(date.plusDays(1), 1), minutes.nextSetBit(0)) : instant(date, minute);
    }

    @Override
    public Optional<Instant> latest(Instant until) {
        LocalDate date = utc(until).toLocalDate();
        int minute = days.test(date) ? minutes.previousSetBit(minute(utc(until))) : -1;
        return Optional.of(
                minute < 0
                        ? instant(day(date.minusDays(1), -1), minutes.previousSetBit(MINUTES_IN_DAY))
                        : instant(date, minute));
    }

    private LocalDate day(LocalDate from, int step) {
        int offset = offset(from, step).orElseThrow(() -> new IllegalStateException(text + " falls on no day"));
        return from.plusDays(offset);
    }

    private OptionalInt offset(LocalDate from, int step) {
        for (int i = 0; i < DAYS_IN_CYCLE; i++) {
            if (days.test(from.plusDays((long) i * step))) {
                return OptionalInt.of(i * step);
            }
        }
        return OptionalInt.empty();
    }

    private static LocalDateTime utc(Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    private static int minute(LocalDateTime time) {
        return time.getHour() * 60 + time.getMinute();
    }

    private static Instant instant(LocalDate date, int minute) {
        return date.atTime(minute / 60, minute % 60).toInstant(ZoneOffset.UTC);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Slots slots && slots.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
