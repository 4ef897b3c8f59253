// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import org.jspecify.annotations.Nullable;

/**
 * What a request addresses.
 *
 * @param part the position of a slice in its export, or null
 * @param bytesPerSecond the rate of the response's body, 0 for no limit
 */
record RequestTarget(RequestKind kind, @Nullable Integer part, long bytesPerSecond) {
    static RequestTarget of(RequestKind kind) {
        return new RequestTarget(kind, null, 0);
    }
}
