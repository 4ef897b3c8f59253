// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work on the registry. What it changes is remembered for the journal, so every change goes through
 * {@link #update}, and is written so that it does the same again: times and ids are parameters, not asked of the database.
 */
final class Session {
    private final Connection connection;
    private final List<Journal.Change> changes = new ArrayList<>();
    private final Set<Kept.Part> written = EnumSet.noneOf(Kept.Part.class);

    Session(Connection connection) {
        this.connection = connection;
    }

    /** Says which part this work writes, before it does. */
    void writes(Kept.Part... parts) {
        written.addAll(List.of(parts));
    }

    Set<Kept.Part> written() {
        return written;
    }

    /** How many rows the statement changed. */
    int update(String sql, @Nullable Object... parameters) throws SQLException {
        int rows = Database.update(connection, sql, parameters);
        if (rows != 0) {
            changes.add(new Journal.Change(sql, Arrays.asList(parameters.clone()), rows));
        }
        return rows;
    }

    <T> List<T> query(String sql, Database.Row<T> row, @Nullable Object... parameters) throws SQLException {
        return Database.query(connection, sql, row, parameters);
    }

    List<Journal.Change> changes() {
        return changes;
    }
}
