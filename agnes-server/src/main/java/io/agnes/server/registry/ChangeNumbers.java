// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How often each part of the registry was written. Safe for use by several threads. */
final class ChangeNumbers {
    private final Map<Part, Long> numbers = new ConcurrentHashMap<>();

    /** The change number of a part. */
    long of(Part part) {
        return numbers.getOrDefault(part, 0L);
    }

    /** Raises the numbers of parts; called once their change is on the disk and before its writer learns that. */
    void raise(Collection<Part> parts) {
        parts.forEach(part -> numbers.merge(part, 1L, Long::sum));
    }
}
