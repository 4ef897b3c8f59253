// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.server.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private final ManualTime time = new ManualTime(Instant.parse("2026-03-04T05:06:07.890Z"));
    private final Refusals refusals = new Refusals(time);

    private AuditEvent refusal(String actor, String address, String object) {
        return AuditEvent.undone(
                time.now(),
                new Origin(actor, "", address, "beef"),
                AuditAction.READ,
                object,
                AuditResult.REFUSED,
                "forbidden");
    }

    @Test
    void thoseAlikeOfAMinuteAreTwoRecords() {
        assertTrue(refusals.take(refusal("anna", "192.0.2.1", "orders")));
        for (int i = 0; i < 1000; i++) {
            assertFalse(refusals.take(refusal("anna", "192.0.2.1", "orders")));
        }
        assertTrue(refusals.take(refusal("bob", "192.0.2.1", "orders")));
        assertEquals(List.of(), refusals.ended());
        time.advance(Duration.ofMinutes(1));
        assertEquals(
                List.of(1000L), refusals.ended().stream().map(AuditEvent::count).toList());
        assertTrue(refusals.take(refusal("anna", "192.0.2.1", "orders")));
        time.advance(Duration.ofMinutes(1));
        assertEquals(List.of(), refusals.ended());
    }

    @Test
    void aFloodIsCountedAndLeavesRoomForOthers() {
        int recorded = 0;
        for (int i = 0; i < 10_000; i++) {
            recorded += refusals.take(refusal("", "192.0.2.1", "table" + i)) ? 1 : 0;
        }
        assertEquals(Refusals.MOST_OF_ONE, recorded);
        assertTrue(refusals.take(refusal("anna", "192.0.2.1", "orders")));
        time.advance(Duration.ofMinutes(1));
        AuditEvent counted = refusals.ended().getFirst();
        assertEquals("refusals_counted", counted.action());
        assertEquals(10_000 - Refusals.MOST_OF_ONE, counted.count());
    }

    @Test
    void aFloodFromManyAddressesIsBoundedToo() {
        int recorded = 0;
        for (int i = 0; i < 10_000; i++) {
            recorded += refusals.take(refusal("", "192.0.2." + i, "orders")) ? 1 : 0;
        }
        assertEquals(Refusals.MOST, recorded);
    }
}
