// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.helidon.common.LazyValue;
import io.helidon.common.tls.Tls;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webclient.api.DnsAddressLookup;
import io.helidon.webclient.api.HttpClientRequest;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.api.WebClient;
import io.helidon.webclient.spi.DnsResolver;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;

/** The only class that knows the HTTP library. */
final class HelidonTransport implements Transport {
    /** Made for the first request. Loading certificates and the library takes a tenth of a second, which a start should not wait for. */
    private final LazyValue<WebClient> client;

    private final BoundedHandshakes handshakes;

    private HelidonTransport(Duration connect, boolean privateTargets, Names names, SSLContext tls) {
        this.handshakes = BoundedHandshakes.of(tls, connect);
        this.client = LazyValue.create(() -> client(connect, privateTargets, names, handshakes.asContext()));
    }

    /**
     * @param privateTargets whether names may resolve to addresses of this machine and of private networks
     */
    static HelidonTransport of(Duration connect, boolean privateTargets) {
        return new HelidonTransport(connect, privateTargets, InetAddress::getByName, platformTls());
    }

    /** Resolves host names. */
    @FunctionalInterface
    interface Names {
        /** The address that is connected to. */
        InetAddress address(String host) throws UnknownHostException;
    }

    /** @param tls checks certificates */
    static HelidonTransport of(Duration connect, boolean privateTargets, Names names, SSLContext tls) {
        return new HelidonTransport(connect, privateTargets, names, tls);
    }

    private static WebClient client(Duration connect, boolean privateTargets, Names names, SSLContext tls) {
        return WebClient.builder()
                .connectTimeout(connect)
                .followRedirects(false)
                .sendExpectContinue(false)
                .shareConnectionCache(false)
                .servicesDiscoverServices(false)
                .proxy(Proxy.noProxy())
                .tls(Tls.builder().sslContext(tls).build())
                .dnsResolver(new CheckedResolver(privateTargets, names))
                .contentEncoding(encoding -> encoding.contentEncodingsDiscoverServices(false))
                .build();
    }

    static SSLContext platformTls() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    @Override
    public Response send(Request request) throws IOException, InterruptedException {
        handshakes.forget();
        try {
            return response(submit(request));
        } catch (RuntimeException e) {
            if (wasInterrupted(e) || Thread.interrupted()) {
                throw new InterruptedException(request.toString());
            }
            throw unwrapped(request, e);
        } finally {
            handshakes.forget();
        }
    }

    @Override
    public void close() {
        if (client.isLoaded()) {
            client.get().closeResource();
        }
    }

    private HttpClientResponse submit(Request request) {
        HttpClientRequest call = client.get()
                .method(Method.create(request.method()))
                .uri(decodingTo(request.uri()))
                .skipUriEncoding(true)
                .readTimeout(request.idle());
        // Unchanged from the address: signatures cover it.
        call.header(HeaderNames.HOST, request.uri().getRawAuthority());
        request.headers().forEach((name, value) -> call.header(HeaderNames.create(name), value));
        return request.body().isEmpty()
                ? call.request()
                : call.submit(request.body().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Makes an address that the library decodes to the one to send. With its own encoding switched off the library sends an
     * address decoded and with a sorted query; otherwise it encodes by its own rules. Both break signatures. So it gets an
     * address with a second layer of encoding and without a query. It also removes empty segments, dots and semicolons, which
     * our addresses do not have.
     */
    private static URI decodingTo(URI uri) {
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String target = (uri.getRawPath() + query).replace("%", "%25").replace("?", "%3F");
        return URI.create(uri.getScheme() + "://" + uri.getRawAuthority() + target);
    }

    private static Response response(HttpClientResponse response) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : response.headers()) {
            headers.put(
                    header.name().toLowerCase(Locale.ROOT), header.allValues().getFirst());
        }
        return new Response(response.status().code(), Map.copyOf(headers), new Body(response));
    }

    /** The library swallows an interrupt while it waits for its own watcher of an idle connection. */
    private static boolean wasInterrupted(RuntimeException e) {
        return causes(e).anyMatch(InterruptedException.class::isInstance);
    }

    /** The library wraps what the socket said; retrying depends on whether anything was sent. */
    private IOException unwrapped(Request request, RuntimeException e) {
        Optional<KeboolaException> refused = causes(e)
                .filter(KeboolaException.class::isInstance)
                .map(KeboolaException.class::cast)
                .findFirst();
        if (refused.isPresent()) {
            throw refused.get();
        }
        if (causes(e).anyMatch(CertificateException.class::isInstance)) {
            throw KeboolaException.certificateRefused(request.uri().getHost(), e);
        }
        if (!handshakes.unfinished() && causes(e).noneMatch(HelidonTransport::isBeforeSending)) {
            return new IOException("no response to " + request, e);
        }
        ConnectException failed = new ConnectException("no connection for " + request);
        failed.initCause(e);
        return failed;
    }

    private static boolean isBeforeSending(Throwable cause) {
        return cause instanceof ConnectException
                || cause instanceof UnknownHostException
                || cause instanceof SSLHandshakeException;
    }

    private static Stream<Throwable> causes(Throwable e) {
        return Stream.iterate(e, Objects::nonNull, Throwable::getCause);
    }

    /** Checks the address that a name resolves to, and connects to that address, so that a second lookup cannot give another one. */
    private record CheckedResolver(boolean privateTargets, Names names) implements DnsResolver {
        @Override
        public InetAddress resolveAddress(String host, DnsAddressLookup lookup) {
            try {
                InetAddress address = names.address(host);
                if (!privateTargets && PrivateAddresses.isPrivate(address)) {
                    throw KeboolaException.targetRefused(host);
                }
                // Keeps the requested name, because certificates are checked against the name of the address.
                return InetAddress.getByAddress(host, address.getAddress());
            } catch (UnknownHostException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Throws the library's unchecked failures as those of a stream. */
    private static final class Body extends FilterInputStream {
        /** The length of the library's own reads; it makes an array of the requested length for each read. */
        private static final int READ_BYTES = 8 * 1024;

        private final HttpClientResponse response;

        Body(HttpClientResponse response) {
            super(response.entity().inputStream());
            this.response = response;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return in.read(bytes, offset, Math.min(length, READ_BYTES));
            } catch (RuntimeException e) {
                if (wasInterrupted(e)) {
                    Thread.currentThread().interrupt();
                }
                throw new IOException("the response ended before its end", e);
            }
        }

        @Override
        public void close() {
            response.close();
        }
    }
}
