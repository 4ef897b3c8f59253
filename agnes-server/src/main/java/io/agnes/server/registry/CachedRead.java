// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import org.jspecify.annotations.Nullable;

/**
 * The result of a query, kept until the change number of its group rises: it is asked for far more often than it changes, and a
 * query costs milliseconds. Keeps one result. A caller that has seen a write return gets a result with that write. While the
 * registry is broken, callers wait until it is open again.
 */
final class CachedRead<T> {
    /** A result, and the change number from just before it was read. */
    private record Cached<T>(long number, T value) {}

    private final Database database;
    private final TableGroup group;
    private final Database.Work<T> query;
    private volatile @Nullable Cached<T> cached;

    /** @param group all tables that the query reads belong to it */
    CachedRead(Database database, TableGroup group, Database.Work<T> query) {
        this.database = database;
        this.group = group;
        this.query = query;
    }

    T get() {
        database.requireAnswering();
        long number = database.changes().of(group);
        Cached<T> last = cached;
        if (last != null && last.number() == number) {
            return last.value();
        }
        // The number is from before the query, so a write in between makes the next caller read again.
        Cached<T> fresh = new Cached<>(number, database.read(query));
        cached = fresh;
        return fresh.value();
    }
}
