// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.InMemoryPart;
import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.parquet.example.data.Group;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The number of reads that a plan makes, and the effect of failed reads. */
@Timeout(60)
class TailReadsTest {
    @TempDir
    Path dir;

    @Test
    void aSmallFooterTakesOneRead() throws Exception {
        byte[] file = duckDb("SELECT i, hash(i) FROM range(100000) t(i)", "");
        InMemoryPart part = new InMemoryPart("part", file);

        assertInstanceOf(MergeOutcome.Mergeable.class, ParquetMerge.plan(List.of(part)));

        assertEquals(List.of((file.length - 65_536) + "+65536"), part.reads());
    }

    @Test
    void aLargerFooterTakesOneMoreRead() throws Exception {
        StringBuilder columns = new StringBuilder("1 AS a");
        for (int i = 0; i < 1500; i++) {
            columns.append(", ").append(i).append(" AS column_").append(i);
        }
        byte[] file = duckDb("SELECT " + columns, "");
        InMemoryPart part = new InMemoryPart("part", file);
        int footer = Footers.footer(file).length;
        assertTrue(footer > 65_536, footer + " bytes");

        assertInstanceOf(MergeOutcome.Mergeable.class, ParquetMerge.plan(List.of(part)));

        assertEquals(
                List.of((file.length - 65_536) + "+65536", (file.length - 8 - footer) + "+" + footer), part.reads());
    }

    @Test
    void offsetIndexesBeforeThatTakeOneMoreRead() throws Exception {
        List<Consumer<Group>> rows = new ArrayList<>();
        for (int i = 0; i < 60_000; i++) {
            int id = i;
            rows.add(row -> row.append("id", id));
        }
        Path path = ParquetJava.write(
                dir.resolve("indexed.parquet"),
                "message m { required int32 id; }",
                builder -> builder.withPageRowCountLimit(4).withDictionaryEncoding(false),
                rows);
        InMemoryPart part = new InMemoryPart("part", Files.readAllBytes(path));

        assertInstanceOf(MergeOutcome.Mergeable.class, ParquetMerge.plan(List.of(part, part)));

        assertEquals(4, part.reads().size());
    }

    @Test
    void manyTailsAreReadAtOnceButNotMoreThanAllowed() throws Exception {
        byte[] file = duckDb("SELECT 1 AS a", "");
        CountDownLatch together = new CountDownLatch(8);
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            parts.add(new HookedPart(file, () -> {
                together.countDown();
                assertTrue(together.await(30, TimeUnit.SECONDS), "eight reads at once");
            }));
        }

        assertInstanceOf(
                MergeOutcome.Mergeable.class,
                ParquetMerge.plan(parts, MergeRules.standard().withReadsAtOnce(8)));
    }

    @Test
    void aPartThatCannotBeReadEndsThePlanAndTheOtherReads() throws Exception {
        byte[] file = duckDb("SELECT 1 AS a", "");
        IOException broken = new IOException("broken");
        CountDownLatch waiting = new CountDownLatch(3);
        List<String> interrupted = Collections.synchronizedList(new ArrayList<>());
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            parts.add(new HookedPart(file, () -> {
                waiting.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.add("yes");
                    throw e;
                }
            }));
        }
        parts.add(new HookedPart(file, () -> {
            waiting.await();
            throw broken;
        }));

        assertSame(broken, assertThrows(IOException.class, () -> ParquetMerge.plan(parts)));
        assertEquals(3, interrupted.size());
    }

    @Test
    void anInterruptEndsThePlan() throws Exception {
        Part part = new HookedPart(duckDb("SELECT 1 AS a", ""), () -> new CountDownLatch(1).await());
        Thread.currentThread().interrupt();

        assertThrows(InterruptedException.class, () -> ParquetMerge.plan(List.of(part, part)));
    }

    @Test
    void aPlanWithoutPartsIsAnIllegalArgument() {
        assertThrows(IllegalArgumentException.class, () -> ParquetMerge.plan(List.of()));
    }

    private byte[] duckDb(String query, String options) throws Exception {
        try (TestDuckDb duckDb = TestDuckDb.open()) {
            return Files.readAllBytes(duckDb.copy(query, dir.resolve("some.parquet"), options));
        }
    }

    private interface Hook {
        void run() throws IOException, InterruptedException;
    }

    private record HookedPart(InMemoryPart part, Hook before) implements Part {
        HookedPart(byte[] file, Hook before) {
            this(new InMemoryPart("hooked", file), before);
        }

        @Override
        public String name() {
            return part.name();
        }

        @Override
        public long length() {
            return part.length();
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException, InterruptedException {
            before.run();
            part.read(offset, into);
        }
    }
}
