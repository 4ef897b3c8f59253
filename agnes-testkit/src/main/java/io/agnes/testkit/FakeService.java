// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import org.jspecify.annotations.Nullable;

/** The service behind a {@link FakeServer}. */
interface FakeService {
    /** What a request addresses, whether or not it will succeed. */
    RequestTarget target(Request request);

    /**
     * Answers a request.
     *
     * @throws ErrorResponseException instead of returning an error
     */
    Response answer(Request request);

    /** The answer to a request that is neither recorded nor disturbed by faults, or null for any other request. */
    default @Nullable Response unrecorded(Request request) {
        return null;
    }

    /**
     * Whether the body of a request with {@code Content-Encoding: gzip} is decompressed before it is handled.
     *
     * @param head the request without its body
     */
    default boolean unzips(Request head) {
        return false;
    }

    /** The number of bytes of a request's body that the journal keeps, at most. */
    default int recordedBytes(RequestTarget target) {
        return 1 << 20;
    }

    /** Whether a request whose body ends early has an effect, as the requests of a resumable upload have. */
    default boolean takesIncomplete(RequestTarget target) {
        return false;
    }

    /** Called before a request is recorded, so that a test that awaited the request finds its effect. */
    default void begins(RequestTarget target) {}

    /** Called after the response was sent. */
    default void ends(RequestTarget target) {}
}
