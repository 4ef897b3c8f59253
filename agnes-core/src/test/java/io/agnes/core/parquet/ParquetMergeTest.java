// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.InMemoryPart;
import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetMergeTest {
    private static TestDuckDb duckDb;

    @TempDir
    Path dir;

    @BeforeAll
    static void open() throws Exception {
        duckDb = TestDuckDb.open();
    }

    @AfterAll
    static void close() throws Exception {
        duckDb.close();
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
                duckDb.copy(table(0, 5_000), dir.resolve("0.parquet"), "compression snappy, row_group_size 2048"),
                duckDb.copy(table(5_000, 5_000), dir.resolve("1.parquet"), "compression zstd"),
                duckDb.copy(table(5_000, 12_345), dir.resolve("2.parquet"), "compression zstd"),
                duckDb.copy(
                        table(12_345, 13_000),
                        dir.resolve("3.parquet"),
                        "compression uncompressed, parquet_version v2"));

        Path merged = OpenParts.merge(parts, dir.resolve("merged.parquet"));

        assertEquals(0, duckDb.differences(parts, merged));
        assertEquals("13000", duckDb.value("SELECT count(*) FROM '" + merged + "'"));
    }

    @Test
    void aPartThatFailsInTheMiddleLeavesADraftThatDoesNotOpen() throws Exception {
        Path draft = dir.resolve("draft");
        byte[] file = Files.readAllBytes(duckDb.copy(table(0, 50_000), dir.resolve("0.parquet"), ""));
        IOException broken = new IOException("broken");
        Part failing = new Part() {
            @Override
            public String name() {
                return "failing";
            }

            @Override
            public long length() {
                return file.length;
            }

            @Override
            public void read(long offset, ByteBuffer into) throws IOException {
                if (offset > 4 && offset < file.length / 2) {
                    throw broken;
                }
                new InMemoryPart("failing", file).read(offset, into);
            }
        };
        List<Part> parts = List.of(new InMemoryPart("good", file), failing);
        MergePlan plan = OpenParts.plan(parts);

        assertSame(broken, assertThrows(IOException.class, () -> plan.copyTo(parts, draft)));

        try (Part left = Part.of(draft)) {
            assertInstanceOf(ParquetFile.Inspection.Unreadable.class, ParquetFile.inspect(left));
        }
    }

    @Test
    void aFullDiskAndAnInterruptEndTheCopy() throws Exception {
        List<Part> parts = List.of(
                new InMemoryPart("a", Files.readAllBytes(duckDb.copy(table(0, 100), dir.resolve("0.parquet"), ""))));
        MergePlan plan = OpenParts.plan(parts);

        assertThrows(IOException.class, () -> plan.copyTo(parts, Path.of("/dev/full")));
        Thread.currentThread().interrupt();
        assertThrows(ClosedByInterruptException.class, () -> plan.copyTo(parts, dir.resolve("draft")));
        assertTrue(Thread.interrupted());
    }

    @Test
    void aMergeCanBeVerifiedWithoutBeingWritten() throws Exception {
        List<Path> files = List.of(
                duckDb.copy(table(0, 1000), dir.resolve("0.parquet"), ""),
                duckDb.copy(table(1000, 2000), dir.resolve("1.parquet"), ""));
        try (OpenParts parts = OpenParts.of(files)) {
            MergePlan plan = OpenParts.plan(parts.list());

            assertEquals(Optional.empty(), plan.problem(plan.composite().over("virtual", parts.list())));
            Path twice = dir.resolve("twice.parquet");
            List<Part> virtual = List.of(
                    plan.composite().over("once", parts.list()),
                    plan.composite().over("again", parts.list()));
            OpenParts.plan(virtual).copyTo(virtual, twice);

            assertEquals(0, duckDb.differences(List.of(files.get(0), files.get(1), files.get(0), files.get(1)), twice));
        }
    }

    @Test
    void aSinglePartKeepsItsBytes() throws Exception {
        Path part = duckDb.copy(table(0, 100), dir.resolve("0.parquet"), "");

        Path merged = OpenParts.merge(List.of(part), dir.resolve("merged.parquet"));

        assertArrayEquals(Files.readAllBytes(part), Files.readAllBytes(merged));
    }

    @Test
    void thePlanKnowsLengthRowsAndPlacesBeforeAByteIsCopied() throws Exception {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            files.add(duckDb.copy(table(i * 100, i * 100 + 100), dir.resolve(i + ".parquet"), ""));
        }
        try (OpenParts parts = OpenParts.of(files)) {
            MergePlan plan = OpenParts.plan(parts.list());
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
