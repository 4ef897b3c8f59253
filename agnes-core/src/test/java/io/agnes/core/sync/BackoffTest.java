// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BackoffTest {
    private static final Instant NOW = Instant.parse("2026-03-01T07:30:00Z");

    private static TableOutcome failed(Kind kind) {
        return new TableOutcome.Failed(kind, "code", "message");
    }

    @Test
    void delaysDoubleUpToAnHour() {
        List<Long> minutes = new ArrayList<>();
        Backoff backoff = Backoff.NONE;
        for (int i = 0; i < 10; i++) {
            minutes.add(backoff.delay().toMinutes());
            backoff = backoff.after(failed(Kind.SOURCE_PASSING));
        }
        assertEquals(List.of(0L, 1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L), minutes);
        assertEquals(Duration.ofMinutes(60), new Backoff(Integer.MAX_VALUE, false).delay());
        assertEquals(
                Integer.MAX_VALUE,
                new Backoff(Integer.MAX_VALUE, false).failed(Kind.LIMIT).failures());
    }

    @Test
    void whatTheSourceAnsweredEndsIt() {
        Backoff backoff = new Backoff(5, true);
        assertEquals(Backoff.NONE, backoff.after(new TableOutcome.Published(1, 1, 1, List.of())));
        assertEquals(Backoff.NONE, backoff.after(new TableOutcome.Unchanged()));
        assertEquals(Backoff.NONE, backoff.after(new TableOutcome.RefusedEmpty(1)));
    }

    @Test
    void whatWasNotTriedChangesNothing() {
        assertEquals(new Backoff(5, true), new Backoff(5, true).after(new TableOutcome.Skipped("cancelled")));
    }

    @ParameterizedTest
    @EnumSource
    void everyFailureCountsAndTheLastOneSaysWhetherItIsPermanent(Kind kind) {
        Backoff expected = new Backoff(3, kind == Kind.SOURCE_FINAL);
        assertEquals(expected, new Backoff(2, false).after(failed(kind)));
        assertEquals(expected, new Backoff(2, true).after(failed(kind)));
        assertEquals(new Backoff(2, false).failed(Kind.LIMIT).delay(), expected.delay());
    }

    @Test
    void itIsOverOnceTheDelayHasPassedSinceTheFailure() {
        Backoff backoff = new Backoff(3, false);
        assertFalse(backoff.isOver(NOW, NOW));
        assertFalse(backoff.isOver(NOW, NOW.plusSeconds(239)));
        assertTrue(backoff.isOver(NOW, NOW.plusSeconds(240)));
        assertTrue(Backoff.NONE.isOver(NOW, NOW));
    }

    @Test
    void aClockSetBackDelaysItByNoMoreThanItself() {
        assertFalse(new Backoff(3, false).isOver(NOW, NOW.minusSeconds(239)));
        assertTrue(new Backoff(3, false).isOver(NOW, NOW.minusSeconds(240)));
    }

    @Test
    void noneIsNeitherNegativeNorPermanentWithoutAFailure() {
        assertThrows(IllegalArgumentException.class, () -> new Backoff(-1, false));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(0, true));
    }
}
