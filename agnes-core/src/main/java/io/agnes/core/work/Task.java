// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Work that runs on a thread of its own, started at once. Safe for use by several threads.
 *
 * @param <T> its result
 */
public final class Task<T extends @Nullable Object> implements AutoCloseable {
    private final FutureTask<T> result;
    private final Thread thread;
    private final Runnable cancel;

    private Task(FutureTask<T> result, Thread thread, Runnable cancel) {
        this.result = result;
        this.thread = thread;
        this.cancel = cancel;
    }

    /** Starts the work on a virtual thread of that name. */
    public static <T extends @Nullable Object> Task<T> start(String name, Work<T> work) {
        return start(Thread.ofVirtual().name(name), work);
    }

    /** Starts the work on a thread that the builder makes. It is cancelled by an interrupt. */
    public static <T extends @Nullable Object> Task<T> start(Thread.Builder builder, Work<T> work) {
        FutureTask<T> result = new FutureTask<>(work::call);
        Thread thread = builder.unstarted(result);
        return started(new Task<>(result, thread, thread::interrupt));
    }

    /** Starts the work on a virtual thread of that name. */
    public static Task<@Nullable Void> start(String name, Action work) {
        return start(Thread.ofVirtual().name(name), work);
    }

    /** Starts the work on a thread that the builder makes. It is cancelled by an interrupt. */
    public static Task<@Nullable Void> start(Thread.Builder builder, Action work) {
        Work<@Nullable Void> withoutResult = () -> {
            work.run();
            return null;
        };
        return start(builder, withoutResult);
    }

    /**
     * Starts the work on a thread that the builder makes.
     *
     * @param cancel ends the work in place of an interrupt; called again until the work has ended
     */
    public static <T extends @Nullable Object> Task<T> start(Thread.Builder builder, Work<T> work, Runnable cancel) {
        FutureTask<T> result = new FutureTask<>(work::call);
        return started(new Task<>(result, builder.unstarted(result), cancel));
    }

    private static <T extends @Nullable Object> Task<T> started(Task<T> task) {
        task.thread.start();
        return task;
    }

    /**
     * Waits for the result. An interrupt of the caller cancels the work; then too this returns only when the work has ended.
     *
     * @throws IOException the work's own, as with every failure of it
     * @throws InterruptedException if the caller was interrupted, or the work
     */
    public T await() throws IOException, InterruptedException {
        try {
            return result.get();
        } catch (InterruptedException e) {
            Interruption.untilEnded(thread, cancel);
            throw e;
        } catch (ExecutionException e) {
            Failures.rethrow(e.getCause());
            throw new IllegalStateException(e);
        }
    }

    /** Waits for the end of the work, whatever it was; false if that takes longer. */
    public boolean join(Duration longest) throws InterruptedException {
        return thread.join(longest);
    }

    /** Waits for the end of the work without cancelling it. An interrupt of the caller stays set and ends nothing. */
    public void joinUninterrupted() {
        Interruption.restore(Interruption.untilEnded(thread, () -> {}));
    }

    /** Cancels the work once and does not wait. */
    public void cancel() {
        cancel.run();
    }

    /** Cancels the work until it has ended; false if that takes longer. An interrupt of the caller stays set. */
    public boolean end(Duration longest) {
        Interruption.restore(Interruption.untilEnded(thread, cancel, longest));
        return !thread.isAlive();
    }

    /** The name of the thread. */
    public String name() {
        return thread.getName();
    }

    /** Cancels the work until it has ended. An interrupt of the caller stays set. */
    @Override
    public void close() {
        Interruption.restore(Interruption.untilEnded(thread, cancel));
    }

    @Override
    public String toString() {
        return "Task[" + name() + "]";
    }
}
