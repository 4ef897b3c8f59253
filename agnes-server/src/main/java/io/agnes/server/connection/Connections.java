// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import io.agnes.core.Time;
import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All connections of a listener. If the limit of connections, or of those of one address, is reached, a new connection
 * replaces the one that has been without a slot for longest: it waits for a request head or for its next request. There are
 * fewer slots than connections, so one without a slot always exists.
 */
public final class Connections implements ServerConnectionSelector, AutoCloseable {
    private static final Duration CHECK = Duration.ofMillis(250);
    private static final int PARTS_OF_A_USER = 2;

    private final Limits limits;
    private final Time time;
    private final ServerConnectionSelector http;
    private final Shares bodies;
    private final Shares answers;
    private final Map<Pool, Semaphore> slots = new EnumMap<>(Pool.class);
    private final Set<Connection> all = ConcurrentHashMap.newKeySet();

    /** Connections without a slot, the longest waiting first. Guarded by this, like {@link #byAddress}. */
    private final LinkedHashSet<Connection> replaceable = new LinkedHashSet<>();

    private final Map<String, Integer> byAddress = new HashMap<>();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("deadlines").factory());

    /** Starts the thread that enforces deadlines. The listener takes this object as its connection selector. */
    public Connections(Limits limits, Time time) {
        this.limits = limits;
        this.time = time;
        this.http = Http1ConnectionSelector.builder()
                .config(Http1Config.builder()
                        .maxPrologueLength(RequestReader.LONGEST_HEAD)
                        .maxHeadersSize(2 * RequestReader.LONGEST_HEAD)
                        .build())
                .build();
        this.bodies = new Shares(Limits.BODY_BYTES, Limits.BODY_BYTES / PARTS_OF_A_USER);
        this.answers = new Shares(Limits.ANSWER_BYTES, Limits.ANSWER_BYTES / PARTS_OF_A_USER);
        for (Pool pool : Pool.values()) {
            slots.put(pool, new Semaphore(limits.slots(pool)));
        }
        Future<?> untilClosed = watch.scheduleWithFixedDelay(
                this::closeOverdue, CHECK.toMillis(), CHECK.toMillis(), TimeUnit.MILLISECONDS);
        assert !untilClosed.isDone();
    }

    private void closeOverdue() {
        long now = time.nanos();
        all.forEach(connection -> connection.closeIfOverdue(now));
    }

    /** Stops enforcing deadlines. Connections stay open. */
    @Override
    public void close() {
        watch.shutdownNow();
    }

    Future<?> closeIn(Connection connection, Duration delay) {
        return watch.schedule(connection::closeSocket, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    Exchange exchange() {
        return new Exchange(bodies, answers);
    }

    /** Adds a new connection, and closes another one if a limit is reached; returns false if it may not stay open. */
    boolean admit(Connection connection) {
        Connection replaced;
        synchronized (this) {
            String address = connection.clientAddress();
            boolean shareUsed = byAddress.getOrDefault(address, 0) >= limits.connectionsPerAddress();
            replaced = shareUsed ? longest(address) : all.size() >= limits.connections() ? longest(null) : null;
            if (replaced == null && (shareUsed || all.size() >= limits.connections())) {
                return false;
            }
            if (replaced != null) {
                remove(replaced);
            }
            all.add(connection);
            replaceable.add(connection);
            byAddress.merge(address, 1, Integer::sum);
        }
        if (replaced != null) {
            replaced.closeSocket();
        }
        return true;
    }

    /** @param address the client address, or null for any */
    private @Nullable Connection longest(@Nullable String address) {
        for (Connection connection : replaceable) {
            if (address == null || connection.clientAddress().equals(address)) {
                return connection;
            }
        }
        return null;
    }

    private void remove(Connection connection) {
        replaceable.remove(connection);
        if (all.remove(connection)) {
            byAddress.computeIfPresent(connection.clientAddress(), (address, count) -> count == 1 ? null : count - 1);
        }
    }

    synchronized void forget(Connection connection) {
        remove(connection);
    }

    boolean enter(Connection connection, Pool pool) {
        if (!slot(pool).tryAcquire()) {
            return false;
        }
        synchronized (this) {
            replaceable.remove(connection);
        }
        return true;
    }

    void leave(Connection connection, Pool pool) {
        slot(pool).release();
        synchronized (this) {
            if (all.contains(connection)) {
                replaceable.add(connection);
            }
        }
    }

    @SuppressWarnings("NullAway") // Each pool has slots from the start.
    private Semaphore slot(Pool pool) {
        return slots.get(pool);
    }

    @Override
    public int bytesToIdentifyConnection() {
        return 0;
    }

    @Override
    public Support supports(BufferData data) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        return new Connection(this, context, http, time);
    }
}
