// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.access.ClientAddress;
import io.agnes.server.audit.Audit;
import io.agnes.server.connection.Connection;
import io.agnes.server.connection.Exchange;
import io.agnes.server.connection.Pool;
import io.helidon.http.Header;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Handles every request: headers of the answer, a slot, its origin for the audit, and the end of the connection. */
final class Preliminaries implements Filter {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final List<Header> SECURITY = List.of(
            HeaderValues.create("X-Content-Type-Options", "nosniff"),
            HeaderValues.create("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"),
            HeaderValues.create("Referrer-Policy", "no-referrer"));

    private final Audit audit;
    private final ClientAddress addresses;

    Preliminaries(Audit audit, ClientAddress addresses) {
        this.audit = audit;
        this.addresses = addresses;
    }

    /** Makes the id of a request in the log. */
    static String requestId() {
        return HexFormat.of().toHexDigits(RANDOM.nextLong());
    }

    /** Sets the headers of every answer, errors included. */
    static void apply(WritableHeaders<?> headers, String requestId) {
        headers.set(Requests.REQUEST_ID, requestId);
        SECURITY.forEach(headers::set);
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        String id = requestId();
        apply(response.headers(), id);
        Connection connection = Connection.of(request.remotePeer());
        Optional<Pool> pool = pool(request.prologue().uriPath().rawPath());
        if (pool.isPresent() && !connection.enter(pool.get())) {
            Errors.send(request, response, Errors.overloaded("As many requests are at work as are allowed."));
            throw new CloseConnectionException("no slot is free");
        }
        try (Exchange exchange = connection.exchange()) {
            request.context().register(exchange);
            audit.origins().set(() -> RequestOrigin.of(request, id, addresses));
            chain.proceed();
        } finally {
            audit.origins().clear();
            pool.ifPresent(connection::leave);
        }
        if (response.status().code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()
                || response.headers().contains(HeaderValues.CONNECTION_CLOSE)
                || request.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
            // Helidon announces the close and then waits for the next request until the idle timeout.
            throw new CloseConnectionException("the last of its connection");
        }
    }

    /** The user whose slot a request takes; empty for health, which always answers. */
    private static Optional<Pool> pool(String path) {
        if (path.startsWith("/health/") || path.equals("/api/health")) {
            return Optional.empty();
        }
        if (path.startsWith("/api/data/")) {
            return Optional.of(path.endsWith("/check-access") ? Pool.CHECKS : Pool.DOWNLOADS);
        }
        return Optional.of(path.equals(BackupApi.BACKUP.path()) ? Pool.DOWNLOADS : Pool.OTHERS);
    }
}
