// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a response that holds some of an object.
 *
 * @param first byte of the object in the response, or -1 if there is none
 * @param last byte of the object in the response, or -1 if there is none
 * @param total bytes of the object
 */
record ContentRange(long first, long last, long total) {
    /** No byte of anything. */
    static final ContentRange NONE = new ContentRange(-1, -1, 0);

    // 18 digits always fit a long.
    private static final Pattern PATTERN = Pattern.compile("\\Abytes (?:(\\d{1,18})-(\\d{1,18})|\\*)/(\\d{1,18})\\z");
    private static final int WHOLE = 200;
    private static final int UNSATISFIABLE = 416;

    /** Reads the header; of a whole response without it, what the length says. */
    static Optional<ContentRange> of(Transport.Response response) {
        Optional<ContentRange> header = response.header("content-range").flatMap(ContentRange::parse);
        return header.isPresent() || response.status() != WHOLE
                ? header
                : response.header("content-length").flatMap(ContentRange::whole);
    }

    private static Optional<ContentRange> parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long total = Long.parseLong(matcher.group(3));
        return Optional.of(
                matcher.group(1) == null
                        ? new ContentRange(-1, -1, total)
                        : new ContentRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), total));
    }

    private static Optional<ContentRange> whole(String length) {
        return parse("bytes */" + length).map(range -> new ContentRange(0, range.total() - 1, range.total()));
    }

    /**
     * What must not change between two responses of one object.
     *
     * @param tag empty if the store sends none
     */
    record Entity(long length, String tag) {
        /** @throws KeboolaException {@code slice_changed} if these are not those bytes of the same object */
        void requireSame(String object, Transport.Response response, long from, long end) {
            Entity found = entity(object, response);
            ContentRange range = ContentRange.of(response).orElse(NONE);
            if (!equals(found)) {
                throw KeboolaException.sliceChanged(object, this.toString(), found.toString());
            }
            if (range.first() != from || range.last() != end - 1) {
                throw KeboolaException.sliceChanged(
                        object, "bytes " + from + " to " + (end - 1), "bytes " + range.first() + " to " + range.last());
            }
        }

        @Override
        public String toString() {
            return length + " bytes with entity tag " + tag;
        }
    }

    /** What the response is a part of. Only an empty object has no last bytes. */
    static Entity entity(String object, Transport.Response response) {
        String tag = response.header("etag").orElse("");
        if (response.status() == UNSATISFIABLE) {
            return new Entity(of(response).map(ContentRange::total).orElse(0L), tag);
        }
        return of(response)
                .map(range -> new Entity(range.total(), tag))
                .orElseThrow(() -> KeboolaException.sliceChanged(object, "a range of known length", "none"));
    }
}
