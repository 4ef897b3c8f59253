// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import io.agnes.core.TableId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** A cache that ends with the process. */
final class InMemoryMetadataCache implements MetadataCache {
    private final Map<TableId, Entry> entries = new ConcurrentSkipListMap<>();

    @Override
    public Optional<Entry> find(TableId table) {
        return Optional.ofNullable(entries.get(table));
    }

    @Override
    public List<Entry> all() {
        return List.copyOf(entries.values());
    }

    @Override
    public void store(TableId table, Known known) {
        entries.put(table, new Entry(table, Optional.of(known), Optional.empty()));
    }

    @Override
    public void fail(TableId table, Failure failure) {
        entries.compute(table, (id, before) -> {
            Optional<Known> known = before == null ? Optional.empty() : before.known();
            return new Entry(id, known, Optional.of(failure));
        });
    }

    @Override
    public void remove(TableId table) {
        entries.remove(table);
    }

    @Override
    public void retain(Set<TableId> tables) {
        entries.keySet().retainAll(tables);
    }
}
