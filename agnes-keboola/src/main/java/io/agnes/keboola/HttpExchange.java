// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.work.RunningCalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/** Exchanges whose whole response fits into memory. */
final class HttpExchange {
    private HttpExchange() {}

    /**
     * A response with its body.
     *
     * @param head the response, whose body has been read
     */
    record Whole(Transport.Response head, String body) {
        /** Whether the status is 2xx. */
        boolean ok() {
            return head.status() / 100 == 2;
        }
    }

    /**
     * Sends a request and reads the whole response, on a virtual thread of its own, where an interrupt closes the socket.
     *
     * @param what the request is for, in messages
     * @param limitBytes of the body
     */
    static Whole exchange(
            RunningCalls calls, Transport transport, Transport.Request request, String what, int limitBytes)
            throws InterruptedException {
        try {
            return calls.call("keboola-request", () -> whole(transport, request.whole(limitBytes)));
        } catch (IOException e) {
            throw KeboolaException.unreachable(what, e);
        }
    }

    private static Whole whole(Transport transport, Transport.Request request)
            throws IOException, InterruptedException {
        try (Transport.Response response = transport.send(request);
                InputStream in = decoded(response)) {
            return new Whole(response, new String(in.readNBytes(request.wholeBytes()), StandardCharsets.UTF_8));
        }
    }

    /** Some proxies compress a response although the request did not ask for that. */
    private static InputStream decoded(Transport.Response response) throws IOException {
        boolean gzip = response.header("content-encoding")
                .filter("gzip"::equalsIgnoreCase)
                .isPresent();
        return gzip ? new GZIPInputStream(response.body()) : response.body();
    }
}
