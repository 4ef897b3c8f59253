// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Puts answers on a connection, well or badly. Holds one buffer per answer, whatever the length. */
final class Wire {
    private static final int BUFFER_BYTES = 128 << 10;

    /** Opens when the fake closes: every wait in here is a wait for that. */
    private final CountDownLatch closing;

    private final long sliceBytesPerSecond;

    /** @param sliceBytesPerSecond per slice, 0 for no limit */
    Wire(CountDownLatch closing, long sliceBytesPerSecond) {
        this.closing = closing;
        this.sliceBytesPerSecond = sliceBytesPerSecond;
    }

    void send(HttpExchange exchange, Answer answer, Stage stage, @Nullable Misbehaviour how)
            throws IOException, InterruptedException {
        long rate = stage == Stage.SLICE ? sliceBytesPerSecond : 0;
        long length = answer.body().length();
        switch (how) {
            case Misbehaviour.Resets reset -> exchange.close();
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

    /** Announces the whole body and sends its first bytes. */
    private void part(HttpExchange exchange, Answer answer, long bytes, long rate)
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

    private void chunked(HttpExchange exchange, Answer answer, Misbehaviour.Chunks chunks, long rate)
            throws IOException, InterruptedException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        if (chunks.claimed() != null) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(chunks.claimed()));
        }
        // To this server, no length is chunks.
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

    private void copy(Answer.Body body, OutputStream out, long bytes, long rate)
            throws IOException, InterruptedException {
        switch (body) {
            case Answer.Bytes memory -> copy(new ByteArrayInputStream(memory.bytes()), out, bytes, rate);
            case Answer.FileRange range -> {
                try (FileChannel file = FileChannel.open(range.file(), StandardOpenOption.READ)) {
                    file.position(range.offset());
                    copy(Channels.newInputStream(file), out, bytes, rate);
                }
            }
        }
    }

    private void copy(InputStream in, OutputStream out, long bytes, long rate)
            throws IOException, InterruptedException {
        boolean paced = rate > 0;
        Pace pace = new Pace(rate, closing);
        byte[] buffer = new byte[paced ? Pace.portion(rate, BUFFER_BYTES) : BUFFER_BYTES];
        for (long left = bytes; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                return;
            }
            out.write(buffer, 0, read);
            left -= read;
            if (paced) {
                out.flush();
                if (!pace.keep(read)) {
                    return;
                }
            }
        }
    }
}
