// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The fault of one request. */
sealed interface Misbehaviour {
    /**
     * Sends another response.
     *
     * @param afterDoing whether the request is handled first
     */
    record Responds(Response answer, boolean afterDoing) implements Misbehaviour {}

    /** Changes the right response. */
    record AltersResponse(UnaryOperator<Response> change) implements Misbehaviour {}

    /** Changes the request before it is handled. */
    record AltersRequest(UnaryOperator<Request> change) implements Misbehaviour {}

    /**
     * Sends the body in chunks.
     *
     * @param claimed the value of a Content-Length header, or null for none
     */
    record Chunks(@Nullable Long claimed) implements Misbehaviour {}

    /** Closes the connection before the first byte. */
    record Resets() implements Misbehaviour {}

    /** Closes the connection after these bytes of the request's body. */
    record CutsRequest(long afterBytes) implements Misbehaviour {}

    /** Closes the connection within the body. */
    record Cuts(long afterBytes) implements Misbehaviour {}

    /** Sends no byte and keeps the connection open. */
    record Stalls() implements Misbehaviour {}

    /** Stops within the body and keeps the connection open. */
    record StallsWithin(long afterBytes) implements Misbehaviour {}

    /** Sends the body at this rate. */
    record Drips(long bytesPerSecond) implements Misbehaviour {}
}
