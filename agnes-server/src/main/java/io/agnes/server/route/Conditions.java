// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares the conditions of a request with the file that would be sent (RFC 9110 section 13), in the order of the RFC.
 *
 * @param etag strong, with its quotes
 * @param lastModified in whole seconds
 */
record Conditions(String etag, Instant lastModified) {
    /** The next tag of a list, which cannot be split at commas since a tag may hold one. */
    private static final Pattern ENTITY_TAG = Pattern.compile("\\G[\\s,]*(W/|)(\"[^\"]*\")\\s*(?=,|$)");

    /** The result of the comparison. */
    enum Verdict {
        /** Send the file. */
        SEND,
        /** The client has the file: 304. */
        NOT_MODIFIED,
        /** The client wants another version: 412. */
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
        return wanted.equals(etag)
                || HttpDates.parse(wanted).filter(lastModified::equals).isPresent();
    }

    private boolean listed(String list, boolean weak) {
        if (list.strip().equals("*")) {
            return true;
        }
        Matcher tags = ENTITY_TAG.matcher(list);
        while (tags.find()) {
            if (tags.group(2).equals(etag) && (weak || tags.group(1).isEmpty())) {
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
        return text(headers, name).flatMap(HttpDates::parse);
    }
}
