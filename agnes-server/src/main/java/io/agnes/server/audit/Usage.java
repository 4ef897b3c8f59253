// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import io.agnes.core.RegistryFailedException;
import io.agnes.core.Time;
import io.agnes.core.work.Task;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts downloads by day, user and table, and notes when tokens are used. A request only adds to a number in memory; a thread writes
 * the numbers every {@value #SECONDS_BETWEEN_WRITES} seconds, so a process that is killed loses those of half a minute. At most
 * {@value #MOST_COUNTERS} combinations of a day, a user and a table are counted; the log has the number of those beyond.
 */
public final class Usage implements AutoCloseable {
    private static final int SECONDS_BETWEEN_WRITES = 30;
    private static final int MOST_COUNTERS = 50_000;
    private static final long SECONDS_OF_A_DAY = 86_400;
    private static final long SECONDS_OF_AN_HOUR = 3_600;

    private static final System.Logger LOG = System.getLogger(Usage.class.getName());

    private record Key(long day, String user, String table) {}

    private record Counter(AtomicLong downloads, AtomicLong checks) {
        Counter() {
            this(new AtomicLong(), new AtomicLong());
        }
    }

    private final UsageStore store;
    private final Time time;
    private final Map<Key, Counter> counters = new ConcurrentHashMap<>();
    private final AtomicLong uncounted = new AtomicLong();
    private final Map<String, Long> hourOfToken = new ConcurrentHashMap<>();
    private final Map<String, TokenUse> unwrittenUses = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    /** Starts the thread that writes. Closing ends it. */
    public Usage(UsageStore store, Time time) {
        this.store = store;
        this.time = time;
        Task.start(Thread.ofPlatform().daemon().name("usage"), this::writeUntilClosed);
    }

    /** What was written. */
    public UsageStore store() {
        return store;
    }

    /** Counts an answer that carries bytes of a table. */
    public void downloaded(String user, String table) {
        Counter counter = counter(user, table);
        if (counter != null) {
            counter.downloads().incrementAndGet();
        }
    }

    /** Counts a decision for a proxy that a user may read a table. */
    public void checked(String user, String table) {
        Counter counter = counter(user, table);
        if (counter != null) {
            counter.checks().incrementAndGet();
        }
    }

    private @Nullable Counter counter(String user, String table) {
        Key key = new Key(Math.floorDiv(time.now().getEpochSecond(), SECONDS_OF_A_DAY), user, table);
        Counter known = counters.get(key);
        if (known == null && counters.size() >= MOST_COUNTERS) {
            uncounted.incrementAndGet();
            return null;
        }
        return known == null ? counters.computeIfAbsent(key, none -> new Counter()) : known;
    }

    /**
     * Notes that a token is used, once an hour.
     *
     * @param token the id of the token
     * @param address of the client; called only if the use is noted
     */
    public void tokenUsed(String token, Supplier<String> address) {
        long seconds = time.now().getEpochSecond();
        long hour = Math.floorDiv(seconds, SECONDS_OF_AN_HOUR);
        Long noted = hourOfToken.get(token);
        if (noted == null || noted != hour) {
            hourOfToken.put(token, hour);
            unwrittenUses.put(token, new TokenUse(token, day(Math.floorDiv(seconds, SECONDS_OF_A_DAY)), address.get()));
        }
    }

    private static LocalDate day(long day) {
        return LocalDate.ofEpochDay(day);
    }

    /** Writes everything that was counted and noted. */
    public synchronized void flush() {
        writeCounts();
        List<TokenUse> uses = List.copyOf(unwrittenUses.values());
        if (!uses.isEmpty()) {
            store.used(uses);
            uses.forEach(use -> unwrittenUses.remove(use.token(), use));
        }
    }

    /** What cannot be written is counted again. */
    private void writeCounts() {
        Map<Key, DownloadCount> taken = new HashMap<>();
        counters.forEach((key, counter) -> {
            long downloads = counter.downloads().getAndSet(0);
            long checks = counter.checks().getAndSet(0);
            if (downloads > 0 || checks > 0) {
                taken.put(key, new DownloadCount(day(key.day()), key.user(), key.table(), downloads, checks));
            }
        });
        if (!taken.isEmpty()) {
            addTo(taken);
        }
        forgetOldDays();
    }

    private void addTo(Map<Key, DownloadCount> taken) {
        try {
            store.add(new ArrayList<>(taken.values()));
        } catch (RegistryFailedException e) {
            taken.forEach((key, count) -> {
                Counter counter = counters.computeIfAbsent(key, none -> new Counter());
                counter.downloads().addAndGet(count.downloads());
                counter.checks().addAndGet(count.checks());
            });
            throw e;
        }
    }

    /** Those of yesterday stay: a request that began before midnight may still count. */
    private void forgetOldDays() {
        long today = time.now().atOffset(ZoneOffset.UTC).toLocalDate().toEpochDay();
        counters.keySet().removeIf(key -> key.day() < today - 1);
        long missed = uncounted.getAndSet(0);
        if (missed > 0) {
            LOG.log(System.Logger.Level.WARNING, missed + " downloads and checks are not counted");
        }
    }

    /** The wait between two writes ends with the counts, so it is not asked of {@link Time}. */
    private @Nullable Void writeUntilClosed() throws InterruptedException {
        while (!closing.await(SECONDS_BETWEEN_WRITES, TimeUnit.SECONDS)) {
            tryToWrite();
        }
        return null;
    }

    private void tryToWrite() {
        try {
            flush();
        } catch (RegistryFailedException e) {
            LOG.log(System.Logger.Level.WARNING, "counts of downloads wait for the registry: " + e.getMessage());
        }
    }

    /** Writes what was counted. */
    @Override
    public void close() {
        closing.countDown();
        tryToWrite();
    }
}
