// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.assembly;

import io.agnes.core.composite.Part;
import io.agnes.core.file.FileStore;
import io.agnes.core.parquet.InPlaceMerge;
import io.agnes.core.parquet.Piece;
import io.agnes.core.work.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Downloads parts to a disk, several at once, and reports how far it is. Each object downloads once. */
final class PartDownload {
    private final AssemblyLimits limits;
    private final List<? extends Part> parts;
    private final AssemblyProgress progress;
    private final ByteRate rate;
    private final AtomicInteger partsDone = new AtomicInteger();
    private final AtomicLong done = new AtomicLong();

    PartDownload(AssemblyLimits limits, List<? extends Part> parts, AssemblyProgress progress) {
        this.limits = limits;
        this.parts = parts;
        this.progress = progress;
        this.rate = new ByteRate(limits.time());
    }

    /** Downloads what a merge takes of the parts straight to its place in the merged file. */
    void into(InPlaceMerge merge) throws IOException, InterruptedException {
        List<Piece> pieces = merge.pieces(limits.partsAtOnce());
        AtomicIntegerArray left = new AtomicIntegerArray(parts.size());
        pieces.forEach(piece -> left.incrementAndGet(piece.part()));
        long bytes = pieces.stream().mapToLong(Piece::length).sum();
        int arriving = (int)
                IntStream.range(0, parts.size()).filter(i -> left.get(i) > 0).count();
        progress.parts(0, arriving);
        TaskGroup.run("part", limits.partsAtOnce(), pieces.size(), i -> {
            Piece piece = pieces.get(i);
            merge.awaitTurn(piece);
            Target target = new Target(bytes, (at, some) -> merge.write(piece.part(), piece.sourceOffset() + at, some));
            limits.downloads()
                    .run(() -> parts.get(piece.part()).transferTo(piece.sourceOffset(), piece.length(), target));
            if (left.decrementAndGet(piece.part()) == 0) {
                progress.parts(partsDone.incrementAndGet(), arriving);
            }
        });
    }

    /** Downloads each whole part to the new file with the same index. */
    void into(List<Path> targets, FileStore files) throws IOException, InterruptedException {
        long bytes = parts.stream().mapToLong(Part::length).sum();
        progress.parts(0, parts.size());
        TaskGroup.run("part", limits.partsAtOnce(), parts.size(), i -> {
            Part part = parts.get(i);
            try (FileChannel file = files.create(targets.get(i))) {
                Target target = new Target(bytes, (at, some) -> write(file, at, some));
                limits.downloads().run(() -> part.transferTo(0, part.length(), target));
            }
            progress.parts(partsDone.incrementAndGet(), parts.size());
        });
    }

    private static void write(FileChannel file, long at, ByteBuffer bytes) throws IOException {
        for (long position = at; bytes.hasRemaining(); ) {
            position += file.write(bytes, position);
        }
    }

    @FunctionalInterface
    private interface Place {
        void write(long at, ByteBuffer bytes) throws IOException;
    }

    /** Writes one transfer to its place and counts its bytes. For one thread. */
    private final class Target implements WritableByteChannel {
        private final long total;
        private final Place place;
        private long at;

        Target(long total, Place place) {
            this.total = total;
            this.place = place;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = bytes.remaining();
            place.write(at, bytes);
            at += count;
            long all = done.addAndGet(count);
            progress.bytes(all, total);
            rate.look(all).ifPresent(progress::rate);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        /** Leaves the place open. */
        @Override
        public void close() {}
    }
}
