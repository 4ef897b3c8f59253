// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a backup holds, counted in the transaction that copied it. The backup carries it as a table of its own, which a restore
 * removes.
 *
 * @param takenAt when the transaction began
 * @param rows the number of rows of each table
 */
public record BackupManifest(Instant takenAt, SortedMap<String, Long> rows) {
    private static final String TABLE = "backup_manifest";

    private record Row(String table, long rows, Instant takenAt) {}

    /** Counts the rows of every table, as the transaction of the connection sees them. */
    static BackupManifest count(Connection connection, Instant takenAt) throws SQLException {
        List<String> tables = Statements.query(
                connection,
                "SELECT table_name FROM duckdb_tables() WHERE database_name = current_catalog() AND table_name <> ?",
                row -> row.getString("table_name"),
                TABLE);
        SortedMap<String, Long> rows = new TreeMap<>();
        if (!tables.isEmpty()) {
            String counts = tables.stream()
                    .map(table -> "SELECT " + RegistryFiles.quoted(table, '\'')
                            + " AS name, count(*) AS row_count FROM " + RegistryFiles.quoted(table, '"'))
                    .collect(Collectors.joining(" UNION ALL "));
            Statements.query(connection, counts, row -> Map.entry(row.getString("name"), row.getLong("row_count")))
                    .forEach(count -> rows.put(count.getKey(), count.getValue()));
        }
        return new BackupManifest(takenAt, rows);
    }

    /** The manifest that a backup carries; empty for a registry that is no backup. */
    static Optional<BackupManifest> read(Connection connection) throws SQLException {
        boolean any = !Statements.query(
                        connection,
                        "SELECT 1 FROM duckdb_tables() WHERE database_name = current_catalog() AND table_name = ?",
                        row -> true,
                        TABLE)
                .isEmpty();
        if (!any) {
            return Optional.empty();
        }
        List<Row> found = Statements.query(
                connection,
                "SELECT table_name, row_count, taken_at FROM " + TABLE,
                row -> new Row(
                        row.getString("table_name"), row.getLong("row_count"), Statements.instant(row, "taken_at")));
        SortedMap<String, Long> rows = new TreeMap<>();
        found.forEach(row -> rows.put(row.table(), row.rows()));
        return found.stream().findFirst().map(first -> new BackupManifest(first.takenAt(), rows));
    }

    /** Writes the table into an attached database. */
    void write(Connection connection, String database) throws SQLException {
        Statements.execute(
                connection,
                "CREATE TABLE " + database + "." + TABLE
                        + " (table_name VARCHAR NOT NULL, row_count BIGINT NOT NULL, taken_at TIMESTAMPTZ NOT NULL)");
        for (Map.Entry<String, Long> count : rows.entrySet()) {
            Statements.update(
                    connection,
                    "INSERT INTO " + database + "." + TABLE + " VALUES (?, ?, ?)",
                    count.getKey(),
                    count.getValue(),
                    takenAt);
        }
    }

    /** Removes the table from a copy of a backup. */
    static void remove(Connection connection) throws SQLException {
        Statements.execute(connection, "DROP TABLE IF EXISTS " + TABLE);
    }
}
