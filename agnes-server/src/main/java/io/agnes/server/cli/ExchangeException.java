// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * An exchange with a server failed before its end; a retry may succeed. The message describes the cause in a few words.
 */
final class ExchangeException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean reached;

    private ExchangeException(String message, boolean reached, @Nullable Throwable cause) {
        super(message, cause);
        this.reached = reached;
    }

    static ExchangeException stalled(long bytes, ExchangeLimits limits) {
        String seconds = seconds(limits.silence());
        return bytes == 0
                ? new ExchangeException("nothing came within " + seconds, true, null)
                : new ExchangeException(
                        "it stalled: fewer than " + limits.leastBytes() + " bytes came within " + seconds, true, null);
    }

    static ExchangeException tooLong(ExchangeLimits limits) {
        return new ExchangeException("the answer took longer than " + seconds(limits.answer()), true, null);
    }

    static ExchangeException ended() {
        return new ExchangeException("it ended early", true, null);
    }

    /** Translates the failure of an HTTP library. */
    static ExchangeException of(Throwable failure, ExchangeLimits limits) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            ExchangeException known = known(cause, limits);
            if (known != null) {
                return known;
            }
        }
        return new ExchangeException("what came is no answer of HTTP", true, failure);
    }

    private static @Nullable ExchangeException known(Throwable cause, ExchangeLimits limits) {
        return switch (cause) {
            case ExchangeException lost -> lost;
            case UnknownHostException unknown -> new ExchangeException("the host is unknown", false, cause);
            case UnresolvedAddressException unknown -> new ExchangeException("the host is unknown", false, cause);
            // The HTTP library reports an unknown host only in this message, without a cause.
            case IllegalArgumentException unknown
            when message(unknown).startsWith("Failed to get address") ->
                new ExchangeException("the host is unknown", false, cause);
            case NoRouteToHostException none -> new ExchangeException("there is no route to the host", false, cause);
            case ConnectException refused ->
                new ExchangeException(
                        timedOut(refused) ? noConnection(limits) : "the connection was refused", false, cause);
            case SocketTimeoutException timeout ->
                String.valueOf(timeout.getMessage()).startsWith("Connect")
                        ? new ExchangeException(noConnection(limits), false, cause)
                        : stalled(0, limits);
            case SSLException tls -> new ExchangeException("TLS failed: " + message(tls), false, cause);
            case IOException io
            when io.getCause() == null -> new ExchangeException("the connection failed: " + message(io), true, cause);
            default -> null;
        };
    }

    private static boolean timedOut(ConnectException e) {
        return String.valueOf(e.getMessage()).contains("timed out");
    }

    private static String noConnection(ExchangeLimits limits) {
        return "there was no connection within " + seconds(limits.connect());
    }

    private static String message(Throwable cause) {
        return ServerText.of(String.valueOf(cause.getMessage()));
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /** Whether a connection was established. */
    boolean reached() {
        return reached;
    }
}
