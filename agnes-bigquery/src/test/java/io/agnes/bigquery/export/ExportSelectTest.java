// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExportSelectTest {
    private static String select(SourceColumn... columns) {
        return ExportSelect.of("`p.d.t`", List.of(columns));
    }

    @Test
    void columnsThatParquetKnowsAreSelectedAsTheyAre() {
        assertEquals(
                "SELECT * FROM `p.d.t` AS agnes_source",
                select(TypeText.column("a", "INT64"), TypeText.column("b", "ARRAY<STRUCT<c GEOGRAPHY>>")));
    }

    @Test
    void otherTypesAreConvertedAndTheRestIsNot() {
        assertEquals(
                "SELECT agnes_source.`a` AS `a`, TO_JSON_STRING(agnes_source.`j k`) AS `j k`,"
                        + " CAST(agnes_source.`i` AS STRING) AS `i` FROM `p.d.t` AS agnes_source",
                select(
                        TypeText.column("a", "INT64"),
                        TypeText.column("j k", "JSON"),
                        TypeText.column("i", "INTERVAL")));
        assertEquals(
                "SELECT IF(agnes_source.`r` IS NULL, NULL, STRUCT(RANGE_START(agnes_source.`r`) AS `start`,"
                        + " RANGE_END(agnes_source.`r`) AS `end`)) AS `r` FROM `p.d.t` AS agnes_source",
                select(TypeText.column("r", "RANGE<TIMESTAMP>")));
    }

    @Test
    void elementsKeepTheirOrderAndNullsStayNull() {
        assertEquals(
                "SELECT ARRAY(SELECT IF(e0 IS NULL, NULL, STRUCT(e0.`a` AS `a`, ARRAY(SELECT TO_JSON_STRING(e1) FROM"
                        + " UNNEST(e0.`j`) AS e1 WITH OFFSET AS o1 ORDER BY o1) AS `j`)) FROM UNNEST(agnes_source.`s`)"
                        + " AS e0 WITH OFFSET AS o0 ORDER BY o0) AS `s` FROM `p.d.t` AS agnes_source",
                select(TypeText.column("s", "ARRAY<STRUCT<a INT64, j ARRAY<JSON>>>")));
    }

    @Test
    void noNameLeavesItsQuotes() {
        assertEquals(
                "SELECT TO_JSON_STRING(agnes_source.`a\\`; DROP TABLE x; --\\\\`) AS `a\\`; DROP TABLE x; --\\\\`"
                        + " FROM `p.d.t` AS agnes_source",
                select(SourceColumn.scalar("a`; DROP TABLE x; --\\", "JSON")));
    }
}
