// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.core.composite.Part;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorrectedTimesTest {
    private static final String QUERY = """
            SELECT i AS id, TIMESTAMP '2024-03-01 10:00:00' + to_microseconds(i) AS instant,
              TIMESTAMP '2024-03-01 10:00:00' AS local, TIME '10:00:00' AS clock,
              {'at': TIMESTAMP '2024-03-01 10:00:00', 'list': [TIMESTAMP '2024-03-01 11:00:00']} AS nested
            FROM range(%d, %d) t(i)""";

    @TempDir
    Path directory;

    private final List<Part> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (Part part : open) {
            part.close();
        }
    }

    private Part part(String name, int first, int last) throws Exception {
        try (TestDuckDb duckDb = TestDuckDb.open()) {
            Part part =
                    Part.of(duckDb.copy(QUERY.formatted(first, last), directory.resolve(name), "row_group_size 2048"));
            open.add(part);
            return part;
        }
    }

    private static Part corrected(Part part) throws Exception {
        return CorrectedTimes.of(part, path -> switch (path.getLast()) {
            case "instant", "at", "element" -> Optional.of(true);
            case "local" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    private Path copied(Part part) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        part.transferTo(0, part.length(), Channels.newChannel(out));
        return Files.write(directory.resolve("copied-" + part.name()), out.toByteArray());
    }

    @Test
    void timesGetTheMeaningThatTheRuleGivesThem() throws Exception {
        Part source = part("a.parquet", 0, 100);
        Path file = copied(corrected(source));
        assertEquals(source.length(), Files.size(file));
        try (TestDuckDb duckDb = TestDuckDb.open();
                ParquetFileReader reader = ParquetJava.open(file)) {
            duckDb.run("SET TimeZone = 'UTC'");
            assertEquals(
                    List.of(
                            "id|BIGINT|",
                            "instant|TIMESTAMP WITH TIME ZONE|",
                            "local|TIMESTAMP|",
                            "clock|TIME|",
                            "nested|STRUCT(\"at\" TIMESTAMP WITH TIME ZONE, list TIMESTAMP WITH TIME ZONE[])|"),
                    duckDb.rows("SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet('" + file + "'))"));
            assertEquals(
                    "100 2024-03-01 10:00:00.000099+00 2024-03-01 11:00:00+00",
                    duckDb.value("SELECT count(*) || ' ' || max(instant) || ' ' || max(nested.list[1])"
                            + " FROM read_parquet('" + file + "')"));
            assertEquals(
                    "optional int64 instant (TIMESTAMP(MICROS,true))",
                    reader.getFileMetaData().getSchema().getType("instant").toString());
        }
    }

    @Test
    void correctedPartsAreMergedAsTheyAre() throws Exception {
        List<Part> parts = List.of(corrected(part("a.parquet", 0, 5_000)), corrected(part("b.parquet", 5_000, 9_000)));
        MergePlan plan = assertInstanceOf(MergeOutcome.Mergeable.class, ParquetMerge.plan(parts))
                .plan();
        Path merged = directory.resolve("merged.parquet");
        plan.copyTo(parts, merged);
        try (Part file = Part.of(merged);
                TestDuckDb duckDb = TestDuckDb.open()) {
            assertEquals(Optional.empty(), plan.problem(file));
            duckDb.run("SET TimeZone = 'UTC'");
            assertEquals(
                    "9000 40495500 2024-03-01 10:00:00.008999+00",
                    duckDb.value("SELECT count(*) || ' ' || sum(id) || ' ' || max(instant) FROM read_parquet('" + merged
                            + "') WHERE instant >= TIMESTAMPTZ '2024-03-01 10:00:00+00'"));
        }
    }

    @Test
    void aCorrectedPartAndOneThatIsNotDifferInSchema() throws Exception {
        Part source = part("a.parquet", 0, 10);
        assertFalse(ParquetMerge.plan(List.of(source, corrected(source))) instanceof MergeOutcome.Mergeable);
    }

    @Test
    void aPartThatIsRightStaysItself() throws Exception {
        Part source = part("a.parquet", 0, 10);
        assertSame(source, CorrectedTimes.of(source, path -> Optional.empty()));
        assertSame(source, CorrectedTimes.of(source, path -> Optional.of(false)));
    }

    @Test
    void whatIsNoParquetStaysItself() throws Exception {
        Path file = Files.writeString(directory.resolve("text"), "no Parquet at all");
        try (Part part = Part.of(file)) {
            assertSame(part, CorrectedTimes.of(part, path -> Optional.of(true)));
        }
    }

    @Test
    void rangesMayTouchBothSidesOfTheFooter() throws Exception {
        Part corrected = corrected(part("a.parquet", 0, 100));
        byte[] whole = Files.readAllBytes(copied(corrected));
        for (int from = 0; from <= whole.length; from += 37) {
            for (int end : List.of(from, from + 1, from + 100, whole.length)) {
                if (end <= whole.length) {
                    byte[] expected = Arrays.copyOfRange(whole, from, end);
                    ByteBuffer read = ByteBuffer.allocate(end - from);
                    corrected.read(from, read);
                    assertArrayEquals(expected, read.array());
                    ByteArrayOutputStream transferred = new ByteArrayOutputStream();
                    corrected.transferTo(from, end - from, Channels.newChannel(transferred));
                    assertArrayEquals(expected, transferred.toByteArray());
                }
            }
        }
        assertThrows(EOFException.class, () -> corrected.read(whole.length - 3, ByteBuffer.allocate(4)));
    }
}
