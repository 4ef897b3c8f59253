// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.time.Duration;

/**
 * How long a command waits for a server. Fewer than {@code leastBytes} within {@code silence} count as stalled, from the
 * first attempt to connect on, whatever the reason.
 *
 * @param connect longest time until a connection is there
 * @param leastBytes of the body of an answer, that have to come within {@code silence}
 * @param answer longest time for the whole of an answer that is no table
 */
record Patience(Duration connect, Duration silence, long leastBytes, Duration answer) {
    /** Slower than 1 KiB/s is stalled; no answer of ours takes five minutes. */
    static final Patience USUAL =
            new Patience(Duration.ofSeconds(10), Duration.ofSeconds(60), 60 * 1024, Duration.ofMinutes(5));
}
