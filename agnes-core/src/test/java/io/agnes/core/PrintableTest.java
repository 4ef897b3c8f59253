// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void whatATerminalWouldObeyIsWrittenOut() {
        assertEquals("a\\u001b[31mb\\nc\\t\\r\\u009b", Printable.of("a\u001b[31mb\nc\t\r\u009b"));
        assertEquals("gpj\\u202etxt\\u2028", Printable.of("gpj\u202etxt\u2028"));
        assertEquals("\\ud800", Printable.of("\ud800"));
    }

    @Test
    void everyOtherTextStaysAsItIs() {
        assertEquals("größe 数量 👍🏽 a\\b \"c\"", Printable.of("größe 数量 👍🏽 a\\b \"c\""));
    }
}
