// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.util.List;

/** Checks that hold for every error. */
final class Problems {
    private static final List<String> NEVER_TOLD =
            List.of("Exception", "\tat ", "io.agnes", "/extracts", "/tmp/", "agn_");

    private Problems() {}

    /** Checks that the answer follows RFC 9457 and our contract, and returns its body. */
    static JsonObject check(Reply reply, int status, String code) {
        assertEquals(status, reply.status(), reply.text());
        JsonObject json = reply.json();
        assertAll(
                () -> assertEquals("application/problem+json", reply.header("content-type")),
                () -> assertEquals("/docs/problems#" + code, json.getString("type")),
                () -> assertEquals(code, json.getString("code")),
                () -> assertEquals(status, json.getInt("status")),
                () -> assertFalse(json.getString("title").isBlank()),
                () -> assertFalse(json.getString("detail").isBlank()),
                () -> assertEquals(reply.header("x-request-id"), json.getString("instance")),
                () -> assertEquals("nosniff", reply.header("x-content-type-options")),
                () -> assertEquals(status == 401 ? "Bearer" : "", reply.header("www-authenticate")),
                () -> plannedHeadersAreGone(reply),
                () -> nothingInternal(reply));
        return json;
    }

    private static void plannedHeadersAreGone(Reply reply) {
        for (String name : List.of("etag", "last-modified", "content-disposition", "repr-digest", "accept-ranges")) {
            assertFalse(reply.has(name), name);
        }
        assertTrue(reply.status() == 416 || !reply.has("content-range"), "content-range");
        assertFalse(reply.has("x-agnes-file"), "x-agnes-file");
    }

    private static void nothingInternal(Reply reply) {
        for (String internal : NEVER_TOLD) {
            assertFalse(reply.text().contains(internal), internal + " in " + reply.text());
        }
    }
}
