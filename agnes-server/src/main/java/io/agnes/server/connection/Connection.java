// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import io.agnes.core.Time;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One client connection. It checks the bytes before the parser reads them, sets a deadline for each phase, and is closed when
 * {@link Connections} needs its place for another client. A request finds its connection as the remote peer.
 */
public final class Connection implements ServerConnection, InterruptableTask<Void>, PeerInfo {
    private static final Duration LONGEST_HEAD = Duration.ofSeconds(10);
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(60);
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(60);
    private static final Duration BODY_START = Duration.ofSeconds(10);
    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(2);
    private static final Duration DRAIN_AFTER_REFUSAL = Duration.ofMillis(50);
    private static final int LEAST_BODY_RATE = 16 * 1024;
    private static final int LEAST_WRITE_RATE = 4 * 1024;
    private static final int DRAINED_BYTES = 2 * 1024 * 1024;
    private static final long NO_DEADLINE = Long.MAX_VALUE;
    private static final byte[] REFUSAL =
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private final Connections connections;
    private final ConnectionContext context;
    private final PeerInfo peer;
    private final Time time;
    private final RequestReader reader;
    private final ServerConnection parser;
    private boolean served;

    /** When the connection is closed, in {@link Time#nanos}. */
    private volatile long deadline;

    Connection(Connections connections, ConnectionContext context, ServerConnectionSelector http, Time time) {
        this.connections = connections;
        this.context = context;
        this.peer = context.remotePeer();
        this.time = time;
        this.deadline = in(LONGEST_HEAD);
        this.reader = new RequestReader(this::receive, new Deadlines());
        this.parser = http.connection(new CheckedContext());
    }

    /** The connection of a request. */
    public static Connection of(PeerInfo remotePeer) {
        return (Connection) remotePeer;
    }

    /** Takes a slot for the current request; returns false if none is free. */
    public boolean enter(Pool pool) {
        return connections.enter(this, pool);
    }

    /** Releases the slot of the current request. */
    public void leave(Pool pool) {
        connections.leave(this, pool);
    }

    /** Starts counting the memory of the current request and its answer. */
    public Exchange exchange() {
        return connections.exchange();
    }

    /** Closes the connection if its deadline has passed. */
    void closeIfOverdue(long now) {
        if (deadline != NO_DEADLINE && now - deadline > 0) {
            closeSocket();
        }
    }

    void closeSocket() {
        try {
            context.serverSocket().close();
        } catch (UncheckedIOException e) {
            // The socket is closed already.
            return;
        }
    }

    private long in(Duration duration) {
        return time.nanos() + duration.toNanos();
    }

    private byte @Nullable [] receive() {
        try {
            return context.serverSocket().get();
        } catch (UncheckedIOException e) {
            throw new CloseConnectionException("the client left, or took too long", e);
        }
    }

    @Override
    public void handle(Limit unlimited) throws InterruptedException {
        if (!connections.admit(this)) {
            context.dataWriter().write(BufferData.create(REFUSAL));
            return;
        }
        try {
            parser.handle(unlimited);
        } finally {
            drain();
            connections.forget(this);
        }
    }

    /** Reads the rest of a request. The kernel answers unread bytes with a reset, which can overtake the HTTP answer. */
    private void drain() {
        if (reader.betweenRequests()) {
            return;
        }
        Future<?> end = connections.closeIn(this, reader.refused() ? DRAIN_AFTER_REFUSAL : LONGEST_DRAIN);
        try {
            discard();
        } catch (RuntimeException e) {
            // The client left or closeIn closed the socket.
            return;
        } finally {
            end.cancel(false);
        }
    }

    private void discard() {
        int read = 0;
        while (!reader.betweenRequests() && read < DRAINED_BYTES) {
            byte[] next = reader.discard();
            if (next == null) {
                return;
            }
            read += next.length;
        }
    }

    @Override
    public boolean canInterrupt() {
        return parser instanceof InterruptableTask<?> task && task.canInterrupt();
    }

    /** Zero, because the deadlines of this class are shorter than those of the server. */
    @Override
    public Duration idleTime() {
        return Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
        parser.close(interrupt);
    }

    @Override
    public SocketAddress address() {
        return peer.address();
    }

    /** The client's IP address. */
    public String clientAddress() {
        return peer.address() instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress()
                : peer.host();
    }

    @Override
    public String host() {
        return peer.host();
    }

    @Override
    public int port() {
        return peer.port();
    }

    @Override
    public Optional<Principal> tlsPrincipal() {
        return peer.tlsPrincipal();
    }

    @Override
    public Optional<Certificate[]> tlsCertificates() {
        return peer.tlsCertificates();
    }

    /** Sets the deadline of each phase. Only received body bytes extend a deadline, at {@link #LEAST_BODY_RATE}. */
    private final class Deadlines implements RequestReader.Phases {
        private boolean head;
        private long bodyBegan = NO_DEADLINE;

        @Override
        public void idle() {
            deadline = in(served ? LONGEST_IDLE : LONGEST_HEAD);
        }

        @Override
        public void head() {
            if (!head) {
                head = true;
                deadline = in(LONGEST_HEAD);
            }
        }

        @Override
        public void body(long received) {
            if (bodyBegan == NO_DEADLINE) {
                bodyBegan = in(BODY_START);
            }
            deadline = bodyBegan
                    + Duration.ofMillis(received * 1000 / LEAST_BODY_RATE).toNanos();
        }

        @Override
        public void serving() {
            served = true;
            head = false;
            deadline = NO_DEADLINE;
            if (reader.betweenRequests()) {
                bodyBegan = NO_DEADLINE;
            }
        }
    }

    /** The connection as the parser sees it: checked input and a writer with a deadline. */
    private final class CheckedContext implements ConnectionContext {
        private final DataReader data = new DataReader(reader);
        private final DataWriter writer = new TimedWriter();

        @Override
        public ListenerContext listenerContext() {
            return context.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return context.executor();
        }

        @Override
        public DataWriter dataWriter() {
            return writer;
        }

        @Override
        public DataReader dataReader() {
            return data;
        }

        @Override
        public Router router() {
            return context.router();
        }

        @Override
        public Optional<ProxyProtocolData> proxyProtocolData() {
            return context.proxyProtocolData();
        }

        @Override
        public HelidonSocket serverSocket() {
            return context.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return Connection.this;
        }

        @Override
        public PeerInfo localPeer() {
            return context.localPeer();
        }

        @Override
        public boolean isSecure() {
            return context.isSecure();
        }

        @Override
        public String socketId() {
            return context.socketId();
        }

        @Override
        public String childSocketId() {
            return context.childSocketId();
        }
    }

    /** Closes the connection of a client that reads slower than {@link #LEAST_WRITE_RATE}. */
    private final class TimedWriter implements DataWriter {
        @Override
        public void write(BufferData... buffers) {
            write(BufferData.create(buffers));
        }

        @Override
        public void write(BufferData buffer) {
            long bytes = buffer.available();
            deadline = in(LONGEST_WRITE.plusMillis(bytes * 1000 / LEAST_WRITE_RATE));
            try {
                context.dataWriter().write(buffer);
            } finally {
                deadline = NO_DEADLINE;
            }
        }

        @Override
        public void writeNow(BufferData... buffers) {
            write(buffers);
        }

        @Override
        public void writeNow(BufferData buffer) {
            write(buffer);
        }

        @Override
        public void flush() {
            context.dataWriter().flush();
        }
    }
}
