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

/** An exchange with a server that had no end; asking again may help. The message tells the cause in a few words. */
final class LostException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean reached;

    private LostException(String message, boolean reached, @Nullable Throwable cause) {
        super(message, cause);
        this.reached = reached;
    }

    static LostException stalled(long bytes, Patience patience) {
        String seconds = seconds(patience.silence());
        return bytes == 0
                ? new LostException("nothing came within " + seconds, true, null)
                : new LostException(
                        "it stalled: fewer than " + patience.leastBytes() + " bytes came within " + seconds,
                        true,
                        null);
    }

    static LostException tooLong(Patience patience) {
        return new LostException("the answer took longer than " + seconds(patience.answer()), true, null);
    }

    static LostException ended() {
        return new LostException("it ended early", true, null);
    }

    /** Says what the failure of an HTTP library comes down to. */
    static LostException of(Throwable failure, Patience patience) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            LostException known = known(cause, patience);
            if (known != null) {
                return known;
            }
        }
        return new LostException("what came is no answer of HTTP", true, failure);
    }

    private static @Nullable LostException known(Throwable cause, Patience patience) {
        return switch (cause) {
            case LostException lost -> lost;
            case UnknownHostException unknown -> new LostException("the host is unknown", false, cause);
            case UnresolvedAddressException unknown -> new LostException("the host is unknown", false, cause);
            // The HTTP library says it so, and keeps no cause.
            case IllegalArgumentException unknown
            when message(unknown).startsWith("Failed to get address") ->
                new LostException("the host is unknown", false, cause);
            case NoRouteToHostException none -> new LostException("there is no route to the host", false, cause);
            case ConnectException refused ->
                new LostException(
                        timedOut(refused) ? noConnection(patience) : "the connection was refused", false, cause);
            case SocketTimeoutException timeout ->
                String.valueOf(timeout.getMessage()).startsWith("Connect")
                        ? new LostException(noConnection(patience), false, cause)
                        : stalled(0, patience);
            case SSLException tls -> new LostException("TLS failed: " + message(tls), false, cause);
            case IOException io
            when io.getCause() == null -> new LostException("the connection failed: " + message(io), true, cause);
            default -> null;
        };
    }

    private static boolean timedOut(ConnectException e) {
        return String.valueOf(e.getMessage()).contains("timed out");
    }

    private static String noConnection(Patience patience) {
        return "there was no connection within " + seconds(patience.connect());
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
