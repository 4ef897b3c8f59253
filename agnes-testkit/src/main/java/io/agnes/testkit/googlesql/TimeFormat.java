// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.googlesql;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Formats a time as {@code FORMAT_TIMESTAMP} and {@code FORMAT_DATETIME} do, in UTC. */
public final class TimeFormat {
    private TimeFormat() {}

    /**
     * A time as text.
     *
     * @param format with the elements {@code %Y %m %d %H %M %S %E*S %E3S %E6S %F %T %R %D %y %e %j %a %A %b %B %p %I %z %Ez %Z %s %%}
     * @param micros microseconds since 1970
     * @throws InvalidQueryException if the format has another element
     */
    public static String format(String format, long micros) {
        LocalDateTime time = LocalDateTime.ofInstant(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), ZoneOffset.UTC);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            String element = element(format, i + 1);
            out.append(value(element, time));
            i += element.length();
        }
        return out.toString();
    }

    private static String element(String format, int start) {
        for (String longer : new String[] {"E*S", "Ez"}) {
            if (format.startsWith(longer, start)) {
                return longer;
            }
        }
        boolean digits = format.startsWith("E", start) && format.startsWith("S", start + 2);
        return format.substring(start, Math.min(format.length(), start + (digits ? 3 : 1)));
    }

    private static String value(String element, LocalDateTime time) {
        return switch (element) {
            case "Y" -> String.valueOf(time.getYear());
            case "E*S" -> time.format(pattern("ss")) + fraction(time, 6).replaceAll("\\.?0+$", "");
            case "F" -> time.format(pattern("yyyy-MM-dd"));
            case "T" -> time.format(pattern("HH:mm:ss"));
            case "R" -> time.format(pattern("HH:mm"));
            case "D" -> time.format(pattern("MM/dd/yy"));
            case "e" -> String.format("%2d", time.getDayOfMonth());
            case "z" -> "+0000";
            case "Ez" -> "+00:00";
            case "Z" -> "UTC";
            case "s" -> String.valueOf(time.toEpochSecond(ZoneOffset.UTC));
            case "%" -> "%";
            default -> {
                if (element.length() == 3 && Character.isDigit(element.charAt(1))) {
                    yield time.format(pattern("ss")) + fraction(time, element.charAt(1) - '0');
                }
                yield time.format(pattern(letters(element)));
            }
        };
    }

    private static String letters(String element) {
        return switch (element) {
            case "m" -> "MM";
            case "d" -> "dd";
            case "H" -> "HH";
            case "M" -> "mm";
            case "S" -> "ss";
            case "y" -> "yy";
            case "j" -> "DDD";
            case "a" -> "EEE";
            case "A" -> "EEEE";
            case "b" -> "MMM";
            case "B" -> "MMMM";
            case "p" -> "a";
            case "I" -> "hh";
            default -> throw new InvalidQueryException("This fake does not support the format element %" + element);
        };
    }

    private static DateTimeFormatter pattern(String letters) {
        return DateTimeFormatter.ofPattern(letters, Locale.ENGLISH);
    }

    private static String fraction(LocalDateTime time, int digits) {
        return digits == 0 ? "" : "." + time.format(pattern("SSSSSSSSS")).substring(0, digits);
    }
}
