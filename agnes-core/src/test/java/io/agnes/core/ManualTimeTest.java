// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ManualTimeTest {
    private final ManualTime time = new ManualTime(Instant.EPOCH);

    @Test
    void whoSleepsWakesWhenTimeHasPassedAndNotBecauseTheClockWasSet() throws Exception {
        Thread sleeper = Thread.ofVirtual()
                .start(() -> assertThrows(InterruptedException.class, () -> {
                    time.sleep(Duration.ofMinutes(1));
                    time.sleep(Duration.ofMinutes(1));
                }));
        time.awaitSleepers(1);
        time.set(Instant.EPOCH.plusSeconds(3_600));
        time.advance(Duration.ofSeconds(59));
        time.awaitSleepers(1);
        assertEquals(Instant.EPOCH.plusSeconds(3_659), time.now());
        assertEquals(Duration.ofSeconds(59), time.since(0));
        time.advance(Duration.ofSeconds(1));
        time.awaitSleepers(1);
        sleeper.interrupt();
        assertTrue(sleeper.join(Duration.ofSeconds(20)));
    }

    @Test
    void nothingIsWaitedForThatIsNotPositive() throws Exception {
        time.sleep(Duration.ZERO);
        time.sleep(Duration.ofSeconds(-1));
        assertEquals(0, time.nanos());
    }
}
