// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.time.Duration;

/**
 * The limits on the time of an exchange with a server. An exchange has stalled when fewer than {@code leastBytes}
 * arrive within {@code silence}, from the first attempt to connect on.
 *
 * @param connect the longest time to establish a connection
 * @param silence the interval in which {@code leastBytes} must arrive
 * @param leastBytes the least number of bytes of an answer's body within {@code silence}
 * @param answer the longest time for a whole answer other than a table
 */
record ExchangeLimits(Duration connect, Duration silence, long leastBytes, Duration answer) {
    /** Less than 1 KiB/s has stalled; every answer of our server takes less than five minutes. */
    static final ExchangeLimits USUAL =
            new ExchangeLimits(Duration.ofSeconds(10), Duration.ofSeconds(60), 60 * 1024, Duration.ofMinutes(5));
}
