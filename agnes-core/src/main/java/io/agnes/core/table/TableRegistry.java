package io.agnes.core.table;

import io.agnes.core.TableId;
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

    /** A table with its current version, if it has one. */
    record Entry(TableRecord table, Optional<TableVersion> current) {}

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

    /** Drops a version that is not current; what is not there is no error. */
    void forget(TableVersion version);

    /** Every version that is kept, of every table: what may not be swept. */
    List<TableVersion> versions();
}
