// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** A {@code system.duckdb} of Agnes for Python with the columns that the import reads, open for writing. */
public final class OldInstallation implements AutoCloseable {
    private static final String[] AT_25 = {
        "CREATE TABLE schema_version (version INTEGER NOT NULL, applied_at TIMESTAMP DEFAULT current_timestamp)",
        """
        CREATE TABLE users (id VARCHAR PRIMARY KEY, email VARCHAR UNIQUE NOT NULL, name VARCHAR, password_hash VARCHAR,
            active BOOLEAN NOT NULL DEFAULT TRUE, created_at TIMESTAMP DEFAULT current_timestamp)""",
        """
        CREATE TABLE sync_state (table_id VARCHAR PRIMARY KEY, last_sync TIMESTAMP, rows BIGINT, file_size_bytes BIGINT,
            uncompressed_size_bytes BIGINT, columns INTEGER, hash VARCHAR, status VARCHAR DEFAULT 'ok', error TEXT)""",
        """
        CREATE TABLE table_registry (id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, source_type VARCHAR, bucket VARCHAR,
            source_table VARCHAR, source_query TEXT, sync_strategy VARCHAR DEFAULT 'full_refresh',
            query_mode VARCHAR DEFAULT 'local', sync_schedule VARCHAR, profile_after_sync BOOLEAN DEFAULT true,
            primary_key VARCHAR, folder VARCHAR, description TEXT, registered_by VARCHAR,
            registered_at TIMESTAMP DEFAULT current_timestamp)""",
        """
        CREATE TABLE user_groups (id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL UNIQUE, description TEXT,
            is_system BOOLEAN DEFAULT FALSE, created_at TIMESTAMP DEFAULT current_timestamp, created_by VARCHAR)""",
        """
        CREATE TABLE user_group_members (user_id VARCHAR NOT NULL, group_id VARCHAR NOT NULL REFERENCES user_groups(id),
            source VARCHAR NOT NULL, added_at TIMESTAMP DEFAULT current_timestamp, added_by VARCHAR,
            PRIMARY KEY (user_id, group_id))""",
        """
        CREATE TABLE resource_grants (id VARCHAR PRIMARY KEY, group_id VARCHAR NOT NULL REFERENCES user_groups(id),
            resource_type VARCHAR NOT NULL, resource_id VARCHAR NOT NULL,
            assigned_at TIMESTAMP DEFAULT current_timestamp, assigned_by VARCHAR,
            UNIQUE (group_id, resource_type, resource_id))""",
        "INSERT INTO user_groups (id, name, is_system) VALUES ('g-admin', 'Admin', true), ('g-all', 'Everyone', true)"
    };

    private static final String[] AT_27 = {
        "ALTER TABLE table_registry ADD COLUMN incremental_window_days INTEGER",
        "ALTER TABLE table_registry ADD COLUMN max_history_days INTEGER",
        "ALTER TABLE table_registry ADD COLUMN incremental_column VARCHAR",
        "ALTER TABLE table_registry ADD COLUMN where_filters VARCHAR",
        "ALTER TABLE table_registry ADD COLUMN partition_by VARCHAR",
        "ALTER TABLE table_registry ADD COLUMN partition_granularity VARCHAR",
        "ALTER TABLE table_registry ADD COLUMN initial_load_chunk_days INTEGER"
    };

    private static final String[] AT_124 = {
        "ALTER TABLE table_registry ADD COLUMN bq_fqn VARCHAR",
        "ALTER TABLE table_registry ADD COLUMN server_only BOOLEAN DEFAULT false",
        "ALTER TABLE table_registry ADD COLUMN connection_id VARCHAR",
        "ALTER TABLE table_registry ADD COLUMN access_policy_sql VARCHAR",
        "ALTER TABLE sync_state ADD COLUMN parts JSON",
        "ALTER TABLE resource_grants ADD COLUMN requirement VARCHAR DEFAULT 'available'",
        """
        CREATE TABLE source_connections (id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL UNIQUE,
            source_type VARCHAR NOT NULL, config TEXT NOT NULL, token_env VARCHAR, is_default BOOLEAN DEFAULT FALSE)""",
        """
        CREATE TABLE data_packages (id VARCHAR PRIMARY KEY, slug VARCHAR UNIQUE NOT NULL, name VARCHAR NOT NULL,
            status VARCHAR DEFAULT 'prod', deleted_at TIMESTAMP)""",
        """
        CREATE TABLE data_package_tables (package_id VARCHAR NOT NULL REFERENCES data_packages(id),
            table_id VARCHAR NOT NULL REFERENCES table_registry(id), added_at TIMESTAMP DEFAULT current_timestamp,
            PRIMARY KEY (package_id, table_id))"""
    };

    private final Path file;
    private final Connection connection;

    private OldInstallation(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /**
     * Creates a database with only the built-in groups. Its columns are those of the highest of the versions 25, 27 and
     * 124 that is not above the given one.
     */
    public static OldInstallation at(Path file, int version) throws SQLException {
        OldInstallation old = new OldInstallation(file, DriverManager.getConnection("jdbc:duckdb:" + file));
        old.run(AT_25);
        if (version >= 27) {
            old.run(AT_27);
        }
        if (version >= 124) {
            old.run(AT_124);
        }
        return old.run("INSERT INTO schema_version (version) VALUES (" + version + ")");
    }

    /** Opens an existing database again. */
    static OldInstallation reopened(Path file) throws SQLException {
        return new OldInstallation(file, DriverManager.getConnection("jdbc:duckdb:" + file));
    }

    /** Executes the statements. */
    public OldInstallation run(String... statements) throws SQLException {
        for (String sql : statements) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
        return this;
    }

    /** Adds a Keboola table in bucket {@code in.c-crm}, whose source table is its name. */
    public OldInstallation keboola(String id, String name, String mode) throws SQLException {
        return run("INSERT INTO table_registry (id, name, source_type, bucket, source_table, query_mode) VALUES ('" + id
                + "', '" + name + "', 'keboola', 'in.c-crm', '" + name + "', '" + mode + "')");
    }

    /** Adds a user with this address to a group. */
    public OldInstallation user(String email, String group) throws SQLException {
        return run(
                "INSERT INTO users (id, email, password_hash) VALUES ('u-" + email + "', '" + email + "', 'argon2')",
                "INSERT INTO user_group_members (user_id, group_id, source) VALUES ('u-" + email + "', '" + group
                        + "', 'admin')");
    }

    public OldInstallation group(String id, String name) throws SQLException {
        return run("INSERT INTO user_groups (id, name) VALUES ('" + id + "', '" + name + "')");
    }

    public OldInstallation grant(String group, String type, String resource) throws SQLException {
        return run(
                "INSERT INTO resource_grants (id, group_id, resource_type, resource_id) VALUES (CAST(uuid() AS VARCHAR), '"
                        + group + "', '" + type + "', '" + resource + "')");
    }

    /** Records the last sync of a table under its id or name. */
    public OldInstallation synced(String table, String lastSync, String hash) throws SQLException {
        return run("INSERT INTO sync_state (table_id, last_sync, rows, hash) VALUES ('" + table + "', TIMESTAMP '"
                + lastSync + "', 3, '" + hash + "')");
    }

    /** Closes the database, which writes everything to the file, and returns the file. */
    public Path closed() throws SQLException {
        close();
        return file;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
