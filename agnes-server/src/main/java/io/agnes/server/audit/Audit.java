// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import io.agnes.core.RegistryFailedException;
import io.agnes.core.Time;
import io.agnes.core.work.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes what is to be recorded. {@link #done} and {@link #undone} return once the record is on the disk. A refusal is recorded within
 * about a second by a thread of its own, so that it costs its request no write; {@link Refusals} bounds how many there are. At most
 * {@value #WAITING} refusals wait; those beyond are counted, and the count becomes a record. A process that is killed loses those
 * that wait. Changes of the registry are recorded in their own transaction, for the {@link Origin} that {@link #origins} has.
 */
public final class Audit implements AutoCloseable {
    static final int WAITING = 4096;
    private static final int BATCH = 256;
    private static final int SECONDS_BETWEEN_WRITES = 1;

    private static final System.Logger LOG = System.getLogger(Audit.class.getName());

    private final AuditStore store;
    private final Origins origins;
    private final Time time;
    private final Refusals refusals;
    private final BlockingQueue<AuditEvent> waiting = new ArrayBlockingQueue<>(WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);

    /** Starts the thread that writes. Closing ends it. */
    public Audit(AuditStore store, Origins origins, Time time) {
        this.store = store;
        this.origins = origins;
        this.time = time;
        this.refusals = new Refusals(time);
        Task.start(Thread.ofPlatform().daemon().name("audit"), this::writeUntilClosed);
    }

    /** The origins of what threads do. */
    public Origins origins() {
        return origins;
    }

    /** The records. */
    public AuditStore store() {
        return store;
    }

    /** Records something that this thread has done; on the disk when this returns. */
    public void done(AuditAction action, String object) {
        done(origins.current(), action, object);
    }

    /** The same for another origin than this thread's. */
    public void done(Origin origin, AuditAction action, String object) {
        store.append(List.of(AuditEvent.done(time.now(), origin, action, object)));
    }

    /**
     * Records something that this thread has not done; on the disk when this returns.
     *
     * @param code the code of the problem
     */
    public void undone(AuditAction action, String object, AuditResult result, String code) {
        store.append(List.of(AuditEvent.undone(time.now(), origins.current(), action, object, result, code)));
    }

    /**
     * Records later that this thread has refused something, or has failed to do it.
     *
     * @param code the code of the problem
     */
    public void refused(AuditAction action, String object, AuditResult result, String code) {
        AuditEvent event = AuditEvent.undone(time.now(), origins.current(), action, object, result, code);
        if (refusals.take(event) && !waiting.offer(event)) {
            lost.incrementAndGet();
        }
    }

    /** Writes the refusals that wait. Those repeated in this minute are written when it is over. */
    public synchronized void flush() {
        refusals.ended().forEach(this::offer);
        writeWaiting();
    }

    private void offer(AuditEvent event) {
        if (!waiting.offer(event)) {
            lost.addAndGet(event.count());
        }
    }

    /** An event leaves the queue once it is written; a failed registry leaves it there. */
    private synchronized void writeWaiting() {
        while (!waiting.isEmpty() || lost.get() > 0) {
            List<AuditEvent> batch =
                    new ArrayList<>(waiting.stream().limit(BATCH).toList());
            int queued = batch.size();
            long gone = lost.get();
            if (gone > 0) {
                batch.add(AuditEvent.undone(
                                time.now(),
                                Origin.SERVER,
                                AuditAction.EVENTS_LOST,
                                "queue full",
                                AuditResult.FAILED,
                                "")
                        .times(gone));
            }
            store.append(batch);
            lost.addAndGet(-gone);
            waiting.drainTo(new ArrayList<>(), queued);
        }
    }

    /** The wait between two writes ends with the audit, so it is not asked of {@link Time}. */
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
            LOG.log(System.Logger.Level.WARNING, waiting.size() + " refusals wait for the audit: " + e.getMessage());
        }
    }

    /** Writes what waits, repeated refusals too. */
    @Override
    public void close() {
        closing.countDown();
        refusals.end().forEach(this::offer);
        tryToWrite();
    }
}
