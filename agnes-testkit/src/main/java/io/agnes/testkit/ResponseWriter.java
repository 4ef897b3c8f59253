// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Sends responses, with a fault if one was scripted. Each response takes one buffer, independent of its length. */
final class ResponseWriter {
    private static final int BUFFER_BYTES = 128 << 10;

    /** Reaches 0 when the fake closes, which ends every stall. */
    private final CountDownLatch closing;

    ResponseWriter(CountDownLatch closing) {
        this.closing = closing;
    }

    /** @param rate the bytes per second of the body, 0 for no limit */
    void send(HttpExchange exchange, Response answer, long rate, @Nullable Misbehaviour how)
            throws IOException, InterruptedException {
        long length = answer.body().length();
        switch (how) {
            case Misbehaviour.Resets reset -> exchange.close();
            case Misbehaviour.CutsRequest cut -> exchange.close();
            case Misbehaviour.Stalls stall -> closing.await();
            case Misbehaviour.Cuts cut -> part(exchange, answer, Math.min(cut.afterBytes(), length - 1), rate);
            case Misbehaviour.StallsWithin stall -> {
                part(exchange, answer, Math.min(stall.afterBytes(), length - 1), rate);
                closing.await();
            }
            case Misbehaviour.Chunks chunks -> chunked(exchange, answer, chunks, rate);
            case Misbehaviour.Drips drip -> part(exchange, answer, length, drip.bytesPerSecond());
            case null, default -> part(exchange, answer, length, rate);
        }
    }

    /** Sends a head for the whole body and the first bytes of the body. */
    private void part(HttpExchange exchange, Response answer, long bytes, long rate)
            throws IOException, InterruptedException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        long length = answer.body().length();
        if (exchange.getRequestMethod().equals("HEAD") || length == 0) {
            headOnly(exchange, answer.status(), length);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), length);
        OutputStream out = exchange.getResponseBody();
        copy(answer.body(), out, Math.max(0, bytes), rate);
        out.flush();
    }

    private void chunked(HttpExchange exchange, Response answer, Misbehaviour.Chunks chunks, long rate)
            throws IOException, InterruptedException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        if (chunks.claimed() != null) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(chunks.claimed()));
        }
        // HttpServer sends chunks if the length is 0.
        exchange.sendResponseHeaders(answer.status(), 0);
        OutputStream out = exchange.getResponseBody();
        copy(answer.body(), out, answer.body().length(), rate);
        out.close();
    }

    private static void headOnly(HttpExchange exchange, int status, long length) throws IOException {
        if (status != 204 && status != 304) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(length));
        }
        exchange.sendResponseHeaders(status, -1);
    }

    private void copy(Content body, OutputStream out, long bytes, long rate) throws IOException, InterruptedException {
        try (InputStream in = body.open()) {
            copy(in, out, bytes, rate);
        }
    }

    private void copy(InputStream in, OutputStream out, long bytes, long rate)
            throws IOException, InterruptedException {
        boolean paced = rate > 0;
        RateLimiter limiter = new RateLimiter(rate, closing);
        byte[] buffer = new byte[paced ? RateLimiter.portion(rate, BUFFER_BYTES) : BUFFER_BYTES];
        for (long left = bytes; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                return;
            }
            out.write(buffer, 0, read);
            left -= read;
            if (paced) {
                out.flush();
                if (!limiter.await(read)) {
                    return;
                }
            }
        }
    }
}
