// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server of a fake, on 127.0.0.1. It records requests, asks a {@link FakeService} for the answers, and lets the
 * scripted faults happen. With TLS it has its own certificate authority, and a proxy that leads the host names of a cloud to
 * it.
 */
final class FakeServer implements AutoCloseable {
    private final ServerSettings settings;
    private final ManualClock clock;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore atOnce;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final RequestJournal journal = new RequestJournal();
    private final Faults faults = new Faults();
    private final ResponseWriter responses = new ResponseWriter(closing);
    private @Nullable Tls tls;

    /**
     * Takes the port. Requests wait until {@link #start}.
     *
     * @throws IOException if the port is taken
     */
    FakeServer(ServerSettings settings, ManualClock clock) throws IOException {
        this.settings = settings;
        this.clock = clock;
        this.atOnce = new Semaphore(settings.requestsAtOnce());
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.port());
        this.server = settings.tls() ? HttpsServer.create(address, 0) : HttpServer.create(address, 0);
    }

    /** The certificate authority and the proxy of a server with TLS. */
    private record Tls(CertificateAuthority authority, TunnelProxy proxy, HostPatterns names) {}

    /**
     * Begins to answer.
     *
     * @param names the host names in the certificate of a server with TLS, in lower case; {@code *.example.test} is any one
     *     label before the rest
     * @param directory the place for long bodies of requests; the caller deletes it after {@link #close}
     */
    void start(FakeService service, List<String> names, Path directory) throws IOException {
        if (server instanceof HttpsServer secured) {
            CertificateAuthority authority = CertificateAuthority.create();
            HostPatterns hosts = new HostPatterns(names);
            secured.setHttpsConfigurator(new NameCheck(authority.server(names), hosts));
            tls = new Tls(
                    authority, new TunnelProxy(settings.proxyPort(), secured.getAddress(), hosts::contains), hosts);
        }
        ExchangeReader reader = new ExchangeReader(directory, settings.maxBodyBytes(), service::unzips);
        server.createContext("/", exchange -> handle(exchange, reader, service));
        server.setExecutor(threads);
        server.start();
    }

    /** Refuses a handshake for a host name that the certificate does not contain. */
    private static final class NameCheck extends HttpsConfigurator {
        private final HostPatterns names;

        NameCheck(SSLContext context, HostPatterns names) {
            super(context);
            this.names = names;
        }

        @Override
        public void configure(HttpsParameters connection) {
            SSLParameters parameters = getSSLContext().getDefaultSSLParameters();
            parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher(names.regex())));
            connection.setSSLParameters(parameters);
        }
    }

    /** The host names of a certificate. */
    private record HostPatterns(List<String> names) {
        boolean contains(String host) {
            return HostNames.isAddress(host) || host.matches(regex());
        }

        String regex() {
            return names.stream()
                    .map(name -> name.replace(".", "\\.").replace("*", "[^.]+"))
                    .collect(Collectors.joining("|", "(?i)(?:", ")"));
        }
    }

    /** The base URL with the address 127.0.0.1, without a trailing slash. */
    URI address() {
        return URI.create((settings.tls() ? "https" : "http") + "://127.0.0.1:"
                + server.getAddress().getPort());
    }

    /**
     * The certificate of the authority in PEM.
     *
     * @throws IllegalStateException without TLS
     */
    String certificateAuthority() {
        return requireTls().authority.pem();
    }

    /**
     * The URL of the proxy for the host names.
     *
     * @throws IllegalStateException without TLS
     */
    URI proxy() {
        return URI.create("http://127.0.0.1:" + requireTls().proxy.port());
    }

    private Tls requireTls() {
        if (tls == null) {
            throw new IllegalStateException("This fake serves plain HTTP: call tls() on its builder");
        }
        return tls;
    }

    RequestJournal journal() {
        return journal;
    }

    Faults faults() {
        return faults;
    }

    /** @param errors the error responses of the service at these requests */
    FaultPoint faultPoint(RequestMatcher matcher, ServiceErrors errors) {
        return new FaultPoint(faults, matcher, errors);
    }

    /** @throws AssertionError with the scripted faults that have not happened, if there are any */
    void verifyFaultsConsumed() {
        Faults.requireNone(faults.unconsumed());
    }

    private void handle(HttpExchange exchange, ExchangeReader reader, FakeService service) throws IOException {
        try (exchange) {
            atOnce.acquire();
            try {
                serve(exchange, reader, service);
            } finally {
                atOnce.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(HttpExchange exchange, ExchangeReader reader, FakeService service)
            throws IOException, InterruptedException {
        Request request;
        try {
            request = reader.read(exchange);
        } catch (ErrorResponseException refusal) {
            responses.send(exchange, refusal.answer(), 0, null);
            return;
        }
        try {
            Response unrecorded = service.unrecorded(request);
            if (unrecorded == null) {
                serve(exchange, request, service);
            } else {
                responses.send(exchange, unrecorded, 0, null);
            }
        } finally {
            ExchangeReader.discard(request);
        }
    }

    private void serve(HttpExchange exchange, Request request, FakeService service)
            throws IOException, InterruptedException {
        RequestTarget target = service.target(request);
        service.begins(target);
        try {
            journal.add(request.recordedAt(clock.instant(), service.recordedBytes(target)));
            Misbehaviour how = faults.take(request, target.kind(), target.part());
            Response answer = how instanceof Misbehaviour.CutsRequest cut
                    ? incomplete(service, request, target, cut.afterBytes())
                    : answer(service, request, how);
            responses.send(exchange, answer, target.bytesPerSecond(), how);
        } finally {
            service.ends(target);
        }
    }

    private Response answer(FakeService service, Request request, @Nullable Misbehaviour how) {
        return switch (how) {
            case Misbehaviour.Responds other -> {
                if (other.afterDoing()) {
                    answer(service, request);
                }
                yield other.answer();
            }
            case Misbehaviour.AltersResponse alters -> alters.change().apply(answer(service, request));
            case Misbehaviour.AltersRequest alters ->
                answer(service, alters.change().apply(request));
            case null, default -> answer(service, request);
        };
    }

    /** Handles a request whose body ends early, if the service can. The answer is not sent. */
    private Response incomplete(FakeService service, Request request, RequestTarget target, long bytes) {
        Content content = request.content();
        return service.takesIncomplete(target)
                ? answer(service, request.withContent(content.slice(0, Math.min(bytes, content.length()))))
                : Response.empty(400);
    }

    private Response answer(FakeService service, Request request) {
        try {
            if (tls != null && !tls.names.contains(request.host())) {
                return Response.text(421, "text/plain", "This fake has no certificate for the host " + request.host());
            }
            return service.answer(request);
        } catch (ErrorResponseException refusal) {
            return refusal.answer();
        } catch (RuntimeException e) {
            // A message, because a closed connection would look like a scripted fault.
            return Response.text(500, "text/plain", "This fake has a bug or cannot read the request: " + e);
        }
    }

    /** Closes the port and every connection, including stalled ones. */
    @Override
    public void close() {
        closing.countDown();
        if (tls != null) {
            try {
                tls.proxy.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        server.stop(0);
        threads.shutdownNow();
        threads.close();
    }
}
