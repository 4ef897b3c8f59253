package io.agnes.server.route;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * The conditions of a request against what would be sent (RFC 9110 section 13), in the order the RFC gives them.
 *
 * @param etag strong, with its quotes
 * @param lastModified in whole seconds
 */
record Conditions(String etag, Instant lastModified) {
    /** What the conditions make of the request. */
    enum Verdict {
        /** Send it. */
        SEND,
        /** The client has it: 304. */
        NOT_MODIFIED,
        /** The client wanted another one: 412. */
        FAILED
    }

    Verdict of(ServerRequestHeaders headers) {
        Optional<String> match = text(headers, HeaderNames.IF_MATCH);
        if (match.isPresent() && !listed(match.get(), false)) {
            return Verdict.FAILED;
        }
        Optional<Instant> unmodifiedSince = date(headers, HeaderNames.IF_UNMODIFIED_SINCE);
        if (match.isEmpty() && unmodifiedSince.isPresent() && lastModified.isAfter(unmodifiedSince.get())) {
            return Verdict.FAILED;
        }
        Optional<String> noneMatch = text(headers, HeaderNames.IF_NONE_MATCH);
        if (noneMatch.isPresent()) {
            return listed(noneMatch.get(), true) ? Verdict.NOT_MODIFIED : Verdict.SEND;
        }
        Optional<Instant> modifiedSince = date(headers, HeaderNames.IF_MODIFIED_SINCE);
        boolean unchanged = modifiedSince.isPresent() && !lastModified.isAfter(modifiedSince.get());
        return unchanged ? Verdict.NOT_MODIFIED : Verdict.SEND;
    }

    /** Whether a range may be answered with a part: no {@code If-Range}, or one that names exactly this. */
    boolean rangeHolds(ServerRequestHeaders headers) {
        Optional<String> condition = text(headers, HeaderNames.IF_RANGE);
        if (condition.isEmpty()) {
            return true;
        }
        String wanted = condition.get().strip();
        return wanted.equals(etag) || parse(wanted).filter(lastModified::equals).isPresent();
    }

    private boolean listed(String list, boolean weak) {
        for (String item : list.split(",", -1)) {
            String tag = item.strip();
            String compared = weak && tag.startsWith("W/") ? tag.substring(2) : tag;
            if (tag.equals("*") || compared.equals(etag)) {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> text(ServerRequestHeaders headers, HeaderName name) {
        return headers.contains(name)
                ? Optional.of(String.join(",", headers.all(name, java.util.List::of)))
                : Optional.empty();
    }

    private static Optional<Instant> date(ServerRequestHeaders headers, HeaderName name) {
        return text(headers, name).flatMap(Conditions::parse);
    }

    private static Optional<Instant> parse(String date) {
        try {
            return Optional.of(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException notADate) {
            return Optional.empty();
        }
    }
}
