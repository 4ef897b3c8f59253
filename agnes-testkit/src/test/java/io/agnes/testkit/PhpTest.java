// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Forms and times as PHP reads and writes them. */
class PhpTest {
    private static final Instant NOW = Instant.parse("2026-08-20T08:15:00Z");

    @Test
    void bracketsNestAndAppend() {
        assertEquals(
                Map.of("a", List.of(Map.of("x", "1", "y", List.of("2", "3"))), "b", "last one & more"),
                PhpForm.read("a[0][x]=1&a[0][y][]=2&a[0][y][]=3&b=first&b=last+one+%26+more"));
        assertEquals(Map.of("m", Map.of("k", "v"), "e", ""), PhpForm.read("m[k]=v&e"));
    }

    @Test
    void timesAreWrittenWithoutAColonInTheOffset() {
        assertEquals("2026-08-20T10:15:00+0200", PhpTime.write(NOW));
        assertEquals("2026-01-02T04:04:05+0100", PhpTime.write(Instant.parse("2026-01-02T03:04:05Z")));
    }

    @Test
    void timesAreReadInManyForms() {
        for (String text : List.of(
                "1787213700",
                "now",
                "2026-08-20T08:15:00Z",
                "2026-08-20 08:15:00",
                "2026-08-20T10:15:00+0200",
                "2026-08-20T10:15:00+02:00")) {
            assertEquals(NOW, PhpTime.read(text, NOW), text);
        }
        assertEquals(NOW.minusSeconds(2 * 86400), PhpTime.read("-2 days", NOW));
        assertEquals(Instant.parse("2026-08-20T00:00:00Z"), PhpTime.read("2026-08-20", NOW));
    }

    @Test
    void textThatIsNotATimeIsRefused() {
        for (String text : List.of("", "soon", "2026-13-01", "-2 fortnights")) {
            assertThrows(IllegalArgumentException.class, () -> PhpTime.read(text, NOW), text);
        }
    }
}
