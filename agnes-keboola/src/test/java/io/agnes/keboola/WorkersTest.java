// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Work on several threads, some of which do not hear an interrupt the first time. */
class WorkersTest {
    private final AtomicInteger ended = new AtomicInteger();
    private final CountDownLatch waiting = new CountDownLatch(2);

    /** As code of others does: it says nothing, and goes on. */
    private void deafOnce() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        waiting.countDown();
        try {
            never.await();
        } catch (InterruptedException e) {
            try {
                never.await();
            } finally {
                ended.incrementAndGet();
            }
        }
    }

    @Test
    void allOfItIsDoneOnce() throws Exception {
        Set<Integer> done = new ConcurrentSkipListSet<>();
        Workers.run(3, 100, i -> assertTrue(done.add(i)));
        assertEquals(100, done.size());
        Workers.run(3, 0, i -> done.clear());
        assertEquals(100, done.size());
    }

    @Test
    void aFailureEndsThoseWhoDoNotHearTheFirstInterrupt() {
        IOException failure = new IOException("the disk");
        IOException thrown = assertThrows(
                IOException.class,
                () -> Workers.run(3, 3, i -> {
                    if (i < 2) {
                        deafOnce();
                    }
                    waiting.await();
                    throw failure;
                }));
        assertEquals(failure, thrown);
        assertEquals(2, ended.get());
    }

    @Test
    void anInterruptOfTheCallerDoesTheSame() throws Exception {
        FutureTask<Void> run = new FutureTask<>(() -> {
            Workers.run(2, 2, i -> deafOnce());
            return null;
        });
        interrupt(run);
        assertEquals(2, ended.get());
    }

    @Test
    void acrossACallToo() throws Exception {
        try (Calls calls = new Calls()) {
            FutureTask<Void> run = new FutureTask<>(() -> calls.call("keboola-test", () -> {
                calls.call("keboola-test-inner", () -> {
                    waiting.countDown();
                    deafOnce();
                    return null;
                });
                return null;
            }));
            interrupt(run);
            assertEquals(1, ended.get());
        }
    }

    private void interrupt(FutureTask<Void> run) throws Exception {
        Thread caller = Thread.ofPlatform().start(run);
        waiting.await();
        caller.interrupt();
        ExecutionException e = assertThrows(ExecutionException.class, run::get);
        assertInstanceOf(InterruptedException.class, e.getCause());
    }
}
