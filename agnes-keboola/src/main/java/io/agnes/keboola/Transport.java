// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sends one HTTP request and returns once the head of the response is there. Redirects are not followed and nothing is
 * decoded. Safe for use by several threads; called on virtual threads, where an interrupt closes the socket.
 */
public interface Transport extends AutoCloseable {
    /**
     * A request. Its text holds no header, no query and no body.
     *
     * @param uri sent as it is, escapes included
     * @param headers by name
     * @param body sent as UTF-8; empty if there is none
     * @param passing statuses that are retried for this request, although they are final for others
     * @param idle longest silence before and within the response; there is no bound on the whole
     * @param wholeBytes if positive, a retrying transport reads the whole body, up to this many bytes, before it returns, and
     *     retries if the body breaks off
     */
    record Request(
            String method,
            URI uri,
            Map<String, String> headers,
            String body,
            Set<Integer> passing,
            Duration idle,
            int wholeBytes) {
        /** A request without body. */
        public static Request read(URI uri, Map<String, String> headers, Duration idle) {
            return new Request("GET", uri, headers, "", Set.of(), idle, 0);
        }

        /** A request that changes something. */
        public static Request post(URI uri, Map<String, String> headers, String body, Duration idle) {
            return new Request("POST", uri, headers, body, Set.of(), idle, 0);
        }

        /** This request, retried on one more status. */
        public Request passing(int status) {
            return new Request(method, uri, headers, body, Set.of(status), idle, wholeBytes);
        }

        /** This request, with its response in memory. */
        public Request whole(int limitBytes) {
            return new Request(method, uri, headers, body, passing, idle, limitBytes);
        }

        /** Whether sending it twice is the same as sending it once. */
        public boolean repeatable() {
            return !method.equals("POST");
        }

        /** Method, host and path; queries may be signatures. */
        @Override
        public String toString() {
            return method + " " + uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
        }
    }

    /**
     * A response whose body is still on its way. Closing it before the end of the body closes the connection.
     *
     * @param headers the first value of each, by name in lower case
     */
    record Response(int status, Map<String, String> headers, InputStream body) implements AutoCloseable {
        /** The first value of a header, by its name in lower case. */
        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /** @throws IOException if no response came; a {@link java.net.ConnectException} if nothing was sent */
    Response send(Request request) throws IOException, InterruptedException;

    /** Closes all connections. */
    @Override
    void close();
}
