// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MachineTimeTest {
    private static final MachineTime BEFORE = MachineTime.of("cpu  100 10 40 800 20 0 5 25 7 3");

    @Test
    void whatTheHostTookIsAShareOfAll() {
        MachineTime after = MachineTime.of("cpu  150 10 60 810 20 0 5 45 57 3");
        assertEquals(0.2, after.stolenSince(BEFORE), 1e-9);
    }

    @Test
    void noTimeIsNoShare() {
        assertEquals(0, BEFORE.stolenSince(BEFORE));
        assertEquals(0, new MachineTime(0, 0).stolenSince(new MachineTime(0, 0)));
    }
}
