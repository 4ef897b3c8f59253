// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import io.agnes.core.AgnesException;
import io.agnes.core.Time;
import io.agnes.server.access.TokenProvider;
import io.agnes.server.connection.Connections;
import io.agnes.server.connection.Descriptors;
import io.agnes.server.connection.Limits;
import io.agnes.server.connection.ListenerWatch;
import io.agnes.server.route.DirectProblems;
import io.agnes.server.route.Requests;
import io.agnes.server.route.Routes;
import io.agnes.server.settings.Settings;
import io.helidon.security.Security;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.context.ContextFeature;
import io.helidon.webserver.security.SecurityFeature;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The HTTP listener. Closing it turns readiness red, waits for the shutdown delay, and then gives open requests ten
 * seconds to end.
 */
final class Web implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Web.class.getName());
    private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(10);

    /** Connections have shorter deadlines of their own, so this one never applies. */
    private static final Duration IDLE_CONNECTION = Duration.ofHours(1);

    /** Writes larger than this bypass the buffer. Writes of files are larger. */
    private static final int WRITE_BUFFER_BYTES = 4 * 1024;

    private final WebServer server;
    private final Routes routes;
    private final ListenerWatch watch;
    private final Duration delay;
    private final Time time;

    /** @param lost receives the failure when the port stops accepting connections */
    Web(
            Settings settings,
            Limits limits,
            Connections connections,
            Routes routes,
            TokenProvider tokens,
            Consumer<AgnesException> lost,
            Time time)
            throws IOException {
        this.routes = routes;
        this.delay = limits.shutdownDelay();
        this.time = time;
        Security security =
                Security.builder().addAuthenticationProvider(tokens, "token").build();
        this.server = WebServer.builder()
                .host(settings.host())
                .port(settings.port())
                .featuresDiscoverServices(false)
                .protocolsDiscoverServices(false)
                .addConnectionSelector(connections)
                .addFeature(ContextFeature.create())
                .addFeature(SecurityFeature.builder().security(security).build())
                .maxPayloadSize(Requests.LARGEST_BODY)
                .maxTcpConnections(limits.accepted())
                .idleConnectionTimeout(IDLE_CONNECTION)
                .shutdownGracePeriod(SHUTDOWN_GRACE)
                .writeBufferSize(WRITE_BUFFER_BYTES)
                .shutdownHook(false)
                .directHandlers(DirectProblems.handlers())
                .routing(routes::register)
                .build();
        server.start();
        this.watch = new ListenerWatch(
                InetAddress.getByName(settings.host()),
                server.port(),
                () -> lost.accept(ServerException.listenerLost(settings.host(), server.port())));
    }

    /** The configured limits, reduced to the heap and the file descriptors of this process. */
    static Limits limits(Settings settings) {
        Limits wanted = settings.limits();
        long descriptors = Descriptors.limit();
        Limits limits = wanted.within(Runtime.getRuntime().maxMemory(), descriptors);
        if (limits.connections() < Math.min(Limits.LEAST_CONNECTIONS, wanted.connections())) {
            throw ServerException.tooFewDescriptors(descriptors);
        }
        if (!limits.equals(wanted)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} connections and {1} downloads at once instead of {2} and {3}: they would need {4} descriptors of"
                            + " {5}, and {6} MiB of at most half the heap",
                    limits.connections(),
                    limits.downloads(),
                    wanted.connections(),
                    wanted.downloads(),
                    Long.toString(wanted.descriptors()),
                    Long.toString(descriptors),
                    wanted.bytes() >> 20);
        }
        return limits;
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() throws IOException {
        watch.close();
        routes.shutDown();
        try {
            time.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop();
    }
}
