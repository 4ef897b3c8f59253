// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import io.agnes.core.TableId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Stores the last good metadata of registered tables, and the failure of the attempt after it. A call that returns normally
 * has stored its change durably. Safe for use by several threads. A failure is an {@link io.agnes.core.AgnesException} and
 * changes nothing.
 */
public interface MetadataCache {
    /** The most characters of a message. */
    int LONGEST_MESSAGE = 512;

    /** Good metadata, and when they were stored. */
    record Known(TableMetadata metadata, Instant refreshedAt) {}

    /**
     * Why the last attempt brought no metadata.
     *
     * @param code stable, in snake_case
     * @param message one sentence of at most {@link #LONGEST_MESSAGE} characters, without secrets
     */
    record Failure(String code, String message, Instant at) {
        /** Cuts the message. */
        public Failure {
            message = message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE);
        }
    }

    /**
     * What is stored of a table.
     *
     * @param known the last good metadata; empty until an attempt succeeds
     * @param failure of the last attempt; empty after a success
     */
    record Entry(TableId table, Optional<Known> known, Optional<Failure> failure) {}

    /** An empty cache that ends with the process. */
    static MetadataCache inMemory() {
        return new InMemoryMetadataCache();
    }

    /** The entry of a table; empty if no attempt was stored. */
    Optional<Entry> find(TableId table);

    /** All entries, ordered by table. */
    List<Entry> all();

    /** Replaces the metadata of a table, and forgets its failure. */
    void store(TableId table, Known known);

    /** Replaces the failure of a table, and keeps its metadata. */
    void fail(TableId table, Failure failure);

    /** Removes the entry of a table; one without an entry is no error. */
    void remove(TableId table);

    /** Removes every entry but those of these tables. */
    void retain(Set<TableId> tables);
}
