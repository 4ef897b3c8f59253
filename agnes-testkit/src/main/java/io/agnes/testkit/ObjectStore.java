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

/** Answers reads of objects, whole or in ranges, to those who may. */
final class ObjectStore {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Pattern RANGE = Pattern.compile("bytes=(?:(\\d{1,18})-(\\d{0,18})|-(\\d{1,18}))");

    private final StoreAccess access;
    private final Map<ObjectName, StoredObject> objects = new ConcurrentHashMap<>();

    ObjectStore(StoreAccess access) {
        this.access = access;
    }

    Answer expired() {
        return access.error(StoreError.EXPIRED);
    }

    void add(StoredFile file) {
        objects.put(file.entry().name(), file.entry());
        file.slices().forEach(slice -> objects.put(slice.name(), slice));
    }

    void remove(StoredFile file) {
        objects.remove(file.entry().name());
        file.slices().forEach(slice -> objects.remove(slice.name()));
    }

    /** The object a request is about, or null if there is none. */
    @Nullable
    StoredObject find(Request request) {
        try {
            return objects.get(access.locate(request));
        } catch (Refusal e) {
            return null;
        }
    }

    Answer answer(Request request) {
        ObjectName name = access.locate(request);
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw new Refusal(access.error(StoreError.METHOD));
        }
        access.authorize(request, name);
        StoredObject object = objects.get(name);
        if (object == null) {
            return access.error(StoreError.NOT_FOUND);
        }
        String wanted = request.header("if-match");
        if (wanted != null && !wanted.equals(object.etag()) && !wanted.equals("*")) {
            return access.error(StoreError.CHANGED);
        }
        return withHeaders(ranged(access.range(request), object), object);
    }

    /** A range that is not well-formed is ignored, as RFC 9110 asks. */
    private Answer ranged(@Nullable String range, StoredObject object) {
        Matcher matcher = RANGE.matcher(range == null ? "" : range);
        if (!matcher.matches()) {
            return new Answer(200, Map.of(), new Answer.FileRange(object.file(), 0, object.size()));
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

    private static Answer part(StoredObject object, long first, long last) {
        return new Answer(206, Map.of(), new Answer.FileRange(object.file(), first, last - first + 1))
                .with("Content-Range", "bytes " + first + "-" + last + "/" + object.size());
    }

    private Answer unsatisfiable(StoredObject object) {
        return access.error(StoreError.RANGE).with("Content-Range", "bytes */" + object.size());
    }

    private Answer withHeaders(Answer answer, StoredObject object) {
        if (answer.status() == 416) {
            return answer;
        }
        Answer full = answer.with("ETag", object.etag())
                .with("Accept-Ranges", "bytes")
                .with("Content-Type", "application/octet-stream")
                .with("Last-Modified", HTTP_DATE.format(object.modified()));
        for (Map.Entry<String, String> header : access.objectHeaders(object).entrySet()) {
            full = full.with(header.getKey(), header.getValue());
        }
        return full;
    }
}
