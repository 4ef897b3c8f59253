// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import io.agnes.core.TableId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which tables there are and which version of each is current. What returns normally has been stored durably. Safe for
 * use by several threads. Failures are an unchecked exception of the implementation; then nothing was changed.
 */
public interface TableRegistry {
    /** What became of a wish to register. */
    sealed interface Registration {
        /** Stored. */
        record Registered() implements Registration {}

        /**
         * Another table has that id, in whatever case, or that name.
         *
         * @param field {@code id} or {@code name}
         * @param holder the table that has it
         */
        record Taken(String field, TableId holder) implements Registration {}
    }

    /**
     * A table with its current version, if it has one.
     *
     * @param current the newest version that is not quarantined
     * @param quarantined the newest version of all, if its file was found damaged
     */
    record Entry(TableRecord table, Optional<TableVersion> current, Optional<TableVersion> quarantined) {
        /** Without one in quarantine. */
        public Entry(TableRecord table, Optional<TableVersion> current) {
            this(table, current, Optional.empty());
        }

        /** The newest version, whole or not. */
        public Optional<TableVersion> newest() {
            return quarantined.or(() -> current);
        }
    }

    /** Adds a table, or says who has its id or name. */
    Registration register(TableRecord table);

    /** What became of a wish to change a table. */
    sealed interface Change {
        /** Stored. */
        record Changed() implements Change {}

        /** Somebody else has changed it meanwhile, or it is gone. */
        record Outdated() implements Change {}

        /** Another table has that name. */
        record NameTaken(TableId holder) implements Change {}
    }

    /** Puts the record in the place of the one of that id whose revision is one less. */
    Change update(TableRecord table);

    /** Removes a table with its versions, state and grants; false if it is not there. Files are the caller's to remove. */
    boolean remove(TableId id);

    /** The table, if it is registered. */
    Optional<Entry> find(TableId id);

    /** Every table, by id. */
    List<Entry> all();

    /** Makes the version the current one. Its sequence must be greater than that of the current one. */
    void publish(TableVersion version);

    /** Notes that the table's current version shows this state of the source as well. */
    void mark(TableId table, @Nullable String marker);

    /**
     * Takes a version whose file is damaged out of use and forgets which state of the source the table shows. One that is
     * so already, or is gone, is no error.
     */
    void quarantine(TableVersion version, Instant at);

    /** Drops a version that is not current; what is not there is no error. */
    void forget(TableVersion version);

    /** Keeps what was measured of a version, as long as the version is kept. */
    void keep(TableVersion version, TableProfile profile);

    /** What was measured of the table's current version. */
    Optional<TableProfile> profile(TableId table);

    /** Every version that is kept, of every table: what may not be swept. */
    List<TableVersion> versions();
}
