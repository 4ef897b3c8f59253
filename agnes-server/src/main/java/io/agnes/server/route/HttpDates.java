// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Dates of headers (RFC 9110 section 5.6.7): one form is written, three are read. */
final class HttpDates {
    /** The JDK's RFC 1123 formatter writes one digit for the first nine days of a month, so this is another. */
    private static final DateTimeFormatter WRITTEN =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

    // The two digits of a year in the second form mean 2000 to 2099; nothing here is older.
    private static final List<DateTimeFormatter> READ = List.of(
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss 'GMT'", Locale.US),
            DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.US),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US));

    private HttpDates() {}

    static String text(Instant instant) {
        return WRITTEN.format(instant.atOffset(ZoneOffset.UTC));
    }

    /** Parses a date; empty if the text is none, and a condition is then ignored. */
    static Optional<Instant> parse(String text) {
        for (DateTimeFormatter form : READ) {
            try {
                return Optional.of(LocalDateTime.parse(text.strip(), form).toInstant(ZoneOffset.UTC));
            } catch (DateTimeException notThisOne) {
                // Another form may fit.
            }
        }
        return Optional.empty();
    }
}
