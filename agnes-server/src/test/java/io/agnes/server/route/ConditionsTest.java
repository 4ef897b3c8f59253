// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import static io.agnes.server.route.Conditions.Verdict.FAILED;
import static io.agnes.server.route.Conditions.Verdict.NOT_MODIFIED;
import static io.agnes.server.route.Conditions.Verdict.SEND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.WritableHeaders;
import java.time.Instant;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionsTest {
    private static final String ETAG = "\"abc\"";
    private static final String BEFORE = "Wed, 04 Mar 2026 05:06:06 GMT";
    private static final String THEN = "Wed, 04 Mar 2026 05:06:07 GMT";
    private static final String AFTER = "Wed, 04 Mar 2026 05:06:08 GMT";
    private static final Conditions CONDITIONS = new Conditions(ETAG, Instant.parse("2026-03-04T05:06:07Z"));

    /** @param namesAndValues alternating names and values */
    private static ServerRequestHeaders headers(String... namesAndValues) {
        WritableHeaders<?> headers = WritableHeaders.create();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(HeaderNames.create(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return ServerRequestHeaders.create(headers);
    }

    private static Conditions.Verdict verdict(String... namesAndValues) {
        return CONDITIONS.of(headers(namesAndValues));
    }

    @Test
    void withoutConditionsItIsSent() {
        assertEquals(SEND, verdict());
    }

    @Nested
    class IfNoneMatch {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"abc\"",
                    "*",
                    "W/\"abc\"",
                    "\"x\", \"abc\"",
                    "\"x\",W/\"abc\" , \"y\"",
                    "\"with, comma\", \"abc\"",
                    ", ,\"abc\""
                })
        void aListWithTheTagIsNotModified(String list) {
            assertEquals(NOT_MODIFIED, verdict("If-None-Match", list));
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"x\"", "", "abc", "\"ABC\"", "w/\"abc\"", "\"abc", "\"a,*,b\"", "\"x, \"abc\""})
        void aListWithoutItIsSent(String list) {
            assertEquals(SEND, verdict("If-None-Match", list));
        }

        @Test
        void severalLinesAreOneList() {
            assertEquals(NOT_MODIFIED, verdict("If-None-Match", "\"x\"", "If-None-Match", "\"abc\""));
        }

        @Test
        void itOutranksADate() {
            assertEquals(SEND, verdict("If-None-Match", "\"x\"", "If-Modified-Since", AFTER));
            assertEquals(NOT_MODIFIED, verdict("If-None-Match", ETAG, "If-Modified-Since", BEFORE));
        }
    }

    @Nested
    class IfMatch {
        @ParameterizedTest
        @ValueSource(strings = {"\"abc\"", "*", "\"x\", \"abc\""})
        void aListWithTheTagIsSent(String list) {
            assertEquals(SEND, verdict("If-Match", list));
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"x\"", "W/\"abc\"", "abc", ""})
        void aListWithoutItFailsAndWeakTagsDoNotCount(String list) {
            assertEquals(FAILED, verdict("If-Match", list));
        }

        @Test
        void itOutranksADate() {
            assertEquals(SEND, verdict("If-Match", ETAG, "If-Unmodified-Since", BEFORE));
        }

        @Test
        void aFailureOutranksIfNoneMatch() {
            assertEquals(FAILED, verdict("If-Match", "\"x\"", "If-None-Match", ETAG));
        }
    }

    @Nested
    class Dates {
        @Test
        void modifiedSinceIsComparedToTheSecond() {
            assertEquals(SEND, verdict("If-Modified-Since", BEFORE));
            assertEquals(NOT_MODIFIED, verdict("If-Modified-Since", THEN));
            assertEquals(NOT_MODIFIED, verdict("If-Modified-Since", AFTER));
        }

        @Test
        void unmodifiedSinceFailsIfItChangedLater() {
            assertEquals(FAILED, verdict("If-Unmodified-Since", BEFORE));
            assertEquals(SEND, verdict("If-Unmodified-Since", THEN));
        }

        @ParameterizedTest
        @ValueSource(strings = {"yesterday", "", "2026-03-04T05:06:07Z", "Wed, 99 Mar 2026 05:06:07 GMT"})
        void whatIsNoDateIsNoCondition(String date) {
            assertEquals(SEND, verdict("If-Modified-Since", date));
            assertEquals(SEND, verdict("If-Unmodified-Since", date));
        }

        @ParameterizedTest
        @ValueSource(strings = {THEN, "Wednesday, 04-Mar-26 05:06:07 GMT", "Wed Mar  4 05:06:07 2026"})
        void allThreeFormsOfADateAreRead(String date) {
            assertEquals(NOT_MODIFIED, verdict("If-Modified-Since", date));
        }

        @Test
        void aDayOfOneDigitIsWrittenWithTwo() {
            assertEquals(THEN, HttpDates.text(Instant.parse("2026-03-04T05:06:07.9Z")));
        }
    }

    @Nested
    class IfRange {
        @Test
        void withoutItARangeHolds() {
            assertTrue(CONDITIONS.rangeHolds(headers()));
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"abc\"", " \"abc\" ", THEN})
        void theExactTagOrDateKeepsTheRange(String condition) {
            assertTrue(CONDITIONS.rangeHolds(headers("If-Range", condition)));
        }

        @ParameterizedTest
        @ValueSource(strings = {"W/\"abc\"", "\"x\"", "\"x\", \"abc\"", "*", "", BEFORE, AFTER, "abc"})
        void anythingElseMakesItTheWholeFile(String condition) {
            assertFalse(CONDITIONS.rangeHolds(headers("If-Range", condition)));
        }
    }
}
