// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.cloud.bigquery.FieldValue;
import com.google.cloud.bigquery.FieldValue.Attribute;
import com.google.cloud.bigquery.FieldValueList;
import io.agnes.core.duckdb.DuckDb;
import io.agnes.core.duckdb.TextScan;
import io.agnes.core.duckdb.Workspace;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellsTest {
    @TempDir
    Path directory;

    private static FieldValue text(@Nullable String value) {
        return FieldValue.of(Attribute.PRIMITIVE, value);
    }

    private static FieldValue array(FieldValue... values) {
        return FieldValue.of(Attribute.REPEATED, FieldValueList.of(Arrays.asList(values)));
    }

    private static FieldValue struct(FieldValue... values) {
        return FieldValue.of(Attribute.RECORD, FieldValueList.of(Arrays.asList(values)));
    }

    /** Type and value of each row of one column, after its way through CSV. */
    private List<String> read(SourceColumn column, FieldValue... values) throws Exception {
        StringWriter out = new StringWriter();
        Cells cells = new Cells(List.of(column), out);
        for (FieldValue value : values) {
            cells.row(FieldValueList.of(List.of(value)));
        }
        Path file = Files.writeString(directory.resolve("cells.csv"), out.toString());
        String scan = new TextScan(
                        List.of(file), List.of(column.name()), false, false, TextScan.LineEnd.LINE_FEED, 10_000)
                .sql();
        return DuckDb.run(Workspace.of(directory.resolve("target"), List.of(file)), 256L << 20, "cells", database -> {
            List<String> found = new ArrayList<>();
            database.rows("SELECT typeof(c), CAST(c AS VARCHAR) FROM (SELECT " + CellSql.items(List.of(column))
                            + " FROM " + scan + ") t(c)")
                    .forEach(row -> found.add(row.get(0) + " " + row.get(1)));
            return found;
        });
    }

    @Test
    void scalarsGetTheirTypes() throws Exception {
        assertEquals(
                List.of("BIGINT -9223372036854775808", "BIGINT null"),
                read(TypeText.column("a", "INT64"), text("-9223372036854775808"), text(null)));
        assertEquals(
                List.of("DOUBLE nan", "DOUBLE inf", "DOUBLE 1.5"),
                read(TypeText.column("a", "FLOAT64"), text("NaN"), text("Infinity"), text("1.5")));
        assertEquals(List.of("DECIMAL(38,9) 0.000000001"), read(TypeText.column("a", "NUMERIC"), text("0.000000001")));
        assertEquals(List.of("DECIMAL(18,3) 1.500"), read(TypeText.column("a", "NUMERIC(18, 3)"), text("1.5")));
        assertEquals(
                List.of("VARCHAR 0.00000000000000000000000000000000000001"),
                read(TypeText.column("a", "BIGNUMERIC"), text("0.00000000000000000000000000000000000001")));
        assertEquals(List.of("BOOLEAN true"), read(TypeText.column("a", "BOOL"), text("true")));
        assertEquals(List.of("BLOB \\x00\\xFFa"), read(TypeText.column("a", "BYTES"), text("AP9h")));
        assertEquals(List.of("DATE 2024-02-29"), read(TypeText.column("a", "DATE"), text("2024-02-29")));
        assertEquals(List.of("TIME 23:59:59.999999"), read(TypeText.column("a", "TIME"), text("23:59:59.999999")));
        assertEquals(
                List.of("TIMESTAMP 2024-02-29 01:02:03.000004"),
                read(TypeText.column("a", "DATETIME"), text("2024-02-29T01:02:03.000004")));
        assertEquals(
                List.of("TIMESTAMP WITH TIME ZONE 2024-02-29 01:02:03.000004+00"),
                read(TypeText.column("a", "TIMESTAMP"), text("1.709168523000004E9")));
    }

    @Test
    void textsAreKeptAndEmptyTextIsNotNull() throws Exception {
        String odd = "a\"b\\c,d\re\nf=\t'🙂";
        assertEquals(
                List.of("VARCHAR " + odd, "VARCHAR ", "VARCHAR null", "VARCHAR null"),
                read(TypeText.column("odd \"name\"", "STRING"), text(odd), text(""), text(null), text("null")));
        assertEquals(List.of("VARCHAR {\"a\": [1]}"), read(TypeText.column("a", "JSON"), text("{\"a\": [1]}")));
        assertEquals(List.of("VARCHAR 1-2 3 4:5:6"), read(TypeText.column("a", "INTERVAL"), text("1-2 3 4:5:6")));
    }

    @Test
    void nestedValuesGetTypesAtAnyDepth() throws Exception {
        SourceColumn column = TypeText.column(
                "lines", "ARRAY<STRUCT<sku STRING, `n s` NUMERIC(10, 2), at ARRAY<TIMESTAMP>, b BYTES>>");
        assertEquals(
                List.of(
                        "STRUCT(sku VARCHAR, \"n s\" DECIMAL(10,2), \"at\" TIMESTAMP WITH TIME ZONE[], b BLOB)[]"
                                + " [{'sku': 'a\"b', 'n s': 1.50, 'at': ['1970-01-01 00:00:01+00'], 'b': '\\\\x00'},"
                                + " {'sku': NULL, 'n s': NULL, 'at': [], 'b': NULL}]",
                        "STRUCT(sku VARCHAR, \"n s\" DECIMAL(10,2), \"at\" TIMESTAMP WITH TIME ZONE[], b BLOB)[] []"),
                read(
                        column,
                        array(
                                struct(text("a\"b"), text("1.5"), array(text("1")), text("AA==")),
                                struct(text(null), text(null), array(), text(null))),
                        array()));
    }

    @Test
    void aStructThatIsNullIsNotOneOfNulls() throws Exception {
        SourceColumn column = TypeText.column("s", "STRUCT<a STRUCT<b INT64>>");
        assertEquals(
                List.of(
                        "STRUCT(a STRUCT(b BIGINT)) null",
                        "STRUCT(a STRUCT(b BIGINT)) {'a': NULL}",
                        "STRUCT(a STRUCT(b BIGINT)) {'a': {'b': NULL}}",
                        "STRUCT(a STRUCT(b BIGINT)) {'a': {'b': 7}}"),
                read(
                        column,
                        FieldValue.of(Attribute.RECORD, null),
                        struct(FieldValue.of(Attribute.RECORD, null)),
                        struct(struct(text(null))),
                        struct(struct(text("7")))));
    }

    @Test
    void rangesBecomeTheirEnds() throws Exception {
        assertEquals(
                List.of(
                        "STRUCT(\"start\" DATE, \"end\" DATE) {'start': 2020-01-01, 'end': 2020-12-31}",
                        "STRUCT(\"start\" DATE, \"end\" DATE) {'start': NULL, 'end': 2020-12-31}",
                        "STRUCT(\"start\" DATE, \"end\" DATE) null"),
                read(
                        TypeText.column("r", "RANGE<DATE>"),
                        text("[2020-01-01, 2020-12-31)"),
                        text("[UNBOUNDED, 2020-12-31)"),
                        text(null)));
    }
}
