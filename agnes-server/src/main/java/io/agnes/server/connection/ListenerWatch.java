// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Detects that the listener has closed its port. Helidon's listener closes the port for good when it runs out of file
 * descriptors and reports no error, so the process would stay up and refuse every client. This watch connects to the port
 * every 2 seconds with a socket that it opened in advance.
 */
public final class ListenerWatch implements AutoCloseable {
    private static final Duration CHECK = Duration.ofSeconds(2);
    private static final int REFUSALS = 2;

    private final InetSocketAddress address;
    private final Runnable lost;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("listener-watch").factory());
    private @Nullable SocketChannel spare;
    private int refusals;

    /** @param lost called once, after the port has refused two connections in a row */
    public ListenerWatch(InetAddress bound, int port, Runnable lost) throws IOException {
        this.address =
                new InetSocketAddress(bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound, port);
        this.lost = lost;
        this.spare = SocketChannel.open();
        Future<?> untilClosed =
                watch.scheduleWithFixedDelay(this::check, CHECK.toMillis(), CHECK.toMillis(), TimeUnit.MILLISECONDS);
        assert !untilClosed.isDone();
    }

    private void check() {
        refusals = refused() ? refusals + 1 : 0;
        if (refusals == REFUSALS) {
            lost.run();
        }
    }

    /** Whether the port refuses. On the same machine a refusal is immediate; a listener with a full queue answers late. */
    private boolean refused() {
        try (SocketChannel probe = spare == null ? SocketChannel.open() : spare) {
            probe.configureBlocking(false);
            if (!probe.connect(address)) {
                probe.finishConnect();
            }
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException noDescriptor) {
            return false;
        } finally {
            spare = next();
        }
    }

    private static @Nullable SocketChannel next() {
        try {
            return SocketChannel.open();
        } catch (IOException noDescriptor) {
            return null;
        }
    }

    /** Stops the watch. */
    @Override
    public void close() throws IOException {
        watch.shutdownNow();
        if (spare != null) {
            spare.close();
        }
    }
}
