// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The place of a registry in its history.
 *
 * @param lineage names the history, since the registry was made
 * @param sequence of the last change
 */
record Position(String lineage, long sequence) {
    /** As the registry says; empty for a schema from before there was a journal. */
    static Optional<Position> of(Connection connection) throws SQLException {
        boolean known = !Statements.query(
                        connection,
                        "SELECT 1 FROM duckdb_tables() WHERE table_name = 'journal_position'"
                                + " AND database_name = current_catalog()",
                        row -> true)
                .isEmpty();
        return known
                ? Statements.query(
                                connection,
                                "SELECT lineage, sequence FROM journal_position",
                                row -> new Position(row.getString("lineage"), row.getLong("sequence")))
                        .stream()
                        .findFirst()
                : Optional.empty();
    }
}
