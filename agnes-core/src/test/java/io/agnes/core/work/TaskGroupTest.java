// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TaskGroupTest {
    private final Stubborn stubborn = new Stubborn(2);

    @Test
    void eachPieceIsDoneOnce() throws Exception {
        Set<Integer> done = new ConcurrentSkipListSet<>();
        TaskGroup.run("pieces", 3, 100, i -> assertTrue(done.add(i)));
        assertEquals(100, done.size());
        TaskGroup.run("pieces", 3, 0, i -> done.clear());
        assertEquals(100, done.size());
    }

    @Test
    void neverMoreAtOnceThanAllowed() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        TaskGroup.run("pieces", 3, 100, i -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.yield();
            now.decrementAndGet();
        });
        assertTrue(most.get() <= 3, () -> most + " at once");
    }

    @Test
    void aFailureEndsThoseThatSwallowTheFirstInterrupt() {
        IOException failure = new IOException("the disk");
        IOException thrown = assertThrows(
                IOException.class,
                () -> TaskGroup.run("pieces", 3, 3, i -> {
                    if (i < 2) {
                        stubborn.work();
                    }
                    stubborn.awaitWaiting();
                    throw failure;
                }));
        assertSame(failure, thrown);
        assertEquals(2, stubborn.ended());
    }

    @Test
    void anErrorDoesTheSame() {
        Error failure = new AssertionError("a bug");
        try (TaskGroup group = new TaskGroup("error")) {
            group.start(stubborn::work);
            group.start(stubborn::work);
            group.start(() -> {
                stubborn.awaitWaiting();
                throw failure;
            });
            assertSame(failure, assertThrows(AssertionError.class, group::await));
            assertEquals(2, stubborn.ended());
        }
    }

    @Test
    void nothingIsBegunAfterAFailure() {
        AtomicInteger begun = new AtomicInteger();
        assertThrows(
                IOException.class,
                () -> TaskGroup.run("pieces", 1, 10, i -> {
                    begun.incrementAndGet();
                    throw new IOException("the disk");
                }));
        assertEquals(1, begun.get());
        try (TaskGroup group = new TaskGroup("failed")) {
            group.start(() -> {
                throw new IOException("the disk");
            });
            assertThrows(IOException.class, group::await);
            group.start(begun::incrementAndGet);
            assertThrows(IOException.class, group::await);
        }
        assertEquals(1, begun.get());
    }

    @Test
    void anInterruptOfTheCallerEndsAll() throws Exception {
        try (Task<@Nullable Void> caller = Task.start("caller", () -> {
            TaskGroup.run("pieces", 2, 2, i -> stubborn.work());
            return null;
        })) {
            stubborn.awaitWaiting();
            caller.cancel();
            assertThrows(InterruptedException.class, caller::await);
        }
        assertEquals(2, stubborn.ended());
    }

    @Test
    void closingEndsWhatRunsAndRefusesMore() throws Exception {
        TaskGroup group = new TaskGroup("closed");
        group.start(stubborn::work);
        group.start(stubborn::work);
        stubborn.awaitWaiting();
        AtomicBoolean interrupted = new AtomicBoolean();
        try (Task<@Nullable Void> closer = Task.start("closer", () -> {
            Thread.currentThread().interrupt();
            group.close();
            interrupted.set(Thread.interrupted());
            return null;
        })) {
            closer.await();
        }
        assertTrue(interrupted.get());
        assertEquals(2, stubborn.ended());
        assertThrows(IllegalStateException.class, () -> group.start(() -> {}));
        assertThrows(InterruptedException.class, group::await);
    }

    @Test
    void anActionMayStartAnother() throws Exception {
        AtomicInteger done = new AtomicInteger();
        try (TaskGroup group = new TaskGroup("chain")) {
            group.start(() -> group.start(done::incrementAndGet));
            group.await();
        }
        assertEquals(1, done.get());
    }
}
