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
 * A TCP proxy on 127.0.0.1 in front of anything, which breaks connections on their way back to the client. It knows no
 * protocol: bytes are those on the wire, heads included, and a fault is used up by a connection, not by a request.
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

    /** What happens to one connection; bytes are counted towards the client. */
    public sealed interface Trouble {}

    /** Closes in order after so many bytes, as if the server had said all. */
    public record CutAfter(long bytes) implements Trouble {}

    /** Resets the connection (RST) after so many bytes; 0 before the first one. */
    public record ResetAfter(long bytes) implements Trouble {}

    /** Sends nothing more after so many bytes, and leaves the connection open until the proxy closes. */
    public record StallAfter(long bytes) implements Trouble {}

    /** Sends all, at this rate. */
    public record Throttle(long bytesPerSecond) implements Trouble {
        public Throttle {
            if (bytesPerSecond < 1) {
                throw new IllegalArgumentException("bytesPerSecond must be at least 1, not " + bytesPerSecond);
            }
        }
    }

    /** Starts a proxy that is transparent until trouble is scripted. */
    public static FaultProxy to(InetSocketAddress upstream) throws IOException {
        FaultProxy proxy = new FaultProxy(upstream);
        proxy.threads.execute(proxy::accept);
        return proxy;
    }

    /** As {@link #to(InetSocketAddress)}, with host and port of an address like {@code http://127.0.0.1:8080}. */
    public static FaultProxy to(URI upstream) throws IOException {
        return to(new InetSocketAddress(upstream.getHost(), upstream.getPort()));
    }

    /** The proxy's own address. */
    public URI uri(String scheme) {
        return URI.create(scheme + "://127.0.0.1:" + server.getLocalPort());
    }

    /** The next connection gets this, behind those already scripted. */
    public void nextConnection(Trouble trouble) {
        synchronized (next) {
            next.add(trouble);
        }
    }

    /** How many connections clients have made. */
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
                // Closed; anything else would come again with the next accept.
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
            // Either side went away, which the other one sees by now.
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
            // The way back ends too, and closes both.
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
                // No time to linger makes close send RST in place of FIN.
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
        byte[] buffer = new byte[Pace.portion(bytesPerSecond, BUFFER_BYTES)];
        Pace pace = new Pace(bytesPerSecond, closing);
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            out.write(buffer, 0, read);
            if (!pace.keep(read)) {
                return;
            }
        }
    }

    /** Ends every connection. */
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
