// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Answers reads of whole objects and of single ranges, in the same way for all stores. */
final class ObjectReads {
    static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Pattern RANGE = Pattern.compile("bytes=(?:(\\d{1,18})-(\\d{0,18})|-(\\d{1,18}))");

    private ObjectReads() {}

    /**
     * The object or a range of it, with the headers ETag, Accept-Ranges and Last-Modified.
     *
     * @param range the value of the header Range; a malformed one is ignored, as RFC 9110 requires; null for none
     * @param unsatisfiable the store's error for a range beyond the end; Content-Range is added to it
     */
    static Response read(StoredObject object, @Nullable String range, Supplier<Response> unsatisfiable) {
        long size = object.content().length();
        Matcher matcher = RANGE.matcher(range == null ? "" : range);
        if (!matcher.matches()) {
            return withHeaders(new Response(200, Map.of(), object.content()), object);
        }
        long first;
        long last = size - 1;
        if (matcher.group(3) != null) {
            first = Math.max(0, size - Long.parseLong(matcher.group(3)));
        } else {
            first = Long.parseLong(matcher.group(1));
            last = matcher.group(2).isEmpty() ? last : Math.min(last, Long.parseLong(matcher.group(2)));
        }
        if (first > last) {
            return unsatisfiable.get().with("Content-Range", "bytes */" + size);
        }
        Content part = object.content().slice(first, last - first + 1);
        return withHeaders(
                new Response(206, Map.of("Content-Range", "bytes " + first + "-" + last + "/" + size), part), object);
    }

    private static Response withHeaders(Response answer, StoredObject object) {
        return answer.with("ETag", object.etag())
                .with("Accept-Ranges", "bytes")
                .with("Last-Modified", HTTP_DATE.format(object.modified()));
    }
}
