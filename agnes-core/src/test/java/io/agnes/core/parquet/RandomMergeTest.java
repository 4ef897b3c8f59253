// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.core.composite.Part;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Merges tables with random columns that are split at random rows and written with random options. */
@Tag("slow")
class RandomMergeTest {
    private static final String[] COLUMNS = {
        "i",
        "i::TINYINT",
        "i::BIGINT * 1000000007",
        "i / 7.0",
        "(i / 7.0)::FLOAT",
        "i::DECIMAL(18, 4)",
        "i::HUGEINT",
        "i % 2 = 0",
        "'text ' || i",
        "repeat('long', (i % 50)::INTEGER)",
        "('x' || i)::BLOB",
        "DATE '2026-01-01' + (i % 1000)::INTEGER",
        "TIMESTAMP '2026-01-01' + to_seconds(i)",
        "TIMESTAMPTZ '2026-01-01 00:00:00Z' + to_seconds(i)",
        "TIME '01:00:00' + to_seconds(i % 60)",
        "[i, i + 1]",
        "[]::INTEGER[]",
        "{'a': i, 'b': 'y' || i}",
        "[{'c': [i::VARCHAR]}]",
        "MAP {i: i + 1}",
        "NULL::INTEGER",
        "NULL::VARCHAR",
        "md5(i::VARCHAR)::VARCHAR",
        "INTERVAL 1 DAY * i",
        "uuid_of(i)",
        "'constant'"
    };
    private static final String[] CODECS = {"snappy", "zstd", "gzip", "uncompressed", "lz4_raw", "brotli"};

    private static TestDuckDb duckDb;
    private static Path dir;

    @BeforeContainer
    static void open() throws Exception {
        duckDb = TestDuckDb.open();
        duckDb.run("CREATE MACRO uuid_of(i) AS md5(i::VARCHAR)::UUID");
        dir = Files.createTempDirectory("merges");
    }

    @AfterContainer
    static void close() throws Exception {
        duckDb.close();
        try (var files = Files.list(dir)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(dir);
    }

    @Property(tries = 60)
    void anySplitOfAnyTableMergesToTheSameRowsAndAnyRangeToTheSameBytes(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        List<Path> files = new ArrayList<>();
        String columns = columns(random);
        int from = 0;
        for (int i = 0; i < 2 + random.nextInt(5); i++) {
            int to = from + (random.nextInt(5) == 0 ? 0 : random.nextInt(6_000));
            files.add(duckDb.copy(
                    "SELECT " + columns + " FROM (SELECT i::INTEGER % 100 AS i FROM range(" + from + ", " + to
                            + ") t(i))",
                    dir.resolve(i + ".parquet"),
                    options(random)));
            from = to;
        }
        Path merged = dir.resolve("merged.parquet");
        try (OpenParts parts = OpenParts.of(files)) {
            MergePlan plan = OpenParts.plan(parts.list());
            plan.copyTo(parts.list(), merged);
            assertEquals(from, plan.rows());
            assertEquals(0, duckDb.differences(files, merged));
            try (Part file = Part.of(merged)) {
                assertEquals(Optional.empty(), plan.problem(file));
            }
            assertRanges(plan, parts, Files.readAllBytes(merged), random);
        }
    }

    private static void assertRanges(MergePlan plan, OpenParts parts, byte[] whole, Random random) throws Exception {
        assertEquals(whole.length, plan.length());
        for (int i = 0; i < 30; i++) {
            int offset = random.nextInt(whole.length + 1);
            int length = random.nextInt(whole.length - offset + 1);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            plan.composite().writeTo(parts.list(), offset, length, Channels.newChannel(out));
            assertArrayEquals(Arrays.copyOfRange(whole, offset, offset + length), out.toByteArray());
        }
    }

    private static String columns(Random random) {
        List<String> columns = new ArrayList<>();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            String expression = COLUMNS[random.nextInt(COLUMNS.length)];
            String value = random.nextInt(3) == 0
                    ? "CASE WHEN i % " + (2 + random.nextInt(5)) + " = 0 THEN NULL ELSE " + expression + " END"
                    : expression;
            columns.add(value + " AS c" + i);
        }
        return String.join(", ", columns);
    }

    private static String options(Random random) {
        return "compression " + CODECS[random.nextInt(CODECS.length)] + ", row_group_size "
                + (random.nextBoolean() ? 2048 : 122_880) + ", parquet_version "
                + (random.nextBoolean() ? "v1" : "v2");
    }
}
