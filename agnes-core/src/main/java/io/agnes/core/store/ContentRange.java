// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which bytes of an object an HTTP response holds.
 *
 * @param first byte of the object in the response, or -1 if the response holds none
 * @param end the byte after the last one in the response, or -1 if the response holds none
 * @param total bytes of the object
 */
public record ContentRange(long first, long end, long total) {
    // 18 digits always fit a long.
    private static final Pattern PATTERN = Pattern.compile("\\Abytes (?:(\\d{1,18})-(\\d{1,18})|\\*)/(\\d{1,18})\\z");
    private static final int WHOLE = 200;
    private static final int UNSATISFIABLE = 416;

    /**
     * Reads the headers of a response with status 200, 206 or 416. A response with status 416 and no range is taken for that
     * of an empty object, which has no last bytes.
     *
     * @param contentRange the header of that name
     * @param contentLength the header of that name; says how long a whole response is
     * @return empty if the length of the object is unknown
     */
    public static Optional<ContentRange> of(int status, Optional<String> contentRange, Optional<String> contentLength) {
        Optional<ContentRange> range = contentRange.flatMap(ContentRange::parse);
        if (range.isPresent()) {
            return range;
        }
        return switch (status) {
            case WHOLE -> contentLength.flatMap(ContentRange::whole);
            case UNSATISFIABLE -> Optional.of(none(0));
            default -> Optional.empty();
        };
    }

    private static ContentRange none(long total) {
        return new ContentRange(-1, -1, total);
    }

    private static Optional<ContentRange> parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long total = Long.parseLong(matcher.group(3));
        return Optional.of(
                matcher.group(1) == null
                        ? none(total)
                        : new ContentRange(
                                Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)) + 1, total));
    }

    private static Optional<ContentRange> whole(String length) {
        return parse("bytes */" + length).map(range -> new ContentRange(0, range.total(), range.total()));
    }
}
