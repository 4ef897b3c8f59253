// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDraft;
import io.agnes.core.parquet.ParquetFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every type of BigQuery, as the README's table says that it arrives. */
@Timeout(120)
class TypesTest {
    @TempDir
    Path directory;

    private CloudFixture cloud;

    @BeforeEach
    void open() {
        cloud = new CloudFixture(directory, builder -> builder.shards(2));
    }

    @AfterEach
    void close() throws Exception {
        cloud.close();
    }

    private static List<String> schema(FileDraft draft) throws Exception {
        try (Part part = Part.of(draft.path())) {
            return assertInstanceOf(ParquetFile.Inspection.Opened.class, ParquetFile.inspect(part))
                    .file()
                    .schema()
                    .toString()
                    .lines()
                    .map(String::strip)
                    .toList();
        }
    }

    @Test
    void aPlainTableKeepsItsTypes() throws Exception {
        cloud.bigQuery
                .dataset("sales")
                .table("all_types")
                .columns(
                        "i INT64, f FLOAT64, n NUMERIC, n2 NUMERIC(10, 2), b BIGNUMERIC, bo BOOL, s STRING, by BYTES, d DATE,"
                                + " t TIME, dt DATETIME, ts TIMESTAMP, g GEOGRAPHY, st STRUCT<a INT64, at ARRAY<TIMESTAMP>>,"
                                + " ids ARRAY<INT64>, rs ARRAY<STRUCT<at TIMESTAMP, n NUMERIC>>")
                .row(
                        Long.MIN_VALUE,
                        1.5,
                        "12345678901234567890123456789.123456789",
                        "-12345678.90",
                        "12345678901234567890123456789012345678.12345678901234567890123456789012345678",
                        true,
                        "žluťoučký 🐎",
                        new byte[] {0, -1, 'a'},
                        "2024-02-29",
                        "23:59:59.999999",
                        "2024-02-29 01:02:03.000004",
                        "2024-02-29 01:02:03.000004+00",
                        "POINT (14.4 50.1)",
                        Map.of("a", 7, "at", List.of("2024-02-29 01:02:03+00")),
                        List.of(1, 2, 3),
                        List.of(Map.of("at", "2024-02-29 01:02:03+00", "n", "0.000000001")))
                .row(
                        null, null, null, null, null, null, null, null, null, null, null, null, null, null, List.of(),
                        List.of());
        FileDraft draft = cloud.draft();
        ExportOutcome.Exported exported = cloud.exported(draft, "all_types");
        assertEquals(ExportOutcome.Way.EXTRACT, exported.way());
        assertEquals(List.of(), exported.notes());
        assertEquals(
                List.of(
                        "message schema {",
                        "optional int64 i;",
                        "optional double f;",
                        "optional fixed_len_byte_array(16) n (DECIMAL(38,9));",
                        "optional fixed_len_byte_array(16) n2 (DECIMAL(10,2));",
                        "optional fixed_len_byte_array(32) b (DECIMAL(76,38));",
                        "optional boolean bo;",
                        "optional binary s (STRING);",
                        "optional binary by;",
                        "optional int32 d (DATE);",
                        "optional int64 t (TIME(MICROS,false));",
                        "optional int64 dt (TIMESTAMP(MICROS,false));",
                        "optional int64 ts (TIMESTAMP(MICROS,true));",
                        "optional binary g (GEOGRAPHY);",
                        "optional group st {",
                        "optional int64 a;",
                        "repeated int64 at (TIMESTAMP(MICROS,true));",
                        "}",
                        "repeated int64 ids;",
                        "repeated group rs {",
                        "optional int64 at (TIMESTAMP(MICROS,true));",
                        "optional fixed_len_byte_array(16) n (DECIMAL(38,9));",
                        "}",
                        "}"),
                schema(draft));
        assertEquals(
                List.of(
                        "-9223372036854775808|1.5|12345678901234567890123456789.123456789|-12345678.90|true|žluťoučký 🐎"
                                + "|\\x00\\xFFa|2024-02-29|23:59:59.999999|2024-02-29 01:02:03.000004"
                                + "|2024-02-29 01:02:03.000004+00|[1, 2, 3]"),
                CloudFixture.rows(
                        draft, "SELECT i, f, n, n2, bo, s, \"by\", d, t, dt, ts, ids FROM FILE WHERE i IS NOT NULL"));
        assertEquals(
                List.of("{'a': 7, 'at': ['2024-02-29 01:02:03+00']}"
                        + "|[{'at': '2024-02-29 01:02:03+00', 'n': 0.000000001}]"),
                CloudFixture.rows(draft, "SELECT st, rs FROM FILE WHERE i IS NOT NULL"));
    }

    @Test
    void typesThatParquetLacksAreConvertedByBigQuery() throws Exception {
        cloud.bigQuery
                .dataset("sales")
                .table("others")
                .columns("id INT64, `j n` JSON, iv INTERVAL, st STRUCT<a INT64, j JSON>")
                .row(1, "{\"a\":[1,2]}", "1 year 2 months 3 days 04:05:06", Map.of("a", 1, "j", "[true]"))
                .row(2, null, null, null);
        FileDraft draft = cloud.draft();
        ExportOutcome.Exported exported = cloud.exported(draft, "others");
        assertEquals(ExportOutcome.Way.EXPORT_DATA, exported.way());
        assertEquals(
                List.of("id BIGINT", "j n VARCHAR", "iv VARCHAR", "st STRUCT(a BIGINT, j VARCHAR)"),
                CloudFixture.types(draft));
        assertEquals(
                List.of("1|{\"a\":[1,2]}|1-2 3 4:5:6|{'a': 1, 'j': '[true]'}", "2|null|null|null"),
                CloudFixture.rows(draft, "SELECT * FROM FILE ORDER BY id"));
    }

    @Test
    void oddNamesOfColumnsAreKept() throws Exception {
        cloud.bigQuery
                .dataset("sales")
                .table("odd")
                .columns("`odd name & 100%` INT64, `ěšč` STRING, `a:b'c#d|e=f` TIMESTAMP, `select` INT64")
                .row(1, "x", "2024-01-01 00:00:00+00", 2);
        FileDraft draft = cloud.draft();
        cloud.exported(draft, "odd");
        assertEquals(
                List.of("odd name & 100%", "ěšč", "a:b'c#d|e=f", "select"),
                CloudFixture.rows(draft, "SELECT column_name FROM (DESCRIBE FROM FILE)"));
        assertEquals(List.of("1|x|2024-01-01 00:00:00+00|2"), CloudFixture.rows(draft, "SELECT * FROM FILE"));
    }
}
