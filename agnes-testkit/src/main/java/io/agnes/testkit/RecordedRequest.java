// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it arrived at a fake.
 *
 * @param at by the fake's clock
 * @param method in upper case
 * @param path raw, without the query
 * @param query raw, without the question mark
 * @param headers names in lower case
 * @param body as received, at most 1 MiB
 */
public record RecordedRequest(
        Instant at,
        String method,
        String path,
        @Nullable String query,
        Map<String, List<String>> headers,
        String body) {}
