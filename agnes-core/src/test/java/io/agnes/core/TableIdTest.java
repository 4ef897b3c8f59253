// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableIdTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "_", "0", "in.c-crm.orders", "A_1-b.c"})
    void whatKeysTablesIsTaken(String text) {
        assertEquals(text, TableId.parse(text).orElseThrow().value());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", ".a", "-a", "a b", "a/b", "a\\b", "a\n", "a\u0000", "ä", "a%2fb", "a:b", "a\"b"})
    void whatCouldLeaveADirectoryAHeaderOrAQuoteIsNot(String text) {
        assertTrue(TableId.parse(text).isEmpty());
        assertThrows(IllegalArgumentException.class, () -> new TableId(text));
    }

    @Test
    void theLongestHas128Characters() {
        assertTrue(TableId.parse("a".repeat(128)).isPresent());
        assertTrue(TableId.parse("a".repeat(129)).isEmpty());
    }

    @Test
    void idsThatDifferInCaseAloneFoldToTheSame() {
        assertEquals(new TableId("In.Orders").folded(), new TableId("in.oRDERS").folded());
    }

    @Property(tries = 20_000)
    void noIdLeavesTheDirectoryItIsResolvedIn(@ForAll @StringLength(max = 140) String text) {
        TableId.parse(text).ifPresent(id -> {
            Path directory = Path.of("/data/extracts");
            Path file = directory.resolve(id + ".parquet").normalize();
            assertEquals(directory, file.getParent());
            assertFalse(id.value().chars().anyMatch(c -> c < 0x21 || c > 0x7e || c == '"' || c == '\\'));
        });
    }
}
