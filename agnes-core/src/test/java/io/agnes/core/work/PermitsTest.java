// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class PermitsTest {
    @Test
    void aLowerLimitHoldsForTheNextAndAHigherOneAtOnce() throws Exception {
        Permits permits = new Permits(2);
        permits.limit(1);
        assertEquals(1, most(permits));
        permits.limit(3);
        assertEquals(3, most(permits));
    }

    /** The number of permits that one thread can hold at once. */
    private static int most(Permits permits) throws IOException, InterruptedException {
        return permits.call(() -> permits.available() == 0 ? 1 : 1 + most(permits));
    }

    @Test
    void aFailureGivesThePermitBack() {
        Permits permits = new Permits(1);
        assertThrows(
                IOException.class,
                () -> permits.run(() -> {
                    throw new IOException("the disk");
                }));
        assertThrows(
                IllegalStateException.class,
                () -> permits.call(() -> {
                    throw new IllegalStateException();
                }));
        assertEquals(1, permits.available());
    }

    @Test
    void anInterruptEndsTheWaitAndTakesNothing() throws Exception {
        Permits permits = new Permits(1);
        permits.run(() -> {
            try (Task<Integer> second = Task.start("second", () -> permits.call(() -> 1))) {
                second.cancel();
                assertThrows(InterruptedException.class, second::await);
            }
        });
        assertEquals(1, permits.available());
    }

    @Test
    void noPermitAtAllIsAMistake() {
        assertThrows(IllegalArgumentException.class, () -> new Permits(0));
        assertThrows(IllegalArgumentException.class, () -> new Permits(1).limit(0));
    }
}
