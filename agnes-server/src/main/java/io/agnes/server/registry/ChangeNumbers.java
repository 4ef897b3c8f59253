// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How often each group of tables was written. Safe for use by several threads. */
final class ChangeNumbers {
    private final Map<TableGroup, Long> numbers = new ConcurrentHashMap<>();

    /** The change number of a group. */
    long of(TableGroup group) {
        return numbers.getOrDefault(group, 0L);
    }

    /** Raises the numbers of groups; called once their change is on the disk and before its writer learns that. */
    void raise(Collection<TableGroup> groups) {
        groups.forEach(group -> numbers.merge(group, 1L, Long::sum));
    }
}
