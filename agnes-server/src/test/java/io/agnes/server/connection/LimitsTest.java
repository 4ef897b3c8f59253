// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {
    /**
     * The maximum heap that the JVM reports for the launcher's -Xmx256m, because the serial collector reserves a
     * survivor space.
     */
    private static final long HEAP = 247L * 1024 * 1024;

    private static final long MANY = 1 << 20;

    @Test
    void theStandardLimitsNeedLessThanHalfOfTheLaunchersHeap() {
        assertTrue(Limits.standard().bytes() < HEAP / 2, Limits.standard().bytes() + " bytes");
        assertEquals(Limits.standard(), Limits.standard().within(HEAP, MANY));
    }

    @Test
    void aSmallerHeapOrFewerDescriptorsLowerTheLimits() {
        Limits heap = Limits.standard().within(HEAP / 2, MANY);
        assertTrue(heap.connections() < 2000 && heap.bytes() <= HEAP / 4 + 1024 * 1024, heap + ": " + heap.bytes());
        Limits files = Limits.standard().within(HEAP, 1024);
        assertTrue(files.descriptors() <= 1024 && files.connections() >= 64, files.toString());
    }

    @Test
    void slotsAreFewerThanConnectionsSoThatOneCanAlwaysBeReplaced() {
        for (int connections = 64; connections < 20_000; connections += 61) {
            Limits limits = new Limits(connections, connections, connections / 2, 10, Duration.ZERO, 0);
            int slots = 0;
            for (Pool pool : Pool.values()) {
                assertTrue(limits.slots(pool) > 0);
                slots += limits.slots(pool);
            }
            assertTrue(slots < connections, limits.toString());
        }
    }

    @Test
    void oneHolderTakesAtMostItsShareAndAllTogetherAtMostTheWhole() {
        Shares shares = new Shares(5, 3);
        assertSame(Shares.Outcome.TAKEN, shares.take("a", 3));
        assertSame(Shares.Outcome.SHARE_USED, shares.take("a", 1));
        assertSame(Shares.Outcome.TAKEN, shares.take("b", 2));
        assertSame(Shares.Outcome.ALL_USED, shares.take("b", 1));
        shares.give("a", 3);
        assertSame(Shares.Outcome.TAKEN, shares.take("b", 1));
    }
}
