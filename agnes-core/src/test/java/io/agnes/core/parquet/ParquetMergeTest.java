package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetMergeTest {
    private static Duck duck;

    @TempDir
    Path dir;

    @BeforeAll
    static void open() throws Exception {
        duck = Duck.open();
    }

    @AfterAll
    static void close() throws Exception {
        duck.close();
    }

    private static String table(int from, int to) {
        return "SELECT i AS id, 'name ' || (i % 97) AS name, i * 1.5 AS amount, CAST(NULL AS INTEGER) AS nothing,"
                + " CASE WHEN i % 3 = 0 THEN NULL ELSE [i, i + 1] END AS list,"
                + " {'a': i, 'b': {'c': 'x' || i}} AS nested, MAP {'k' || i: i} AS map,"
                + " TIMESTAMP '2026-01-01' + to_seconds(i) AS at, CAST(i AS DECIMAL(12, 3)) AS price"
                + " FROM range(" + from + ", " + to + ") t(i)";
    }

    @Test
    void partsOfDifferentCodecsBecomeOneFileWithTheSameRows() throws Exception {
        List<Path> parts = List.of(
                duck.copy(table(0, 5_000), dir.resolve("0.parquet"), "compression snappy, row_group_size 2048"),
                duck.copy(table(5_000, 5_000), dir.resolve("1.parquet"), "compression zstd"),
                duck.copy(table(5_000, 12_345), dir.resolve("2.parquet"), "compression zstd"),
                duck.copy(
                        table(12_345, 13_000),
                        dir.resolve("3.parquet"),
                        "compression uncompressed, parquet_version v2"));

        Path merged = Parts.merge(parts, dir.resolve("merged.parquet"));

        assertEquals(0, duck.differences(parts, merged));
        assertEquals("13000", duck.value("SELECT count(*) FROM '" + merged + "'"));
    }

    @Test
    void onePartStaysAsItIs() throws Exception {
        Path part = duck.copy(table(0, 100), dir.resolve("0.parquet"), "");

        Path merged = Parts.merge(List.of(part), dir.resolve("merged.parquet"));

        assertArrayEquals(Files.readAllBytes(part), Files.readAllBytes(merged));
    }

    @Test
    void thePlanKnowsLengthRowsAndPlacesBeforeAByteIsCopied() throws Exception {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            files.add(duck.copy(table(i * 100, i * 100 + 100), dir.resolve(i + ".parquet"), ""));
        }
        try (Parts parts = Parts.of(files)) {
            MergePlan plan = Parts.plan(parts.list());
            Path merged = dir.resolve("merged.parquet");

            plan.copyTo(parts.list(), merged);

            assertEquals(Files.size(merged), plan.length());
            assertEquals(500, plan.rows());
            assertEquals(5, plan.rowGroups());
            assertEquals(5, plan.placements().size());
            assertEquals(4, plan.placements().get(0).offset());
        }
    }
}
