// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads bodies of the types multipart/related and multipart/mixed (RFC 2046). */
final class Multipart {
    /** The longest part except the last one, and the longest headers of a part. */
    private static final int MAX_TEXT_BYTES = 4 << 20;

    private static final Pattern BOUNDARY =
            Pattern.compile("(?i)multipart/.*;\\s*boundary=(?:\"(?<quoted>[^\"]+)\"|(?<plain>[^;\\s]+)).*");
    private static final String END_OF_HEAD = "\r\n\r\n";

    private Multipart() {}

    /**
     * A part.
     *
     * @param headers with names in lower case
     */
    record Part(Map<String, String> headers, Content content) {
        String text() {
            return new String(content.bytes(), StandardCharsets.UTF_8);
        }
    }

    /** The boundary in a content type, or null. */
    private static @Nullable String boundary(@Nullable String contentType) {
        Matcher matcher = BOUNDARY.matcher(contentType == null ? "" : contentType);
        if (!matcher.matches()) {
            return null;
        }
        return matcher.group("quoted") == null ? matcher.group("plain") : matcher.group("quoted");
    }

    /**
     * The two parts of an upload: the resource, and the bytes of the object, which are not copied.
     *
     * @throws CloudRefusal 400 if the body has another form
     */
    static List<Part> ofUpload(Request request) {
        Content body = request.content();
        String delimiter = delimiter(request);
        String start = latin(body.slice(0, Math.min(body.length(), MAX_TEXT_BYTES)));
        int resource = after(start, delimiter, 0);
        int resourceEnd = at(start, "\r\n" + delimiter, resource);
        int media = after(start, delimiter, resourceEnd);
        int bytes = after(start, END_OF_HEAD, media);
        return List.of(
                part(start, body, resource, resourceEnd),
                new Part(headers(start.substring(media, bytes)), body.slice(bytes, end(body, delimiter) - bytes)));
    }

    /** The offset of the last delimiter of a body. */
    private static long end(Content body, String delimiter) {
        long tail = Math.min(body.length(), delimiter.length() + 16L);
        String last = latin(body.slice(body.length() - tail, tail));
        return body.length() - tail + at(last, "\r\n" + delimiter + "--", 0);
    }

    /**
     * All parts of a body that is read into memory.
     *
     * @throws CloudRefusal 400 if the body has another form
     */
    static List<Part> of(Request request) {
        Content body = request.content();
        String delimiter = delimiter(request);
        if (body.length() > MAX_TEXT_BYTES) {
            throw malformed();
        }
        String text = latin(body);
        List<Part> parts = new ArrayList<>();
        int begin = after(text, delimiter, 0);
        while (!text.startsWith("--", begin)) {
            int end = at(text, "\r\n" + delimiter, begin);
            parts.add(part(text, body, begin, end));
            begin = end + 2 + delimiter.length();
        }
        return parts;
    }

    private static String delimiter(Request request) {
        String boundary = boundary(request.header("content-type"));
        if (boundary == null) {
            throw malformed();
        }
        return "--" + boundary;
    }

    /** @param text the body, one character for each byte */
    private static Part part(String text, Content body, int begin, int end) {
        int content = after(text, END_OF_HEAD, begin);
        return new Part(headers(text.substring(begin, content)), body.slice(content, Math.max(0, end - content)));
    }

    static Map<String, String> headers(String lines) {
        Map<String, String> headers = new LinkedHashMap<>();
        lines.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).trim().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).trim());
            }
        });
        return headers;
    }

    private static String latin(Content content) {
        return new String(content.bytes(), StandardCharsets.ISO_8859_1);
    }

    private static int after(String text, String wanted, int from) {
        return at(text, wanted, from) + wanted.length();
    }

    private static int at(String text, String wanted, int from) {
        int found = text.indexOf(wanted, from);
        if (found < 0) {
            throw malformed();
        }
        return found;
    }

    private static CloudRefusal malformed() {
        return CloudRefusal.invalid("Malformed multipart body.");
    }
}
