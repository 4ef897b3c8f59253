// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import org.jspecify.annotations.Nullable;

/**
 * A part of the registry as it is, read once and kept until it is written: it is asked for far more often than it changes,
 * a query costs milliseconds, and nobody else writes to the file. Whoever has seen a write return sees what it wrote. While
 * the registry is broken nothing is answered from here; who asks waits until it is open again.
 */
final class Kept<T> {
    /** What is written apart from each other; a session says which of them it writes. */
    enum Part {
        /** Tables and their current versions. */
        TABLES,
        /** Users, groups, grants and tokens. */
        ACCESS
    }

    /** What was read when the part had been written that many times. */
    private record Copy<T>(long writes, T value) {}

    private final Database database;
    private final Part part;
    private final Database.Work<T> read;
    private volatile @Nullable Copy<T> copy;

    Kept(Database database, Part part, Database.Work<T> read) {
        this.database = database;
        this.part = part;
        this.read = read;
    }

    T get() {
        database.requireAnswering();
        long writes = database.writes(part);
        Copy<T> kept = copy;
        if (kept != null && kept.writes() == writes) {
            return kept.value();
        }
        // Counted before it is read, so that a write in between makes it read again.
        Copy<T> fresh = new Copy<>(writes, database.read(read));
        copy = fresh;
        return fresh.value();
    }
}
