// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InstantsTest {
    private static Optional<Boolean> utc(String type, String... path) {
        return Instants.utc(List.of(TypeText.column("c", type)), List.of(path));
    }

    @Test
    void onlyTimestampsAreInUtc() {
        assertEquals(Optional.of(true), utc("TIMESTAMP", "c"));
        assertEquals(Optional.of(false), utc("DATETIME", "c"));
        assertEquals(Optional.of(false), utc("TIME", "c"));
        assertEquals(Optional.empty(), utc("INT64", "c"));
        assertEquals(Optional.empty(), utc("TIMESTAMP", "other"));
        assertEquals(Optional.empty(), utc("TIMESTAMP", "c", "more"));
    }

    @Test
    void listsMayBeWrittenWithAnyGroupsOrNone() {
        for (List<String> groups : List.of(
                List.of("c"),
                List.of("c", "list", "element"),
                List.of("c", "list", "item"),
                List.of("c", "array"),
                List.of("c", "bag", "array_element"))) {
            assertEquals(Optional.of(true), Instants.utc(List.of(TypeText.column("c", "ARRAY<TIMESTAMP>")), groups));
        }
    }

    @Test
    void fieldsAreFoundBelowListsAndStructs() {
        String type = "ARRAY<STRUCT<at TIMESTAMP, `list` DATETIME, r RANGE<TIMESTAMP>>>";
        assertEquals(Optional.of(true), utc(type, "c", "list", "element", "at"));
        assertEquals(Optional.of(true), utc(type, "c", "at"));
        assertEquals(Optional.of(false), utc(type, "c", "list", "element", "list"));
        assertEquals(Optional.of(true), utc(type, "c", "list", "element", "r", "start"));
        assertEquals(Optional.of(true), utc(type, "c", "list", "element", "r", "end"));
        assertEquals(Optional.empty(), utc(type, "c", "list", "element", "r", "middle"));
    }
}
