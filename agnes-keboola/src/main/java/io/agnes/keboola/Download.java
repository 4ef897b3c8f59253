// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Time;
import io.agnes.core.parquet.InPlaceMerge;
import io.agnes.core.parquet.Piece;
import io.agnes.core.work.Action;
import io.agnes.core.work.IndexedAction;
import io.agnes.core.work.Permits;
import io.agnes.core.work.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Brings parts to the disk, several at once, and tells how far that is. */
final class Download {
    private final int atOnce;
    private final Permits permits;
    private final long total;
    private final ExportProgress progress;
    private final ByteRate rate;
    private final int slices;
    private final AtomicInteger slicesDone = new AtomicInteger();
    private final AtomicLong done = new AtomicLong();

    /**
     * @param atOnce pieces of work that are begun
     * @param permits bound those of them that download
     * @param total bytes to come in all
     * @param slices of which they are
     */
    Download(int atOnce, Permits permits, long total, int slices, ExportProgress progress, Time time) {
        this.atOnce = atOnce;
        this.permits = permits;
        this.total = total;
        this.progress = progress;
        this.rate = new ByteRate(time);
        this.slices = slices;
    }

    /** Does so many pieces of work, each of which may use a target. */
    void run(int count, IndexedAction work) throws IOException, InterruptedException {
        progress.slices(0, slices);
        TaskGroup.run("keboola-slice", atOnce, count, work);
    }

    /** The part of a piece of work that needs a permit of the client. */
    void permitted(Action transfer) throws IOException, InterruptedException {
        permits.run(transfer);
    }

    /** Counts a slice of which everything is there. */
    void sliceArrived() {
        progress.slices(slicesDone.incrementAndGet(), slices);
    }

    /** A file from its beginning. */
    WritableByteChannel to(FileChannel file) {
        return new Target((at, bytes) -> {
            for (long position = at; bytes.hasRemaining(); ) {
                position += file.write(bytes, position);
            }
        });
    }

    /** The place of a piece in the file that is made of many. */
    WritableByteChannel to(InPlaceMerge merge, Piece piece) {
        return new Target((at, bytes) -> merge.write(piece.part(), piece.sourceOffset() + at, bytes));
    }

    @FunctionalInterface
    private interface Store {
        void write(long at, ByteBuffer bytes) throws IOException;
    }

    private final class Target implements WritableByteChannel {
        private final Store store;
        private long at;

        Target(Store store) {
            this.store = store;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = bytes.remaining();
            store.write(at, bytes);
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

        /** Leaves what it writes to open. */
        @Override
        public void close() {}
    }
}
