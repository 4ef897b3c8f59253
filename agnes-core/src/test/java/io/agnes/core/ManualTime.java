// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A clock that stands still until a test moves it. A sleeping thread waits until the clock has moved far enough. Safe
 * for use by several threads.
 */
public final class ManualTime implements Time {
    private static final long LONGEST_WAIT_SECONDS = 20;

    private static final class Sleeper {
        private final long untilNanos;

        Sleeper(long untilNanos) {
            this.untilNanos = untilNanos;
        }
    }

    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Sleeper> sleepers = new HashSet<>();
    private Instant now;
    private long nanos;

    public ManualTime(Instant now) {
        this.now = now;
    }

    /** Moves the clock and wakes the threads whose sleep has ended. */
    public void advance(Duration duration) {
        lock.lock();
        try {
            now = now.plus(duration);
            nanos += duration.toNanos();
            sleepers.removeIf(sleeper -> sleeper.untilNanos <= nanos);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sets the wall clock, as an operator does, without waking a thread. */
    public void set(Instant instant) {
        lock.lock();
        try {
            now = instant;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until that many threads are sleeping. */
    public void awaitSleepers(int count) throws InterruptedException {
        lock.lock();
        try {
            while (sleepers.size() < count) {
                if (!changed.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError(sleepers.size() + " threads sleep and not " + count);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Instant now() {
        lock.lock();
        try {
            return now;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long nanos() {
        lock.lock();
        try {
            return nanos;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (!duration.isPositive()) {
            return;
        }
        lock.lockInterruptibly();
        Sleeper self = new Sleeper(nanos + duration.toNanos());
        try {
            sleepers.add(self);
            changed.signalAll();
            while (sleepers.contains(self)) {
                changed.await();
            }
        } finally {
            sleepers.remove(self);
            lock.unlock();
        }
    }
}
