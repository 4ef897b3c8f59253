// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the fake says, before it is decided how well that travels. */
record Answer(int status, Map<String, String> headers, Body body) {

    /** Bytes in memory for small answers, a range of a file for everything that may be large. */
    sealed interface Body {
        long length();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Bytes(byte[] bytes) implements Body {
        @Override
        public long length() {
            return bytes.length;
        }
    }

    record FileRange(Path file, long offset, long length) implements Body {}

    Answer {
        headers = new LinkedHashMap<>(headers);
    }

    /** The content type is bare on purpose: the official PHP client decodes nothing that carries a charset. */
    static Answer json(int status, @Nullable Object value) {
        return text(status, "application/json", Json.write(value));
    }

    static Answer xml(int status, String text) {
        return text(status, "application/xml", text);
    }

    static Answer text(int status, String contentType, String text) {
        return new Answer(
                status, Map.of("Content-Type", contentType), new Bytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    static Answer empty(int status) {
        return new Answer(status, Map.of(), new Bytes(new byte[0]));
    }

    Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, more, body);
    }

    /** Another body in place of all there was: no range of anything. */
    Answer replacedBy(byte[] bytes) {
        Map<String, String> rest = new LinkedHashMap<>(headers);
        rest.remove("Content-Range");
        return new Answer(status == 206 ? 200 : status, rest, new Bytes(bytes));
    }

    /** Another body with the head as it is. */
    Answer withBody(byte[] bytes) {
        return new Answer(status, headers, new Bytes(bytes));
    }
}
