// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import java.sql.Connection;
import java.sql.SQLException;

/** Adds the transactions to a registry that its journal has and the registry has not. */
final class Replay {
    private static final System.Logger LOGGER = System.getLogger(Replay.class.getName());

    private final RegistryFiles files;

    Replay(RegistryFiles files) {
        this.files = files;
    }

    /**
     * Adds them and returns how many there were.
     *
     * @throws RegistryException if the journal belongs to another registry, or does not have all that is missing
     */
    long add(Connection connection, Journal.Contents journal) throws SQLException {
        Position found = Position.of(connection)
                .orElseThrow(() -> RegistryException.otherHistory(files.registry(), files.journal()));
        if (!found.lineage().equals(journal.lineage())) {
            throw RegistryException.otherHistory(files.registry(), files.journal());
        }
        if (found.sequence() < journal.base()) {
            throw gap(found.sequence() + 1, journal.base());
        }
        long next = found.sequence() + 1;
        for (Journal.Entry entry : journal.entries()) {
            if (entry.sequence() >= next) {
                if (entry.sequence() > next) {
                    throw gap(next, entry.sequence() - 1);
                }
                add(connection, entry);
                next++;
            }
        }
        long replayed = next - 1 - found.sequence();
        if (replayed > 0) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "registry " + files.registry() + " lacked its last " + replayed
                            + " changes; they came from its journal");
        }
        return replayed;
    }

    private RegistryException gap(long from, long to) {
        return RegistryException.incomplete(files.registry(), files.journal(), from, to);
    }

    private void add(Connection connection, Journal.Entry entry) throws SQLException {
        connection.setAutoCommit(false);
        try {
            for (Journal.Change change : entry.changes()) {
                int rows = Statements.update(
                        connection, change.sql(), change.parameters().toArray());
                if (rows != change.rows()) {
                    throw RegistryException.otherHistory(files.registry(), files.journal());
                }
            }
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }
}
