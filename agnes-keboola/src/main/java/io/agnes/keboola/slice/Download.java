package io.agnes.keboola.slice;

import io.agnes.core.sync.SyncProgress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.atomic.AtomicLong;

/** Brings parts to the disk, several at once, and tells how far that is. */
public final class Download {
    private final int atOnce;
    private final long total;
    private final SyncProgress progress;
    private final AtomicLong done = new AtomicLong();

    /** @param total bytes to come in all */
    public Download(int atOnce, long total, SyncProgress progress) {
        this.atOnce = atOnce;
        this.total = total;
        this.progress = progress;
    }

    /** Does so many pieces of work, each of which may use {@link #to}. */
    public void run(int count, Workers.Work work) throws IOException, InterruptedException {
        Workers.run(atOnce, count, work);
    }

    /** A target in a file from some place on, whose bytes count. */
    public WritableByteChannel to(FileChannel file, long position) {
        return new Region(file, position);
    }

    private final class Region implements WritableByteChannel {
        private final FileChannel file;
        private long position;

        Region(FileChannel file, long position) {
            this.file = file;
            this.position = position;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = file.write(bytes, position);
            position += count;
            progress.bytes(done.addAndGet(count), total);
            return count;
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        /** Leaves the file open. */
        @Override
        public void close() {}
    }
}
