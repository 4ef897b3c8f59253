// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Property(tries = 200)
    void everyTextComesBack(@ForAll String text) {
        assertEquals(text, Json.read(Json.write(text)));
        assertEquals(text, Json.read(Json.writeEscapingSlashes(text)));
    }

    @Test
    void everyKindOfValueComesBackInOrder() {
        String text = "{\"b\":[1,-2.5,true,false,null,{}],\"a\":{\"x\":[]}}";

        assertEquals(text, Json.write(Json.read(text)));
        assertEquals(List.of("b", "a"), List.copyOf(((Map<?, ?>) Json.read(text)).keySet()));
    }

    @Test
    void invalidJsonIsRefusedWithItsOffset() {
        for (String text :
                List.of("", "{", "{\"a\"}", "[1,]", "\"a", "nul", "1 2", "{\"a\":1,}", "\"\\x\"", "[".repeat(100))) {
            assertThrows(IllegalArgumentException.class, () -> Json.read(text), text);
        }
    }
}
