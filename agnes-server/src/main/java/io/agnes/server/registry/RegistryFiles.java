// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.duckdb.DuckDbLimits;
import io.agnes.core.file.FileModes;
import io.agnes.core.file.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The files of one registry, and connections to it.
 *
 * @param store writes those files that DuckDB does not
 * @param registry the DuckDB file
 * @param log DuckDB's write-ahead log
 * @param journal the transactions since the snapshot
 * @param snapshot a copy of the registry from the last checkpoint
 * @param history tells how far the registry was
 * @param spill where DuckDB puts what does not fit into its memory
 */
record RegistryFiles(FileStore store, Path registry, Path log, Path journal, Path snapshot, Path history, Path spill) {
    /** Every DuckDB from 1.0 on can read it, so people can look into a copy with the client they have. */
    static final String STORAGE_VERSION = "v1.0.0";

    private static final long MEMORY_LIMIT_BYTES = 256_000_000;

    static RegistryFiles of(Path registry, Path spill) {
        return new RegistryFiles(
                FileStore.system(FileModes.PRIVATE),
                registry,
                beside(registry, ".wal"),
                beside(registry, ".journal"),
                beside(registry, ".snapshot"),
                History.file(registry),
                spill);
    }

    static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    Path directory() {
        return PrivateFiles.directory(registry);
    }

    /** Opens the registry with a configuration that no statement can change. */
    Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:duckdb:" + registry, settings(spill));
        try {
            Statements.execute(connection, "SET lock_configuration = true");
            requireReadable(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Opens a file for reading alone, in a DuckDB of its own, and reads all of it.
     *
     * @param spill where DuckDB puts what does not fit into its memory
     */
    static Connection openReadOnly(Path file, Path spill) throws SQLException {
        Properties settings = settings(spill);
        settings.setProperty("access_mode", "READ_ONLY");
        Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file, settings);
        try {
            requireReadable(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static Properties settings(Path spill) {
        Properties settings = new Properties();
        settings.putAll(new DuckDbLimits(MEMORY_LIMIT_BYTES, Optional.of(spill)).settings());
        settings.setProperty("allow_community_extensions", "false");
        settings.setProperty("storage_compatibility_version", STORAGE_VERSION);
        return settings;
    }

    /** DuckDB reads a block, and its checksum, when it needs it: this reads all of them before the first request does. */
    private static void requireReadable(Connection connection) throws SQLException {
        List<String> tables = Statements.query(
                connection,
                "SELECT table_name FROM duckdb_tables() WHERE database_name = current_catalog()",
                row -> row.getString("table_name"));
        if (!tables.isEmpty()) {
            String rows = tables.stream()
                    .map(table -> "SELECT hash(t) AS hash FROM " + quoted(table, '"') + " t")
                    .collect(Collectors.joining(" UNION ALL "));
            Statements.query(connection, "SELECT bit_xor(hash) FROM (" + rows + ")", row -> true);
        }
    }

    static String quoted(String text, char with) {
        return with + text.replace(String.valueOf(with), "" + with + with) + with;
    }

    /** The length of the write-ahead log. */
    long logBytes() throws IOException {
        return Files.exists(log) ? Files.size(log) : 0;
    }

    /** How much a checkpoint would remove. */
    long bytesSinceSnapshot(Journal current) throws IOException {
        return current.length() + logBytes();
    }
}
