// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TaskTest {
    private final Stubborn stubborn = new Stubborn(1);

    private @Nullable Void wait(Stubborn work) throws InterruptedException {
        work.work();
        return null;
    }

    @Test
    void theResultIsThatOfTheWork() throws Exception {
        try (Task<String> task =
                Task.start("named", () -> Thread.currentThread().getName())) {
            assertEquals("named", task.await());
            assertEquals("named", task.name());
        }
    }

    @Test
    void failuresKeepTheirType() {
        for (Throwable failure : new Throwable[] {
            new IOException("the disk"),
            new InterruptedException(),
            new IllegalArgumentException(),
            new StackOverflowError()
        }) {
            try (Task<@Nullable Void> task = Task.start("failing", () -> {
                Failures.rethrow(failure);
                return null;
            })) {
                assertSame(failure, assertThrows(failure.getClass(), task::await));
            }
        }
    }

    @Test
    void anInterruptOfTheCallerEndsWorkThatSwallowsTheFirstOne() throws Exception {
        Task<@Nullable Void> inner = Task.start("inner", () -> wait(stubborn));
        try (Task<@Nullable Void> caller = Task.start("caller", inner::await)) {
            stubborn.awaitWaiting();
            caller.cancel();
            assertThrows(InterruptedException.class, caller::await);
        }
        assertEquals(1, stubborn.ended());
    }

    @Test
    void anInterruptReachesWorkWithinWork() throws Exception {
        Task<@Nullable Void> outer = Task.start("outer", () -> {
            try (Task<@Nullable Void> inner = Task.start("inner", () -> wait(stubborn))) {
                return inner.await();
            }
        });
        stubborn.awaitWaiting();
        outer.close();
        assertThrows(InterruptedException.class, outer::await);
        assertEquals(1, stubborn.ended());
    }

    @Test
    void closingEndsTheWorkAndKeepsTheInterruptOfTheCaller() throws Exception {
        Task<@Nullable Void> task = Task.start("closed", () -> wait(stubborn));
        stubborn.awaitWaiting();
        Thread.currentThread().interrupt();
        task.close();
        assertTrue(Thread.interrupted());
        assertEquals(1, stubborn.ended());
    }

    @Test
    void anEndWithinATimeGivesUpOnWorkThatGoesOn() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Task<@Nullable Void> task = Task.start("deaf", () -> {
            boolean over = false;
            while (!over) {
                try {
                    goOn.await();
                    over = true;
                } catch (InterruptedException swallowed) {
                    // Ignores the interrupt.
                }
            }
            return null;
        });
        assertFalse(task.join(Duration.ofMillis(1)));
        assertFalse(task.end(Duration.ofMillis(150)));
        goOn.countDown();
        assertTrue(task.end(Duration.ofSeconds(10)));
        task.await();
    }

    @Test
    void joiningUninterruptedWaitsForTheEndOfTheWork() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Task<String> task = Task.start("undisturbed", () -> {
            goOn.await();
            return "done";
        });
        try (Task<Boolean> caller = Task.start("caller", () -> {
            Thread.currentThread().interrupt();
            goOn.countDown();
            task.joinUninterrupted();
            return Thread.interrupted();
        })) {
            assertTrue(caller.await());
        }
        assertEquals("done", task.await());
    }

    @Test
    void workIsCancelledInItsOwnWayUntilItHasEnded() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch twice = new CountDownLatch(2);
        Task<String> task = Task.start(
                Thread.ofPlatform().daemon(),
                () -> {
                    twice.await();
                    return "ended";
                },
                () -> {
                    asked.incrementAndGet();
                    twice.countDown();
                });
        task.close();
        assertEquals("ended", task.await());
        assertEquals(2, asked.get());
    }
}
