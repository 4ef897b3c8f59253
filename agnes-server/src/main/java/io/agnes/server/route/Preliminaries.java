package io.agnes.server.route;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** What holds for every exchange: the headers of each answer, framing that can be read in one way, and the end. */
final class Preliminaries implements Filter {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final List<Header> SECURITY = List.of(
            HeaderValues.create("X-Content-Type-Options", "nosniff"),
            HeaderValues.create("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"),
            HeaderValues.create("Referrer-Policy", "no-referrer"));

    /** An id by which the log knows a request. */
    static String requestId() {
        return HexFormat.of().toHexDigits(RANDOM.nextLong());
    }

    /** Sets what every answer carries, errors too. */
    static void apply(WritableHeaders<?> headers, String requestId) {
        headers.set(Requests.REQUEST_ID, requestId);
        SECURITY.forEach(headers::set);
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        apply(response.headers(), requestId());
        if (!oneLength(request.headers())) {
            Problem twoWays = Problem.of(ProblemCode.REQUEST_MALFORMED, "The length of the body is not told clearly.");
            Errors.send(request, response, twoWays.with(HeaderValues.CONNECTION_CLOSE));
            throw new CloseConnectionException("the framing can be read in two ways");
        }
        chain.proceed();
        if (response.status().code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
            throw new CloseConnectionException("the rest of a body that is too large is not read");
        }
        if (request.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
            // Helidon says that it closes, and then waits for the next request until the idle timeout.
            finish(request);
            throw new CloseConnectionException("the last of its connection");
        }
    }

    /** Or the kernel would answer what is unread with a reset, which may overtake the answer. */
    private static void finish(RoutingRequest request) {
        if (request.content().hasEntity() && !request.content().consumed()) {
            try (InputStream rest = request.content().inputStream()) {
                rest.transferTo(OutputStream.nullOutputStream());
            } catch (IOException | RuntimeException e) {
                throw new CloseConnectionException("the rest of a body cannot be read", e);
            }
        }
    }

    /** A proxy before us may see another end of a body that has two lengths, so the next request would be forged. */
    private static boolean oneLength(ServerRequestHeaders headers) {
        if (!headers.contains(HeaderNames.CONTENT_LENGTH)) {
            return true;
        }
        List<String> lengths = headers.all(HeaderNames.CONTENT_LENGTH, List::of);
        return !headers.contains(HeaderNames.TRANSFER_ENCODING)
                && lengths.size() == 1
                && lengths.getFirst().chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
