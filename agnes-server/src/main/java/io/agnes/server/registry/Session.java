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
 * One transaction on the registry. Every change goes through {@link #update}, which records it for the journal and for the
 * change numbers. The journal carries the statements out again, so times and ids are parameters and never functions of the
 * database.
 */
final class Session {
    private final Connection connection;
    private final List<Journal.Change> changes = new ArrayList<>();
    private final Set<TableGroup> written = EnumSet.noneOf(TableGroup.class);

    Session(Connection connection) {
        this.connection = connection;
    }

    /** Carries out a statement that changes rows, and returns how many it changed. */
    int update(String sql, @Nullable Object... parameters) throws SQLException {
        int rows = Statements.update(connection, sql, parameters);
        if (rows != 0) {
            changes.add(new Journal.Change(sql, Arrays.asList(parameters.clone()), rows));
            written.addAll(TableGroup.written(sql));
        }
        return rows;
    }

    <T> List<T> query(String sql, Statements.Row<T> row, @Nullable Object... parameters) throws SQLException {
        return Statements.query(connection, sql, row, parameters);
    }

    /** The statements that changed rows, in order. */
    List<Journal.Change> changes() {
        return changes;
    }

    /** The groups of tables that were written. */
    Set<TableGroup> written() {
        return written;
    }
}
