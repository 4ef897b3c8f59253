// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on 127.0.0.1 that disturbs the bytes from a server to its client. It knows no protocol: it counts all bytes on
 * the wire, HTTP heads included, and each scripted trouble applies to one connection.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.to(server.getAddress())) {
 *     proxy.nextConnection(new FaultProxy.ResetAfter(10_000));
 *     client(proxy.uri("http"));
 * }
 * }</pre>
 */
public final class FaultProxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int CONNECT_MILLIS = 10_000;

    private final InetSocketAddress upstream;
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Deque<Trouble> next = new ArrayDeque<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicInteger connections = new AtomicInteger();

    private FaultProxy(InetSocketAddress upstream) throws IOException {
        this.upstream = upstream;
        this.server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    }

    /** The trouble of one connection. Bytes are counted in the direction of the client. */
    public sealed interface Trouble {}

    /** Closes the connection in order (FIN) after this many bytes. */
    public record CutAfter(long bytes) implements Trouble {}

    /** Resets the connection (RST) after this many bytes; 0 resets it before the first one. */
    public record ResetAfter(long bytes) implements Trouble {}

    /** Stops sending after this many bytes and keeps the connection open until the proxy closes. */
    public record StallAfter(long bytes) implements Trouble {}

    /** Sends all bytes at this rate. */
    public record Throttle(long bytesPerSecond) implements Trouble {
        public Throttle {
            if (bytesPerSecond < 1) {
                throw new IllegalArgumentException("bytesPerSecond must be at least 1, not " + bytesPerSecond);
            }
        }
    }

    /** Starts a proxy, which forwards all bytes unchanged until trouble is scripted. */
    public static FaultProxy to(InetSocketAddress upstream) throws IOException {
        FaultProxy proxy = new FaultProxy(upstream);
        proxy.threads.execute(proxy::accept);
        return proxy;
    }

    /** Like {@link #to(InetSocketAddress)}, with the host and port of a URI like {@code http://127.0.0.1:8080}. */
    public static FaultProxy to(URI upstream) throws IOException {
        return to(new InetSocketAddress(upstream.getHost(), upstream.getPort()));
    }

    /** The address of the proxy. */
    public URI uri(String scheme) {
        return URI.create(scheme + "://127.0.0.1:" + server.getLocalPort());
    }

    /** Scripts trouble for one connection, after those already scripted. */
    public void nextConnection(Trouble trouble) {
        synchronized (next) {
            next.add(trouble);
        }
    }

    /** The number of connections that clients have opened. */
    public int connections() {
        return connections.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                connections.incrementAndGet();
                Trouble trouble = poll();
                threads.execute(() -> join(client, trouble));
            } catch (IOException e) {
                // The socket is closed, or the next accept fails in the same way.
            }
        }
    }

    private @Nullable Trouble poll() {
        synchronized (next) {
            return next.poll();
        }
    }

    private void join(Socket client, @Nullable Trouble trouble) {
        try (client;
                Socket server = new Socket()) {
            open.add(server);
            server.connect(upstream, CONNECT_MILLIS);
            threads.execute(() -> forward(client, server));
            back(server, client, trouble);
            open.remove(server);
        } catch (IOException e) {
            // One side closed its connection; try-with-resources closes the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    private static void forward(Socket client, Socket server) {
        try {
            client.getInputStream().transferTo(server.getOutputStream());
            server.shutdownOutput();
        } catch (IOException e) {
            // The other direction fails too and closes both sockets.
        }
    }

    private void back(Socket server, Socket client, @Nullable Trouble trouble)
            throws IOException, InterruptedException {
        InputStream in = server.getInputStream();
        OutputStream out = client.getOutputStream();
        switch (trouble) {
            case null -> in.transferTo(out);
            case CutAfter cut -> copy(in, out, cut.bytes);
            case ResetAfter reset -> {
                copy(in, out, reset.bytes);
                // With a linger time of 0, close sends RST instead of FIN.
                client.setSoLinger(true, 0);
            }
            case StallAfter stall -> {
                copy(in, out, stall.bytes);
                closing.await();
            }
            case Throttle throttle -> throttled(in, out, throttle.bytesPerSecond);
        }
    }

    private static void copy(InputStream in, OutputStream out, long bytes) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (long left = bytes; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                return;
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }

    private void throttled(InputStream in, OutputStream out, long bytesPerSecond)
            throws IOException, InterruptedException {
        byte[] buffer = new byte[RateLimiter.portion(bytesPerSecond, BUFFER_BYTES)];
        RateLimiter limiter = new RateLimiter(bytesPerSecond, closing);
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            out.write(buffer, 0, read);
            if (!limiter.await(read)) {
                return;
            }
        }
    }

    /** Closes the port and every connection. */
    @Override
    public void close() throws IOException {
        closing.countDown();
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
        boolean done;
        try {
            done = threads.awaitTermination(CONNECT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (!done) {
            throw new IllegalStateException("A connection of the proxy does not end");
        }
    }
}
