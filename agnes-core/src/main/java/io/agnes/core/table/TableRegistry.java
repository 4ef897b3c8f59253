// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import io.agnes.core.TableId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores tables and their versions. Several processes may use one registry. A call that returns normally has stored its change
 * durably, and every later call of any process sees it. Safe for use by several threads. A failure is a
 * {@link io.agnes.core.RegistryFailedException} and changes nothing.
 */
public interface TableRegistry {
    /** The result of {@link #register}. */
    sealed interface Registration {
        /** Stored. */
        record Registered() implements Registration {}

        /**
         * Another table has the id, ignoring case, or the name.
         *
         * @param field {@code id} or {@code name}
         * @param holder the other table
         */
        record Taken(String field, TableId holder) implements Registration {}
    }

    /**
     * A table with its current version.
     *
     * @param current the newest version that is not quarantined
     * @param quarantined the newest version, if its content was found damaged
     */
    record Entry(TableRecord table, Optional<TableVersion> current, Optional<TableVersion> quarantined) {
        /** An entry without a quarantined version. */
        public Entry(TableRecord table, Optional<TableVersion> current) {
            this(table, current, Optional.empty());
        }

        /** The newest version, quarantined or not. */
        public Optional<TableVersion> newest() {
            return quarantined.or(() -> current);
        }
    }

    /** Adds a table, unless another one has its id or name. */
    Registration register(TableRecord table);

    /** The result of {@link #update}. */
    sealed interface Change {
        /** Stored. */
        record Changed() implements Change {}

        /** The table has another revision than expected, or was removed. */
        record Outdated() implements Change {}

        /** Another table has the name. */
        record NameTaken(TableId holder) implements Change {}
    }

    /** Replaces the record with this id, if its revision is one less. */
    Change update(TableRecord table);

    /** Removes a table with its versions, state and grants; the caller removes the content. Returns false for an unknown id. */
    boolean remove(TableId id);

    /** Finds a registered table. */
    Optional<Entry> find(TableId id);

    /** Every table, ordered by id. */
    List<Entry> all();

    /** Makes this version the current one. Its sequence must be greater than that of the current version. */
    void publish(TableVersion version);

    /** Stores the state of the source that the current version shows. */
    void mark(TableId table, @Nullable String marker);

    /**
     * Quarantines a version with damaged content and forgets the state of the source that the table shows. A version that is
     * quarantined or unknown is no error.
     */
    void quarantine(TableVersion version, Instant at);

    /** Deletes a version that is not current; an unknown version is no error. */
    void forget(TableVersion version);

    /** Stores the measurements of a version, until the version is deleted. */
    void keep(TableVersion version, TableProfile profile);

    /** The measurements of the table's current version. */
    Optional<TableProfile> profile(TableId table);

    /** Every stored version of every table. */
    List<TableVersion> versions();
}
