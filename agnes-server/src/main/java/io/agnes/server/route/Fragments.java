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
 * What a list says of each table, as JSON text that is kept until that table changes: with a thousand tables of twenty
 * columns, building it anew is nearly all that a request takes. Safe for use by several threads.
 */
final class Fragments {
    /** Tables whose text is kept, some kilobytes each; beyond that all of it is built anew. */
    private static final int MOST = 10_000;

    private final BiFunction<TableRegistry.Entry, Optional<String>, String> text;
    private final Map<TableId, Fragment> kept = new ConcurrentHashMap<>();

    private record Fragment(TableRegistry.Entry entry, Optional<String> lastError, String text) {}

    /** @param text of a table, and of what went wrong with it last if anything did */
    Fragments(BiFunction<TableRegistry.Entry, Optional<String>, String> text) {
        this.text = text;
    }

    /** Those of these tables with commas between them. */
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
