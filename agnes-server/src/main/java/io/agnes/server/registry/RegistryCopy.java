// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A new file that a connection fills with a copy of its registry. DuckDB copies, as it checks each block it reads; and closing a
 * file of ours on the registry would drop DuckDB's lock. A connection fills one file at a time. After {@link #close} the file is
 * complete by itself: no log lies beside it. For one thread.
 */
final class RegistryCopy implements AutoCloseable {
    private static final String NAME = "taken";

    private final Connection connection;

    private RegistryCopy(Connection connection) {
        this.connection = connection;
    }

    /** Makes the file, which this account alone can read. */
    static RegistryCopy into(Path file, Connection connection) throws SQLException, IOException {
        Statements.execute(connection, "DETACH DATABASE IF EXISTS " + NAME);
        Statements.execute(
                connection,
                "ATTACH " + RegistryFiles.quoted(file.toString(), '\'') + " AS " + NAME + " (STORAGE_VERSION '"
                        + RegistryFiles.STORAGE_VERSION + "')");
        PrivateFiles.hide(file);
        return new RegistryCopy(connection);
    }

    /** Copies every table as the transaction of the connection sees it; without a transaction, as it is now. */
    void fill() throws SQLException {
        String catalog = Statements.query(connection, "SELECT current_catalog() AS name", row -> row.getString("name"))
                .getFirst();
        Statements.execute(connection, "COPY FROM DATABASE " + RegistryFiles.quoted(catalog, '"') + " TO " + NAME);
    }

    /** Adds the manifest, in the transaction that copied. */
    void add(BackupManifest manifest) throws SQLException {
        manifest.write(connection, NAME);
    }

    @Override
    public void close() throws SQLException {
        Statements.execute(connection, "DETACH DATABASE IF EXISTS " + NAME);
    }
}
