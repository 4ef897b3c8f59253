package io.agnes.keboola.wire;

import io.agnes.keboola.KeboolaException;
import io.agnes.keboola.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Whole responses, for those that fit into memory. */
public final class Http {
    private Http() {}

    /**
     * A response with its body.
     *
     * @param head of it, whose body has been read
     */
    public record Whole(Transport.Response head, String body) {
        /** Whether the status is 2xx. */
        public boolean ok() {
            return head.status() / 100 == 2;
        }
    }

    /**
     * Sends and reads to the end, on a virtual thread of its own: there an interrupt closes the socket, wherever the
     * caller runs.
     *
     * @param what the request is for, in messages
     * @param limitBytes of the body
     */
    public static Whole exchange(Transport transport, Transport.Request request, String what, int limitBytes)
            throws InterruptedException {
        try {
            return onVirtualThread(() -> whole(transport, request, what, limitBytes));
        } catch (IOException e) {
            throw KeboolaException.unreachable(what, e);
        }
    }

    private static Whole whole(Transport transport, Transport.Request request, String what, int limitBytes)
            throws IOException, InterruptedException {
        try (Transport.Response response = transport.send(request);
                InputStream in = response.body()) {
            byte[] body = in.readNBytes(limitBytes);
            if (body.length == limitBytes && in.read() >= 0) {
                throw KeboolaException.tooLarge(what, limitBytes + " bytes");
            }
            return new Whole(response, new String(body, StandardCharsets.UTF_8));
        }
    }

    /** Waits for the work; an interrupt of the waiting interrupts the work. */
    private static <T> T onVirtualThread(Callable<T> work) throws IOException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofVirtual().name("keboola-request").start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            task.cancel(true);
            throw e;
        } catch (CancellationException e) {
            throw new InterruptedException("cancelled");
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        }
    }

    private static IOException rethrown(@Nullable Throwable cause) throws InterruptedException {
        return switch (cause) {
            case IOException e -> e;
            case InterruptedException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null -> throw new IllegalStateException();
            default -> new IOException(cause);
        };
    }
}
