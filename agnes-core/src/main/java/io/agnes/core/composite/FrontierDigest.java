// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDigests.Algorithm;
import io.agnes.core.work.Task;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Computes MD5 and SHA-256 of a file, or one of them, while the file is written out of order. Neither digest can start in the
 * middle or be combined from pieces, so each has a thread that follows the frontier, the first byte that is not written yet,
 * and reads what was written back from the page cache. After the last part only the bytes behind it remain to be hashed.
 * Neither digest waits for the other: a processor without instructions for SHA-256 computes it at about the rate of a good
 * network.
 *
 * <p>Writers report from any thread. The state is saved at every border. If a part is written again, only that part and later
 * ones are hashed again.
 */
public final class FrontierDigest implements Closeable {
    /** Borders at which the states are saved, about a quarter of a kilobyte each. If there are more, some are skipped. */
    public static final int MOST_BORDERS = 8 * 1024;

    /** The most ranges of written bytes with gaps between them. */
    public static final int MOST_GAPS = 1_000_000;

    /** Bytes hashed before a thread checks again what was reported. */
    static final int CHUNK_BYTES = 256 * 1024;

    /** Bytes of a read. They stay in the cache of the core until they are hashed. */
    private static final int READ_BYTES = 64 * 1024;

    /** Bytes given to a digest at once. They are few, so that the method soon counts as hot and is compiled. */
    private static final int PIECE_BYTES = 8 * 1024;

    private final FileChannel file;
    private final long length;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // All below are guarded by the lock, and so are the followers' fields.
    private final Map<Algorithm, Follower> followers = new EnumMap<>(Algorithm.class);
    /** Ranges that were reported and not invalidated, by their start; they neither touch nor overlap. */
    private final TreeMap<Long, Long> written = new TreeMap<>();

    private @Nullable Throwable failure;
    private boolean closed;

    private FrontierDigest(FileChannel file, long length, List<Long> borders, Set<Algorithm> algorithms) {
        this.file = file;
        this.length = length;
        List<Long> used = used(borders, length);
        algorithms.forEach(algorithm -> followers.put(algorithm, new Follower(algorithm, used)));
    }

    private static List<Long> used(List<Long> borders, long length) {
        List<Long> used = new ArrayList<>();
        int step = 1 + borders.size() / MOST_BORDERS;
        for (int i = 0; i < borders.size(); i += step) {
            long border = borders.get(i);
            if (border < 0 || border > length) {
                throw new IllegalArgumentException("border " + border + " of a file of " + length + " bytes");
            }
            used.add(border);
        }
        return used;
    }

    /** Begins to follow a file with all digests. */
    public static FrontierDigest of(Path file, long length, List<Long> borders) throws IOException {
        return of(file, length, borders, Algorithm.ALL);
    }

    /**
     * Begins to follow a file, which may still be empty.
     *
     * @param length the final length in bytes
     * @param borders where parts begin; the start of the file is always one
     * @param algorithms at least one
     * @throws IOException if the file cannot be opened for reading
     */
    public static FrontierDigest of(Path file, long length, List<Long> borders, Set<Algorithm> algorithms)
            throws IOException {
        if (length < 0 || algorithms.isEmpty()) {
            throw new IllegalArgumentException("digests " + algorithms + " of a file of " + length + " bytes");
        }
        // Its own channel, since an interrupted writer closes the one it writes to.
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            FrontierDigest digest = new FrontierDigest(channel, length, borders, algorithms);
            digest.followers.values().forEach(Follower::start);
            return digest;
        } catch (RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Reports that these bytes are in the file and final, unless {@link #invalidate} is called. Reporting again does nothing.
     * Returns at once.
     */
    public void written(long offset, long length) {
        check(offset, length);
        if (length == 0) {
            return;
        }
        lock.lock();
        try {
            add(offset, offset + length);
            if (written.size() > MOST_GAPS) {
                throw new IllegalStateException("more than " + MOST_GAPS + " gaps between written bytes");
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reports that these bytes will be written again. They must be reported again afterwards; bytes around them need not
     * be.
     */
    public void invalidate(long offset, long length) {
        check(offset, length);
        if (length == 0) {
            return;
        }
        lock.lock();
        try {
            remove(offset, offset + length);
            followers.values().forEach(follower -> follower.goBack(offset));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes from the start every digest has hashed by now. */
    public long frontier() {
        lock.lock();
        try {
            return hashedByAll();
        } finally {
            lock.unlock();
        }
    }

    private long hashedByAll() {
        long least = length;
        for (Follower follower : followers.values()) {
            least = Math.min(least, follower.hashed);
        }
        return least;
    }

    /**
     * Waits until this many bytes from the start are hashed, so that writers do not run far ahead.
     *
     * @param offset at most the file's length
     * @throws IOException if the file could not be read back
     */
    public void awaitFrontier(long offset) throws IOException, InterruptedException {
        check(0, offset);
        lock.lockInterruptibly();
        try {
            while (hashedByAll() < offset) {
                requireWorking();
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The first byte from the start of the file that was not reported as written; the file's length if all were. */
    public long missing() {
        lock.lock();
        try {
            return writtenFrom(0);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the whole file is hashed. May be called again after more was reported or invalidated.
     *
     * @throws IllegalStateException if not every byte of the file was reported
     * @throws IOException if the file could not be read back
     */
    public FileDigests finish() throws IOException, InterruptedException {
        lock.lock();
        try {
            while (true) {
                requireWhole();
                Map<Algorithm, MessageDigest> complete = complete();
                if (complete.size() == followers.size()) {
                    return FileDigests.of(length, complete);
                }
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private Map<Algorithm, MessageDigest> complete() {
        Map<Algorithm, MessageDigest> complete = new EnumMap<>(Algorithm.class);
        followers.forEach((algorithm, follower) -> {
            if (follower.complete != null) {
                complete.put(algorithm, copy(follower.complete));
            }
        });
        return complete;
    }

    /** Ends the threads after their current chunk and closes the file. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        // Never interrupted, or the channel would close under the threads; each ends within a chunk.
        followers.values().forEach(Follower::join);
        file.close();
    }

    private void requireWorking() throws IOException {
        if (failure != null) {
            throw new IOException("what was written could not be read back", failure);
        }
        if (closed) {
            throw new IllegalStateException("closed before it was finished");
        }
    }

    private void requireWhole() throws IOException {
        requireWorking();
        long until = writtenFrom(0);
        if (until < length) {
            throw new IllegalStateException("byte " + until + " of " + length + " was never reported as written");
        }
    }

    private void check(long offset, long length) {
        if (offset < 0 || length < 0 || offset > this.length - length) {
            throw new IndexOutOfBoundsException("bytes " + offset + " + " + length + " of " + this.length);
        }
    }

    private void add(long from, long to) {
        long start = from;
        long end = to;
        Map.Entry<Long, Long> before = written.floorEntry(from);
        if (before != null && before.getValue() >= from) {
            start = before.getKey();
            end = Math.max(end, before.getValue());
        }
        Map<Long, Long> absorbed = written.subMap(start, true, end, true);
        for (long other : absorbed.values()) {
            end = Math.max(end, other);
        }
        absorbed.clear();
        written.put(start, end);
    }

    private void remove(long from, long to) {
        Map.Entry<Long, Long> last = written.lowerEntry(to);
        if (last != null && last.getValue() > to) {
            written.put(to, last.getValue());
        }
        Map.Entry<Long, Long> first = written.lowerEntry(from);
        if (first != null && first.getValue() > from) {
            written.put(first.getKey(), from);
        }
        written.subMap(from, true, to, false).clear();
    }

    /** The end of the written range at this offset. */
    private long writtenFrom(long offset) {
        Map.Entry<Long, Long> stretch = written.floorEntry(offset);
        return stretch == null ? offset : Math.max(offset, stretch.getValue());
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's digests can be cloned", e);
        }
    }

    /** One digest, its thread, and its progress. */
    private final class Follower {
        // A platform thread: hashing never waits, and would keep a carrier from every virtual thread.
        private final Thread.Builder thread;

        private @Nullable Task<?> task;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        private final byte[] piece = new byte[PIECE_BYTES];

        /** The state at each border up to the frontier; null where it was not reached yet. Only the thread writes it. */
        private final TreeMap<Long, @Nullable MessageDigest> saved = new TreeMap<>();

        private long hashed;
        /** The end of the chunk that is being hashed now, or the frontier. */
        private long hashingTo;

        private int rollbacks;
        private @Nullable MessageDigest complete;

        Follower(Algorithm algorithm, List<Long> borders) {
            thread = Thread.ofPlatform().name("frontier-digest-" + algorithm).daemon();
            borders.forEach(border -> saved.put(border, null));
            saved.put(0L, algorithm.start());
        }

        void start() {
            task = Task.start(thread, this::work);
        }

        void join() {
            if (task != null) {
                task.joinUninterrupted();
            }
        }

        /** Goes back to the last border before the offset. The caller holds the lock. */
        void goBack(long offset) {
            if (offset < hashingTo) {
                hashed = saved.floorKey(Math.min(offset, hashed));
                hashingTo = hashed;
                complete = null;
                rollbacks++;
            }
        }

        private void work() {
            try {
                follow();
            } catch (IOException | InterruptedException | RuntimeException | Error e) {
                lock.lock();
                try {
                    failure = e;
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        }

        /**
         * Hashes chunks without the lock, so the state here runs ahead of the fields. If the frontier went back meanwhile, the
         * state is replaced by the one saved at the border there; no chunk crosses a border.
         */
        private void follow() throws IOException, InterruptedException {
            MessageDigest state = copyOfSaved(0);
            int seen = 0;
            while (true) {
                long from;
                long to;
                lock.lock();
                try {
                    if (seen != rollbacks) {
                        seen = rollbacks;
                        state = copyOfSaved(hashed);
                    }
                    if (hashed == length && complete == null) {
                        complete = copy(state);
                        changed.signalAll();
                    }
                    while (!closed && seen == rollbacks && writtenFrom(hashed) == hashed) {
                        changed.await();
                    }
                    if (closed) {
                        return;
                    }
                    if (seen != rollbacks) {
                        continue;
                    }
                    from = hashed;
                    to = Math.min(from + CHUNK_BYTES, nextStop(from));
                    hashingTo = to;
                } finally {
                    lock.unlock();
                }
                hash(from, to, state);
                lock.lock();
                try {
                    if (seen == rollbacks) {
                        hashed = to;
                        changed.signalAll();
                        if (saved.containsKey(hashed)) {
                            saved.put(hashed, copy(state));
                        }
                    }
                } finally {
                    lock.unlock();
                }
            }
        }

        private MessageDigest copyOfSaved(long border) {
            MessageDigest state = saved.get(border);
            if (state == null) {
                throw new IllegalStateException("no state was saved at " + border);
            }
            return copy(state);
        }

        private long nextStop(long from) {
            Long border = saved.higherKey(from);
            long end = writtenFrom(from);
            return border == null ? end : Math.min(end, border);
        }

        private void hash(long from, long to, MessageDigest state) throws IOException {
            for (long at = from; at < to; ) {
                int count = file.read(buffer.clear().limit((int) Math.min(READ_BYTES, to - at)), at);
                if (count < 0) {
                    throw new EOFException("the file ends at " + at + ", bytes behind it were reported as written");
                }
                at += count;
                buffer.flip();
                while (buffer.hasRemaining()) {
                    int taken = Math.min(PIECE_BYTES, buffer.remaining());
                    buffer.get(piece, 0, taken);
                    state.update(piece, 0, taken);
                }
            }
        }
    }
}
