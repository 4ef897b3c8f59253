// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {
    @Test
    void numbersCountAsNumbers() {
        assertEquals(
                List.of("f_0_0_2", "f_0_0_12", "f_0_1_0", "f_10_0_0"),
                List.of("f_10_0_0", "f_0_0_12", "f_0_1_0", "f_0_0_2").stream()
                        .sorted(NaturalOrder.INSTANCE)
                        .toList());
    }

    @Property
    void itIsAnOrder(
            @ForAll @Chars({'a', '_', '0', '1', '9'}) @StringLength(max = 6) String a,
            @ForAll @Chars({'a', '_', '0', '1', '9'}) @StringLength(max = 6) String b,
            @ForAll @Chars({'a', '_', '0', '1', '9'}) @StringLength(max = 6) String c) {
        NaturalOrder order = NaturalOrder.INSTANCE;
        assertEquals(a.equals(b), order.compare(a, b) == 0);
        assertEquals(Integer.signum(order.compare(a, b)), -Integer.signum(order.compare(b, a)));
        if (order.compare(a, b) < 0 && order.compare(b, c) < 0) {
            assertEquals(-1, Integer.signum(order.compare(a, c)));
        }
    }
}
