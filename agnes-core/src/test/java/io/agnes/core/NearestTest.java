// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> KNOWN = List.of("changedSince", "changedUntil", "limit", "orderBy", "data-dir");

    @ParameterizedTest
    @CsvSource({
        "changedsince, changedSince",
        "changed_until, changedUntil",
        "limits, limit",
        "ordreBy, orderBy",
        "DATA_DIR, data-dir",
        "'', limit"
    })
    void itIsTheOneWithTheFewestLettersChanged(String word, String nearest) {
        assertEquals(nearest, Nearest.to(word, KNOWN));
    }

    @Test
    void ofTwoTheFirstInTheAlphabet() {
        assertEquals("ab", Nearest.to("a", List.of("ac", "ab")));
    }
}
