// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Time;
import io.agnes.core.store.StallDetector;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The only place that repeats a request: after 429, server errors except 501, failures to connect, and connections that broke
 * before a response. Waits double and are jittered; {@code Retry-After} is honoured up to a
 * bound.
 */
final class RetryingTransport implements Transport {
    /** Attempts of one request in all. */
    static final int ATTEMPTS = 8;
    /** Attempts of a request that may have been carried out although no good answer came. */
    static final int AMBIGUOUS_ATTEMPTS = 2;
    /** Attempts while the request names the status as passing. */
    static final int PASSING_ATTEMPTS = 4;

    static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);
    /** A server that asks for longer is not obeyed. */
    static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(1);

    /** A body that brings less than this within the longest silence allowed counts as stalled. */
    private static final int LEAST_BYTES = 1024;

    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int NOT_IMPLEMENTED = 501;
    private static final int UNAVAILABLE = 503;

    private final Transport transport;
    private final Duration budget;
    private final Time time;
    private final RandomGenerator random;

    private RetryingTransport(Transport transport, Duration budget, Time time, RandomGenerator random) {
        this.transport = transport;
        this.budget = budget;
        this.time = time;
        this.random = random;
    }

    /** @param budget for all waits between the attempts of one request */
    static RetryingTransport of(Transport transport, Duration budget, Time time, RandomGenerator random) {
        return new RetryingTransport(transport, budget, time, random);
    }

    @Override
    public Response send(Request request) throws IOException, InterruptedException {
        Duration waited = Duration.ZERO;
        for (int attempt = 1; ; attempt++) {
            Duration pause = pause(attempt);
            try {
                Response response = answer(request);
                pause = retryAfter(response).orElse(pause);
                if (attempt >= attempts(request, response.status())
                        || waited.plus(pause).compareTo(budget) > 0) {
                    return response;
                }
                response.close();
            } catch (IOException e) {
                if (attempt >= attempts(request, e) || waited.plus(pause).compareTo(budget) > 0) {
                    throw e;
                }
            }
            time.sleep(pause);
            waited = waited.plus(pause);
        }
    }

    @Override
    public void close() {
        transport.close();
    }

    /** Reading a whole body is part of the attempt. */
    private Response answer(Request request) throws IOException, InterruptedException {
        Response response = transport.send(request);
        if (request.wholeBytes() == 0) {
            return response;
        }
        try (response) {
            return new Response(response.status(), response.headers(), whole(request, response.body()));
        }
    }

    /** Reads pieces, because one growing array would need three times the memory of a long body. */
    private InputStream whole(Request request, InputStream in) throws IOException {
        List<InputStream> pieces = new ArrayList<>();
        byte[] piece = new byte[BUFFER_BYTES];
        int filled = 0;
        StallDetector stall = new StallDetector(time, request.idle(), LEAST_BYTES);
        for (int count = in.read(piece); count >= 0; count = in.read(piece, filled, BUFFER_BYTES - filled)) {
            filled += count;
            if ((long) pieces.size() * BUFFER_BYTES + filled > request.wholeBytes()) {
                throw KeboolaException.tooLarge("the answer to " + request, request.wholeBytes() + " bytes");
            }
            if (stall.stalled(count)) {
                throw new SocketTimeoutException("the connection stalled");
            }
            if (filled == BUFFER_BYTES) {
                pieces.add(new ByteArrayInputStream(piece));
                piece = new byte[BUFFER_BYTES];
                filled = 0;
            }
        }
        pieces.add(new ByteArrayInputStream(piece, 0, filled));
        return new SequenceInputStream(Collections.enumeration(pieces));
    }

    private static int attempts(Request request, int status) {
        if (request.passing().contains(status)) {
            return PASSING_ATTEMPTS;
        }
        return switch (status) {
            case TOO_MANY_REQUESTS, UNAVAILABLE -> ATTEMPTS;
            case NOT_IMPLEMENTED -> 1;
            default -> status < 500 ? 1 : attempts(request);
        };
    }

    private static int attempts(Request request, IOException e) {
        return e instanceof ConnectException ? ATTEMPTS : attempts(request);
    }

    private static int attempts(Request request) {
        return request.repeatable() ? ATTEMPTS : AMBIGUOUS_ATTEMPTS;
    }

    /** A random wait between half and all of a bound that doubles with each attempt. */
    private Duration pause(int attempt) {
        long full = Math.min(FIRST_PAUSE.toMillis() << (attempt - 1), LONGEST_PAUSE.toMillis());
        return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    }

    private Optional<Duration> retryAfter(Response response) {
        return response.header("retry-after").flatMap(this::wait).map(RetryingTransport::bounded);
    }

    private static Duration bounded(Duration wait) {
        return wait.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : wait;
    }

    /** Reads seconds or a date. */
    private Optional<Duration> wait(String text) {
        try {
            return text.chars().allMatch(Character::isDigit)
                    ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
                    : Optional.of(until(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant()));
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private Duration until(Instant then) {
        Duration wait = Duration.between(time.now(), then);
        return wait.isNegative() ? Duration.ZERO : wait;
    }
}
