// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.settings;

import java.time.Duration;

/** Numbers, durations and lengths as text. */
final class Texts {
    private static final int KIBI = 1024;

    private Texts() {}

    static long wholeNumber(String text, long min, long max, String expected) {
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw refused(text, expected);
        }
        throw refused(text, expected);
    }

    static IllegalArgumentException refused(String text, String expected) {
        return new IllegalArgumentException("is " + text + ", must be " + expected);
    }

    /** In the largest unit that gives a whole number. */
    static String duration(Duration duration) {
        if (duration.toSeconds() == 0 || duration.toSeconds() % 60 != 0) {
            return duration.toSeconds() + " s";
        }
        return duration.toMinutes() % 60 != 0 ? duration.toMinutes() + " min" : duration.toHours() + " h";
    }

    /** In the largest unit that gives a whole number. */
    static String bytes(long bytes) {
        String[] units = {"bytes", "KiB", "MiB", "GiB"};
        long number = bytes;
        int unit = 0;
        while (number > 0 && number % KIBI == 0 && unit < units.length - 1) {
            number /= KIBI;
            unit++;
        }
        return number + " " + units[unit];
    }
}
