// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.TableId;
import io.agnes.core.table.TableRegistry;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * The JSON text of each table in a list, cached until the table changes: for a thousand tables of twenty columns, building the
 * text takes nearly all the time of a request. Safe for use by several threads.
 */
final class Fragments {
    /** The bound on cached texts of some kilobytes; beyond it the cache is emptied. */
    private static final int MOST = 10_000;

    private final BiFunction<TableRegistry.Entry, Optional<String>, String> text;
    private final Map<TableId, Fragment> kept = new ConcurrentHashMap<>();

    private record Fragment(TableRegistry.Entry entry, Optional<String> lastError, String text) {}

    /** @param text builds the text of a table and its last error */
    Fragments(BiFunction<TableRegistry.Entry, Optional<String>, String> text) {
        this.text = text;
    }

    /** The texts of these tables, separated by commas. */
    String joined(Collection<TableRegistry.Entry> entries, Map<TableId, String> lastErrors) {
        return entries.stream()
                .map(entry -> of(
                        entry, Optional.ofNullable(lastErrors.get(entry.table().id()))))
                .collect(Collectors.joining(","));
    }

    private String of(TableRegistry.Entry entry, Optional<String> lastError) {
        TableId id = entry.table().id();
        Fragment found = kept.get(id);
        if (found != null && found.entry.equals(entry) && found.lastError.equals(lastError)) {
            return found.text;
        }
        if (kept.size() >= MOST) {
            kept.clear();
        }
        Fragment built = new Fragment(entry, lastError, text.apply(entry, lastError));
        kept.put(id, built);
        return built.text;
    }
}
