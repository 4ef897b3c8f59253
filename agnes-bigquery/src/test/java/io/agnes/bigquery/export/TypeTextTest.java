// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TypeTextTest {
    @Test
    void scalarsKeepPrecisionAndScaleOfNumbers() {
        assertEquals(SourceColumn.scalar("a", "INT64"), TypeText.column("a", "INT64"));
        assertEquals(SourceColumn.scalar("a", "STRING"), TypeText.column("a", "STRING(20)"));
        assertEquals(SourceColumn.scalar("a", "NUMERIC", List.of(18, 3)), TypeText.column("a", "NUMERIC(18, 3)"));
        assertEquals(SourceColumn.scalar("a", "BIGNUMERIC", List.of(60)), TypeText.column("a", "BIGNUMERIC(60)"));
    }

    @Test
    void nestedTypesAreReadAtAnyDepth() {
        SourceColumn column = TypeText.column(
                "lines", "ARRAY<STRUCT<sku STRING, `odd name, <x>` RANGE<DATE>, tags ARRAY<STRUCT<at TIMESTAMP>>>>");
        assertEquals(
                SourceColumn.struct(
                                "lines",
                                List.of(
                                        SourceColumn.scalar("sku", "STRING"),
                                        SourceColumn.range("odd name, <x>", "DATE"),
                                        SourceColumn.struct("tags", List.of(SourceColumn.scalar("at", "TIMESTAMP")))
                                                .repeated(true)))
                        .repeated(true),
                column);
        assertEquals(SourceColumn.struct("a", List.of()), TypeText.column("a", "STRUCT<>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ARRAY",
                "ARRAY<INT64",
                "STRUCT<a INT64",
                "STRUCT<INT64>",
                "INT64>",
                "NUMERIC(18, 3",
                "STRUCT<`a INT64>",
                "RANGE<>",
                "INT64 NOT NULL"
            })
    void otherTextsAreRefused(String type) {
        assertThrows(IllegalArgumentException.class, () -> TypeText.column("a", type));
    }

    @Test
    void depthHasABound() {
        assertThrows(
                IllegalArgumentException.class,
                () -> TypeText.column("a", "ARRAY<".repeat(1_000) + "INT64" + ">".repeat(1_000)));
    }
}
