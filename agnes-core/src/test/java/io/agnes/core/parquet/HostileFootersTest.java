// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Corrupt and malicious footers end in an outcome and take little memory. */
class HostileFootersTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    @TempDir
    static Path dir;

    @Tag("slow")
    @Test
    void everyMutatedFooterEndsInAnOutcome() throws Exception {
        List<byte[]> files = new ArrayList<>();
        try (TestDuckDb duckDb = TestDuckDb.open()) {
            files.add(Files.readAllBytes(duckDb.copy(
                    "SELECT i AS a, [i] AS b, {'x': i} AS c FROM range(5000) t(i)",
                    dir.resolve("duck.parquet"),
                    "row_group_size 2048")));
        }
        files.add(resource("arrow-rs-0.parquet"));
        files.add(resource("hyparquet-0.parquet"));
        int mergeable = 0;
        int perFile = 35_000;
        MergeRules rules = MergeRules.standard().withReadsAtOnce(1);
        for (byte[] file : files) {
            Part good = Footers.part("good", file);
            Random random = new Random(7);
            for (int i = 0; i < perFile; i++) {
                byte[] mutated = mutated(file, random);
                Part bad = Footers.part("bad", mutated);
                if (ParquetMerge.plan(List.of(good, bad), rules) instanceof MergeOutcome.Mergeable merged) {
                    mergeable++;
                    MergePlan plan = merged.plan();
                    assertEquals(
                            plan.rows(),
                            FileFooter.parse(MergedFooter.footerBytes(plan)).rows());
                }
                if (i % 7 == 0) {
                    ParquetFile.problem(bad);
                }
            }
        }
        assertTrue(mergeable > 0 && mergeable < perFile, mergeable + " were still mergeable");
    }

    private static byte[] mutated(byte[] file, Random random) {
        if (random.nextInt(4) == 0) {
            // A byte anywhere in the file: offset indexes, the footer length, the magic.
            byte[] copy = file.clone();
            copy[copy.length - 1 - random.nextInt(Math.min(4096, copy.length))] = (byte) random.nextInt();
            return copy;
        }
        return Footers.editBytes(file, footer -> {
            byte[] bytes = footer;
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                bytes = mutatedBytes(bytes, random);
            }
            return bytes;
        });
    }

    private static byte[] mutatedBytes(byte[] footer, Random random) {
        byte[] bytes = footer.clone();
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(6)) {
            case 0 -> bytes[at] = (byte) random.nextInt();
            case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 9), (byte) 0xff);
            case 3 -> {
                // Makes the byte the start of a list, map or structure.
                bytes[at] = (byte) (0xf0 | (9 + random.nextInt(4)));
            }
            case 4 -> {
                int length = Math.min(bytes.length - at, 1 + random.nextInt(40));
                System.arraycopy(footer, random.nextInt(bytes.length - length + 1), bytes, at, length);
            }
            default -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        }
        return bytes;
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = HostileFootersTest.class.getResourceAsStream("writers/" + name)) {
            if (in == null) {
                throw new IOException("no fixture " + name);
            }
            return in.readAllBytes();
        }
    }

    @Nested
    class Bombs {
        @Test
        void aListOfTwoBillionRowGroupsIsNotAllocated() {
            refused(footer(out -> {
                out.field(3, 4, CompactReader.LIST);
                out.list(CompactReader.STRUCT, Integer.MAX_VALUE);
            }));
        }

        @Test
        void aSchemaOfAMillionColumnsIsRefused() {
            refused(footerOf(out -> {
                out.structs(1_000_001);
                root(out, 1_000_000);
                for (int i = 0; i < 1_000_000; i++) {
                    column(out);
                }
            }));
        }

        @Test
        void theDepthOfGroupsIsBounded() {
            refused(footerOf(out -> {
                out.structs(10_001);
                for (int i = 0; i < 10_000; i++) {
                    root(out, 1);
                }
                column(out);
            }));
        }

        @Test
        void theDepthOfStructuresIsBounded() {
            refused(footer(out -> {
                out.field(3, 20, CompactReader.STRUCT);
                for (int i = 0; i < 1_000_000; i++) {
                    out.octet(0x1c);
                }
            }));
            refused(footer(out -> {
                out.field(3, 20, CompactReader.LIST);
                for (int i = 0; i < 1_000_000; i++) {
                    out.octet(0x19);
                }
            }));
        }

        @Test
        void tenMillionKeyValuesAreNotKept() {
            refused(footer(out -> {
                out.field(3, 4, CompactReader.LIST);
                out.structs(0);
                out.field(4, 5, CompactReader.LIST);
                out.structs(10_000_000);
                for (int i = 0; i < 10_000_000; i++) {
                    out.stop();
                }
                out.stop();
            }));
        }

        @Test
        void tenMillionColumnsInOneRowGroupAreNotKept() {
            refused(footer(out -> {
                out.field(3, 4, CompactReader.LIST);
                out.structs(1);
                out.field(0, 1, CompactReader.LIST);
                out.structs(10_000_000);
                for (int i = 0; i < 10_000_000; i++) {
                    out.stop();
                }
                out.stop();
                out.stop();
            }));
        }

        @Test
        void elementsThatBelongToNoGroupAreRefused() {
            refused(footerOf(out -> {
                out.structs(3);
                root(out, 1);
                column(out);
                column(out);
            }));
            refused(footerOf(out -> {
                out.structs(2);
                root(out, 5);
                column(out);
            }));
            refused(footerOf(out -> {
                out.structs(1);
                root(out, -1);
            }));
            refused(footerOf(out -> out.structs(0)));
        }

        @Test
        void sumsThatDoNotFitAreRefused() {
            refused(footer(Long.MAX_VALUE, out -> {
                out.field(3, 4, CompactReader.LIST);
                out.structs(2);
                for (int i = 0; i < 2; i++) {
                    out.field(0, 1, CompactReader.LIST);
                    out.structs(0);
                    out.i64Field(1, 3, Long.MAX_VALUE);
                    out.stop();
                }
                out.stop();
            }));
        }

        @Test
        void aFooterAboveTheLimitNeedsARewrite() throws Exception {
            byte[] file = file(new byte[ParquetLimits.FOOTER_BYTES + 1]);

            MergeOutcome outcome = ParquetMerge.plan(List.of(Footers.part("big", file)));

            assertEquals(
                    List.of(new Reason.FooterTooLarge(
                            "big", ParquetLimits.FOOTER_BYTES + 1, ParquetLimits.FOOTER_BYTES)),
                    assertInstanceOf(MergeOutcome.NeedsRewrite.class, outcome).reasons());
        }

        @Test
        void manyLargeFootersAreNotKept() throws Exception {
            Part part = Footers.part("large", file(new byte[ParquetLimits.FOOTER_BYTES]));

            MergeOutcome outcome = ParquetMerge.plan(
                    List.of(part, part, part, part, part, part),
                    MergeRules.standard().withReadsAtOnce(1));

            List<Reason> reasons =
                    assertInstanceOf(MergeOutcome.Refused.class, outcome).reasons();
            assertTrue(reasons.stream().anyMatch(Reason.TailsTooLarge.class::isInstance));
        }

        private void refused(byte[] file) {
            assertTimeout(AT_ONCE, () -> {
                MergeOutcome outcome = ParquetMerge.plan(List.of(Footers.part("bomb", file)));
                assertInstanceOf(MergeOutcome.Refused.class, outcome);
                assertInstanceOf(
                        ParquetFile.Inspection.Unreadable.class, ParquetFile.inspect(Footers.part("bomb", file)));
            });
        }

        private byte[] footer(Consumer<CompactWriter> rest) {
            return footer(0, rest);
        }

        /** A footer with one column, this number of rows, and the given fields from field 4 on. */
        private byte[] footer(long rows, Consumer<CompactWriter> rest) {
            CompactWriter out = new CompactWriter(1024);
            out.i32Field(0, 1, 1);
            out.field(1, 2, CompactReader.LIST);
            out.structs(2);
            root(out, 1);
            column(out);
            out.i64Field(2, 3, rows);
            rest.accept(out);
            return file(Footers.bytes(out));
        }

        /** A footer with this schema and without rows. */
        private byte[] footerOf(Consumer<CompactWriter> schema) {
            CompactWriter out = new CompactWriter(1024);
            out.i32Field(0, 1, 1);
            out.field(1, 2, CompactReader.LIST);
            schema.accept(out);
            out.i64Field(2, 3, 0);
            out.field(3, 4, CompactReader.LIST);
            out.structs(0);
            out.stop();
            return file(Footers.bytes(out));
        }

        private void root(CompactWriter out, int children) {
            out.i32Field(0, SchemaElement.CHILDREN, children);
            out.stop();
        }

        private void column(CompactWriter out) {
            out.i32Field(0, SchemaElement.TYPE, 1);
            out.stop();
        }

        private byte[] file(byte[] footer) {
            byte[] empty = new byte[12];
            return Footers.replace(empty, footer);
        }
    }
}
