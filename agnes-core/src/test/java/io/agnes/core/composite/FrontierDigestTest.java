// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDigests.Algorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class FrontierDigestTest {
    private static final int LENGTH = 3 * FrontierDigest.CHUNK_BYTES + 12_345;
    private static final List<Long> BORDERS = List.of(4L, 100_000L, 100_000L, 500_000L, 700_000L);

    @TempDir
    Path dir;

    @Test
    void piecesInAnyOrderFromManyThreadsGiveTheDigestsOfTheFile() throws Exception {
        byte[] content = random(LENGTH, 1);
        for (int seed = 0; seed < 20; seed++) {
            Path path = Files.createFile(dir.resolve("file" + seed));
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE);
                    FrontierDigest digest = FrontierDigest.of(path, LENGTH, BORDERS);
                    ExecutorService writers = Executors.newFixedThreadPool(4)) {
                List<Future<?>> done = new ArrayList<>();
                for (int[] piece : pieces(new Random(seed))) {
                    done.add(writers.submit(() -> write(file, digest, content, piece[0], piece[1])));
                }
                for (Future<?> each : done) {
                    each.get();
                }

                assertEquals(expected(content), digest.finish());
                assertEquals(LENGTH, digest.frontier());
            }
        }
    }

    @Test
    void aPartWrittenAgainCountsAsItIsInTheEnd() throws Exception {
        byte[] right = random(LENGTH, 2);
        byte[] wrong = random(LENGTH, 3);
        for (int seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            Path path = Files.createFile(dir.resolve("again" + seed));
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE);
                    FrontierDigest digest = FrontierDigest.of(path, LENGTH, BORDERS)) {
                for (int[] piece : pieces(random)) {
                    boolean fails = random.nextInt(3) == 0;
                    write(file, digest, fails ? wrong : right, piece[0], piece[1]);
                    if (fails) {
                        digest.invalidate(piece[0], piece[1]);
                        write(file, digest, right, piece[0], piece[1]);
                    }
                }

                assertEquals(expected(right), digest.finish());
            }
        }
    }

    @Test
    void afterItWasFinishedAPartCanStillBeReplaced() throws Exception {
        byte[] content = random(LENGTH, 4);
        Path path = Files.write(dir.resolve("file"), content);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE);
                FrontierDigest digest = FrontierDigest.of(path, LENGTH, BORDERS)) {
            digest.written(0, LENGTH);
            assertEquals(expected(content), digest.finish());

            digest.invalidate(500_000, 200_000);
            assertEquals(500_000, digest.missing());
            assertTrue(digest.frontier() <= 500_000);
            Arrays.fill(content, 500_000, 700_000, (byte) 7);
            write(file, digest, content, 500_000, 200_000);

            assertEquals(expected(content), digest.finish());
        }
    }

    @Test
    void aThreadThatWaitsForTheFrontierContinuesWhenItIsReached() throws Exception {
        byte[] content = random(LENGTH, 11);
        Path path = Files.write(dir.resolve("file"), content);
        try (FrontierDigest digest = FrontierDigest.of(path, LENGTH, BORDERS)) {
            digest.awaitFrontier(0);
            Future<?> reported = virtual(() -> digest.written(0, 600_000));
            digest.awaitFrontier(600_000);
            assertEquals(600_000, digest.frontier());
            reported.get();
        }
    }

    @Test
    void aFrontierThatCannotComeIsAnErrorAndNoWait() throws Exception {
        Path path = Files.write(dir.resolve("file"), random(1_000, 12));
        try (FrontierDigest digest = FrontierDigest.of(path, LENGTH, BORDERS)) {
            Future<?> waits = virtual(() -> digest.awaitFrontier(2_000));
            digest.written(0, 2_000);
            assertInstanceOf(
                    IOException.class,
                    assertThrows(ExecutionException.class, waits::get).getCause());
        }
        FrontierDigest closed = FrontierDigest.of(path, LENGTH, BORDERS);
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.awaitFrontier(1));
    }

    private static Future<?> virtual(Waiting work) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            work.run();
            return null;
        });
        Thread.ofVirtual().start(task);
        return task;
    }

    private interface Waiting {
        void run() throws IOException, InterruptedException;
    }

    @ParameterizedTest
    @EnumSource
    void oneDigestIsTakenAlone(Algorithm algorithm) throws Exception {
        byte[] content = random(LENGTH, 13);
        Path path = Files.write(dir.resolve("file"), content);
        try (FrontierDigest digest = FrontierDigest.of(path, LENGTH, BORDERS, Set.of(algorithm))) {
            digest.written(0, LENGTH);
            digest.invalidate(500_000, 1);
            digest.written(500_000, 1);

            FileDigests found = digest.finish();

            assertEquals(LENGTH, digest.frontier());
            FileDigests both = expected(content);
            assertEquals(
                    switch (algorithm) {
                        case MD5 -> new FileDigests(LENGTH, both.md5(), null);
                        case SHA_256 -> new FileDigests(LENGTH, null, both.sha256());
                    },
                    found);
            assertEquals(found, FileDigests.of(path, Set.of(algorithm)));
        }
        assertThrows(IllegalArgumentException.class, () -> FrontierDigest.of(path, LENGTH, BORDERS, Set.of()));
    }

    @Test
    void ofTooManyBordersSomeAreUsed() throws Exception {
        byte[] content = random(LENGTH, 9);
        List<Long> borders = new ArrayList<>();
        for (long i = 0; i < 3L * FrontierDigest.MOST_BORDERS; i++) {
            borders.add(i * 20);
        }
        Path path = Files.write(dir.resolve("file"), content);
        try (FrontierDigest digest = FrontierDigest.of(path, LENGTH, borders)) {
            digest.written(0, LENGTH);
            digest.invalidate(10_020, 20);
            digest.written(10_020, 20);

            assertEquals(expected(content), digest.finish());
        }
    }

    @Test
    void aByteThatWasNeverReportedIsNamed() throws Exception {
        Path path = Files.write(dir.resolve("file"), random(100, 5));
        try (FrontierDigest digest = FrontierDigest.of(path, 100, List.of())) {
            digest.written(0, 10);
            digest.written(11, 89);

            IllegalStateException failure = assertThrows(IllegalStateException.class, digest::finish);

            assertEquals("byte 10 of 100 was never reported as written", failure.getMessage());
        }
    }

    @Test
    void aFileShorterThanReportedIsAnError() throws Exception {
        Path path = Files.write(dir.resolve("file"), random(50, 6));
        try (FrontierDigest digest = FrontierDigest.of(path, 100, List.of())) {
            digest.written(0, 100);

            assertThrows(IOException.class, digest::finish);
        }
    }

    @Test
    void anEmptyFileHasTheDigestsOfNothing() throws Exception {
        Path path = Files.createFile(dir.resolve("empty"));
        try (FrontierDigest digest = FrontierDigest.of(path, 0, List.of(0L))) {
            assertEquals(expected(new byte[0]), digest.finish());
        }
    }

    @Test
    void closingInTheMiddleEndsTheThread() throws Exception {
        Path path = Files.write(dir.resolve("file"), random(LENGTH, 7));
        FrontierDigest digest = FrontierDigest.of(path, LENGTH, BORDERS);
        digest.written(0, LENGTH / 2);

        digest.close();

        assertThrows(IllegalStateException.class, digest::finish);
    }

    @Test
    void anInterruptEndsTheWaitAndNotTheDigest() throws Exception {
        byte[] content = random(LENGTH, 8);
        Path path = Files.write(dir.resolve("file"), content);
        try (FrontierDigest digest = FrontierDigest.of(path, LENGTH, BORDERS)) {
            digest.written(0, LENGTH);
            Thread.currentThread().interrupt();

            assertThrows(InterruptedException.class, () -> {
                // The digest may be ready at once; the interrupt then reaches the next wait.
                digest.finish();
                Thread.sleep(Duration.ofSeconds(10));
            });

            assertEquals(expected(content), digest.finish());
        }
    }

    @Test
    void whatIsOutsideTheFileCannotBeReported() throws Exception {
        Path path = Files.createFile(dir.resolve("file"));
        try (FrontierDigest digest = FrontierDigest.of(path, 10, List.of())) {
            assertThrows(IndexOutOfBoundsException.class, () -> digest.written(5, 6));
            assertThrows(IndexOutOfBoundsException.class, () -> digest.invalidate(-1, 1));
        }
        assertThrows(IllegalArgumentException.class, () -> FrontierDigest.of(path, 10, List.of(11L)));
    }

    /** The whole file in shuffled pieces of 1 to 60,000 bytes. */
    private static List<int[]> pieces(Random random) {
        List<int[]> pieces = new ArrayList<>();
        for (int at = 0; at < LENGTH; ) {
            int length = Math.min(LENGTH - at, 1 + random.nextInt(60_000));
            pieces.add(new int[] {at, length});
            at += length;
        }
        Collections.shuffle(pieces, random);
        return pieces;
    }

    @SuppressWarnings("NullAway")
    private static Void write(FileChannel file, FrontierDigest digest, byte[] content, int offset, int length)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content, offset, length);
        for (long at = offset; bytes.hasRemaining(); ) {
            at += file.write(bytes, at);
        }
        digest.written(offset, length);
        return null;
    }

    private static FileDigests expected(byte[] content) throws Exception {
        return new FileDigests(content.length, hex("MD5", content), hex("SHA-256", content));
    }

    private static String hex(String algorithm, byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    }

    private static byte[] random(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
