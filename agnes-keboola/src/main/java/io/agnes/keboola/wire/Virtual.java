package io.agnes.keboola.wire;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Blocking work on a virtual thread of its own, where an interrupt closes the socket that is waited for. */
public final class Virtual {
    private Virtual() {}

    /**
     * Does the work and waits for it, whatever thread the caller is. An interrupt of the caller interrupts the work; then
     * too this returns only when the work has ended and touches nothing any more.
     */
    public static <T> T call(String name, Callable<T> work) throws IOException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = Thread.ofVirtual().name(name).start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            thread.interrupt();
            thread.join();
            throw e;
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        }
    }

    private static IOException rethrown(@Nullable Throwable cause) throws InterruptedException {
        return switch (cause) {
            case null -> throw new IllegalStateException();
            case IOException e -> e;
            case InterruptedException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new IOException(cause);
        };
    }
}
