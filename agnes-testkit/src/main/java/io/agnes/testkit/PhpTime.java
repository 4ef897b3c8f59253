// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes times like the Storage API. */
final class PhpTime {
    /** The format of the real servers: their time zone, with an offset without a colon. */
    private static final DateTimeFormatter WRITTEN =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx", Locale.ROOT).withZone(ZoneId.of("Europe/Prague"));

    private static final Pattern RELATIVE =
            Pattern.compile("([+-]?\\d{1,6})\\s*(second|sec|minute|min|hour|day|week|month|year)s?");

    private PhpTime() {}

    static String write(Instant instant) {
        return WRITTEN.format(instant);
    }

    /**
     * Reads Unix seconds, {@code now}, a relative time like {@code -2 days}, or ISO 8601 with optional time and offset, which
     * defaults to UTC. PHP's {@code strtotime} reads more forms.
     *
     * @throws IllegalArgumentException if the text has none of these forms
     */
    static Instant read(String text, Instant now) {
        String trimmed = text.trim();
        if (trimmed.matches("-?\\d{1,12}")) {
            return Instant.ofEpochSecond(Long.parseLong(trimmed));
        }
        Matcher relative = RELATIVE.matcher(trimmed);
        if (trimmed.equals("now")) {
            return now;
        }
        return relative.matches() ? relative(now, Long.parseLong(relative.group(1)), relative.group(2)) : iso(trimmed);
    }

    private static Instant relative(Instant now, long amount, String unit) {
        ZonedDateTime from = now.atZone(ZoneOffset.UTC);
        ZonedDateTime there = switch (unit) {
            case "second", "sec" -> from.plusSeconds(amount);
            case "minute", "min" -> from.plusMinutes(amount);
            case "hour" -> from.plusHours(amount);
            case "day" -> from.plusDays(amount);
            case "week" -> from.plusWeeks(amount);
            case "month" -> from.plusMonths(amount);
            default -> from.plus(amount, ChronoUnit.YEARS);
        };
        return there.toInstant();
    }

    private static Instant iso(String text) {
        String joined = text.replaceFirst("^(\\d{4}-\\d{2}-\\d{2}) ", "$1T");
        String colons = joined.replaceFirst("(T.*[+-]\\d{2})(\\d{2})$", "$1:$2");
        try {
            if (colons.length() == 10) {
                return LocalDate.parse(colons).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            return colons.matches(".*(Z|[+-]\\d{2}:\\d{2})")
                    ? OffsetDateTime.parse(colons).toInstant()
                    : LocalDateTime.parse(colons).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("Not a time: " + text, e);
        }
    }
}
