// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.core.composite.InMemoryPart;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDigests.Algorithm;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class InPlaceMergeTest {
    private static final int PARTS = 6;

    @TempDir
    Path dir;

    private TestDuckDb duckDb;
    private OpenParts parts;
    private MergePlan plan;
    private byte[] expected = {};

    @BeforeEach
    void planSixParts() throws Exception {
        duckDb = TestDuckDb.open();
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < PARTS; i++) {
            files.add(duckDb.copy(
                    "SELECT i, hash(i) AS h, 'text ' || hash(i) AS t FROM range(" + i * 5000 + ", " + (i + 1) * 5000
                            + ") t(i)",
                    dir.resolve(i + ".parquet"),
                    ""));
        }
        parts = OpenParts.of(files);
        plan = OpenParts.plan(parts.list());
        Path copied = dir.resolve("copied.parquet");
        plan.copyTo(parts.list(), copied);
        expected = Files.readAllBytes(copied);
    }

    @AfterEach
    void close() throws Exception {
        parts.close();
        duckDb.close();
    }

    @Test
    void partsThatArriveInAnyOrderGiveTheCopyAndItsDigests() throws Exception {
        Path draft = dir.resolve("draft");
        try (InPlaceMerge merge = InPlaceMerge.of(plan, draft);
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
            Collections.shuffle(order, new Random(3));
            List<Future<?>> done = new ArrayList<>();
            for (int part : order) {
                done.add(threads.submit(() -> fetch(merge, part)));
            }
            for (Future<?> each : done) {
                each.get();
            }

            FileDigests digests = merge.seal();

            assertArrayEquals(expected, Files.readAllBytes(draft));
            assertEquals(hex("MD5"), digests.md5());
            assertEquals(hex("SHA-256"), digests.sha256());
            assertEquals(plan.length(), digests.length());
        }
        try (Part file = Part.of(draft)) {
            assertEquals(Optional.empty(), plan.problem(file));
        }
    }

    @Test
    void piecesThatAwaitTheirTurnMakeTheFile() throws Exception {
        Path draft = dir.resolve("draft");
        try (InPlaceMerge merge = InPlaceMerge.of(plan, draft)) {
            for (Piece piece : merge.pieces(1)) {
                merge.awaitTurn(piece);
                ByteBuffer bytes = ByteBuffer.allocate((int) piece.length());
                parts.list().get(piece.part()).read(piece.sourceOffset(), bytes);
                merge.write(piece.part(), piece.sourceOffset(), bytes.flip());
            }

            assertEquals(hex("SHA-256"), merge.seal().sha256());
            assertArrayEquals(expected, Files.readAllBytes(draft));
        }
    }

    @Test
    void aPartWithWrongBytesCanBeFetchedAgain() throws Exception {
        Path draft = dir.resolve("draft");
        try (InPlaceMerge merge = InPlaceMerge.of(plan, draft, Set.of(Algorithm.MD5))) {
            for (int part = 0; part < PARTS; part++) {
                MergePlan.Placement placement = plan.placements().get(part);
                merge.write(part, placement.sourceOffset(), ByteBuffer.allocate((int) placement.length() / 2));
                merge.restart(part);
                fetch(merge, part);
            }
            merge.restart(2);
            fetch(merge, 2);

            assertEquals(new FileDigests(plan.length(), hex("MD5"), null), merge.seal());
            assertArrayEquals(expected, Files.readAllBytes(draft));
        }
    }

    @Test
    void aPartThatFailedInTheMiddleCanBeFetchedAgain() throws Exception {
        Path draft = dir.resolve("draft");
        try (InPlaceMerge merge = InPlaceMerge.of(plan, draft)) {
            for (int part = PARTS - 1; part >= 0; part--) {
                Part whole = parts.list().get(part);
                byte[] half = new byte[(int) whole.length() / 2];
                int number = part;
                assertThrows(EOFException.class, () -> merge.fetch(number, new InMemoryPart("half", half)));
                merge.fetch(part, whole);
            }

            assertEquals(hex("SHA-256"), merge.seal().sha256());
        }
        assertArrayEquals(expected, Files.readAllBytes(draft));
    }

    @Test
    void aMissingPartIsNotSealed() throws Exception {
        Path draft = dir.resolve("draft");
        try (InPlaceMerge merge = InPlaceMerge.of(plan, draft)) {
            for (int part = 0; part < PARTS; part++) {
                if (part != 3) {
                    fetch(merge, part);
                }
            }

            assertThrows(IllegalStateException.class, merge::seal);
            assertNotReadable(draft);
            fetch(merge, 3);
            merge.seal();
        }
        assertArrayEquals(expected, Files.readAllBytes(draft));
    }

    @Test
    void bytesOutsideAPlacementAreNotWritten() throws Exception {
        try (InPlaceMerge merge = InPlaceMerge.of(plan, dir.resolve("draft"))) {
            long length = plan.placements().get(1).length();

            assertThrows(IndexOutOfBoundsException.class, () -> merge.write(1, 3, ByteBuffer.allocate(1)));
            assertThrows(IndexOutOfBoundsException.class, () -> merge.write(1, 4 + length, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void theDraftIsNoParquetFileAtAnyMomentBeforeTheLastWrite() throws Exception {
        Path draft = dir.resolve("draft");
        try (InPlaceMerge merge = InPlaceMerge.of(plan, draft)) {
            assertNotReadable(draft);
            for (int part = PARTS - 1; part >= 0; part--) {
                fetch(merge, part);
                assertNotReadable(draft);
            }
        }
        ByteBuffer tail = plan.tail().bytes();
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            for (int length = 0; length < tail.limit(); length += 1 + length / 5) {
                channel.write(tail.slice(0, Math.min(length, tail.limit() - 8)), plan.length() - tail.limit());
                assertNotReadable(draft);
            }
        }
    }

    /** The last column chunk of the part ends with the bytes of a whole Parquet file, as a value. */
    @Test
    void notEvenAFileInsideAPartIsTakenForTheDraft() throws Exception {
        Path inner = duckDb.copy("FROM range(42)", dir.resolve("inner.parquet"), "");
        Path outer = duckDb.copy(
                "SELECT content FROM read_blob('" + inner + "')",
                dir.resolve("outer.parquet"),
                "compression uncompressed");
        byte[] bytes = Files.readAllBytes(outer);
        byte[] data = java.util.Arrays.copyOf(bytes, bytes.length - 8 - Footers.footer(bytes).length);
        assertEquals("PAR1", new String(data, data.length - 4, 4, java.nio.charset.StandardCharsets.US_ASCII));
        Path draft = dir.resolve("draft");

        try (OpenParts two = OpenParts.of(List.of(outer, outer))) {
            MergePlan hostile = OpenParts.plan(two.list());
            Path cut = dir.resolve("cut");
            hostile.copyTo(two.list(), cut);
            try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
                channel.truncate(hostile.length() - hostile.tail().length());
            }
            // Without the zeros at its end, the draft would open as this file.
            assertEquals("42", duckDb.value("SELECT count(*) FROM read_parquet('" + cut + "')"));
            try (InPlaceMerge merge = InPlaceMerge.of(hostile, draft)) {
                for (int part = 0; part < 2; part++) {
                    fetch(merge, hostile, two, part);
                    assertNotReadable(draft);
                }
                merge.seal();
            }
        }
        assertEquals(0, duckDb.differences(List.of(outer, outer), draft));
    }

    private void assertNotReadable(Path draft) throws IOException, InterruptedException {
        try (Part part = Part.of(draft)) {
            assertInstanceOf(ParquetFile.Inspection.Unreadable.class, ParquetFile.inspect(part));
        }
        assertThrows(SQLException.class, () -> duckDb.run("SELECT * FROM read_parquet('" + draft + "')"));
    }

    private Void fetch(InPlaceMerge merge, int part) throws IOException, InterruptedException {
        return fetch(merge, plan, parts, part);
    }

    @SuppressWarnings("NullAway")
    private static Void fetch(InPlaceMerge merge, MergePlan plan, OpenParts parts, int part)
            throws IOException, InterruptedException {
        MergePlan.Placement placement = plan.placements().get(part);
        int step = 7_000;
        for (long done = 0; done < placement.length(); done += step) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(step, placement.length() - done));
            parts.list().get(part).read(placement.sourceOffset() + done, bytes);
            merge.write(part, placement.sourceOffset() + done, bytes.flip());
        }
        return null;
    }

    private String hex(String algorithm) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(expected));
    }
}
