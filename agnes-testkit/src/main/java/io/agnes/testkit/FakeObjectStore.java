// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An object store for the files of exports. It answers authorized reads of whole objects and single ranges. */
final class FakeObjectStore {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Pattern RANGE = Pattern.compile("bytes=(?:(\\d{1,18})-(\\d{0,18})|-(\\d{1,18}))");

    private final StoreProtocol protocol;
    private final Map<ObjectName, StoredObject> objects = new ConcurrentHashMap<>();

    FakeObjectStore(StoreProtocol protocol) {
        this.protocol = protocol;
    }

    Response expired() {
        return protocol.error(StoreFailure.EXPIRED);
    }

    void add(FakeFile file) {
        objects.put(file.entry().name(), file.entry());
        file.slices().forEach(slice -> objects.put(slice.name(), slice));
    }

    void remove(FakeFile file) {
        objects.remove(file.entry().name());
        file.slices().forEach(slice -> objects.remove(slice.name()));
    }

    /** The object of a request, or null if there is none. */
    @Nullable
    StoredObject find(Request request) {
        try {
            return objects.get(protocol.locate(request));
        } catch (ErrorResponseException e) {
            return null;
        }
    }

    Response answer(Request request) {
        ObjectName name = protocol.locate(request);
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw new ErrorResponseException(protocol.error(StoreFailure.METHOD));
        }
        protocol.authorize(request, name);
        StoredObject object = objects.get(name);
        if (object == null) {
            return protocol.error(StoreFailure.NOT_FOUND);
        }
        String wanted = request.header("if-match");
        if (wanted != null && !wanted.equals(object.etag()) && !wanted.equals("*")) {
            return protocol.error(StoreFailure.CHANGED);
        }
        return withHeaders(ranged(protocol.range(request), object), object);
    }

    /** Applies a range. Ignores a malformed one, as RFC 9110 requires. */
    private Response ranged(@Nullable String range, StoredObject object) {
        Matcher matcher = RANGE.matcher(range == null ? "" : range);
        if (!matcher.matches()) {
            return new Response(200, Map.of(), new Response.FileRange(object.file(), 0, object.size()));
        }
        long first;
        long last = object.size() - 1;
        if (matcher.group(3) != null) {
            first = Math.max(0, object.size() - Long.parseLong(matcher.group(3)));
        } else {
            first = Long.parseLong(matcher.group(1));
            last = matcher.group(2).isEmpty() ? last : Math.min(last, Long.parseLong(matcher.group(2)));
        }
        return first > last ? unsatisfiable(object) : part(object, first, last);
    }

    private static Response part(StoredObject object, long first, long last) {
        return new Response(206, Map.of(), new Response.FileRange(object.file(), first, last - first + 1))
                .with("Content-Range", "bytes " + first + "-" + last + "/" + object.size());
    }

    private Response unsatisfiable(StoredObject object) {
        return protocol.error(StoreFailure.RANGE).with("Content-Range", "bytes */" + object.size());
    }

    private Response withHeaders(Response answer, StoredObject object) {
        if (answer.status() == 416) {
            return answer;
        }
        Response full = answer.with("ETag", object.etag())
                .with("Accept-Ranges", "bytes")
                .with("Content-Type", "application/octet-stream")
                .with("Last-Modified", HTTP_DATE.format(object.modified()));
        for (Map.Entry<String, String> header : protocol.objectHeaders(object).entrySet()) {
            full = full.with(header.getKey(), header.getValue());
        }
        return full;
    }
}
