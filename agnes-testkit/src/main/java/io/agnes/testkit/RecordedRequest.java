// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that a fake received.
 *
 * @param at the time of arrival by the fake's clock
 * @param method in upper case
 * @param path the raw path, without the query
 * @param query the raw query, without the question mark; null if there is none
 * @param headers all values by name; names are in lower case
 * @param body the body as text: the first 1,048,576 bytes at most, and of an upload of an object's bytes the first 1,024
 */
public record RecordedRequest(
        Instant at,
        String method,
        String path,
        @Nullable String query,
        Map<String, List<String>> headers,
        String body) {}
