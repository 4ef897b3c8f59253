// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/**
 * The numbered steps from an empty file to this program's schema. Each is one transaction and one CHECKPOINT: DuckDB fails to
 * replay definitions that a kill left in the write-ahead log.
 */
final class Migrations {
    private static final List<String> STEPS = List.of(
            "001-tables-runs-access.sql",
            "002-schedules-attempts.sql",
            "003-journal-position.sql",
            "004-empty-as-null.sql",
            "005-quarantine.sql",
            "006-stored-digests.sql",
            "007-run-owner.sql",
            "008-audit-chain.sql",
            "009-field-ids.sql",
            "010-bigquery-metadata.sql");

    private record Applied(int version, String sha256) {}

    private final Path file;
    private final int target;
    private final Consumer<String> reached;

    Migrations(Path file) {
        this(file, newest(), step -> {});
    }

    /**
     * Migrates to an older schema, as an older program would.
     *
     * @param reached is called at each step, where tests copy the files that a kill would leave
     */
    Migrations(Path file, int target, Consumer<String> reached) {
        this.file = file;
        this.target = target;
        this.reached = reached;
    }

    /** The schema this program knows. */
    static int newest() {
        return STEPS.size();
    }

    /** Whether {@link #apply} would change anything. */
    boolean pending(Connection connection) throws SQLException {
        boolean any = !Statements.query(
                        connection,
                        "SELECT 1 FROM duckdb_tables() WHERE table_name = 'schema_migration'"
                                + " AND database_name = current_catalog()",
                        row -> true)
                .isEmpty();
        return !any || applied(connection).size() < target;
    }

    /** Reads the applied steps back from the file. */
    void requireNewest(Connection connection) throws SQLException {
        if (applied(connection).size() != target) {
            throw new SQLException("schema " + target + " is not in the file");
        }
    }

    void apply(Connection connection) throws SQLException {
        Statements.execute(connection, """
                CREATE TABLE IF NOT EXISTS schema_migration (
                    version    INTEGER PRIMARY KEY,
                    name       VARCHAR NOT NULL,
                    sha256     VARCHAR NOT NULL,
                    applied_at TIMESTAMPTZ NOT NULL DEFAULT current_timestamp
                )""");
        int applied = applied(connection).size();
        for (int version = applied + 1; version <= target; version++) {
            apply(connection, version);
        }
    }

    private List<Applied> applied(Connection connection) throws SQLException {
        List<Applied> applied = Statements.query(
                connection,
                "SELECT version, sha256 FROM schema_migration ORDER BY version",
                row -> new Applied(row.getInt("version"), row.getString("sha256")));
        check(applied);
        return applied;
    }

    private void check(List<Applied> applied) {
        if (applied.size() > target) {
            throw RegistryException.tooNew(file, applied.size(), target);
        }
        for (Applied step : applied) {
            if (!step.sha256().equals(Sha256.hex(text(STEPS.get(step.version() - 1))))) {
                throw RegistryException.migrationChanged(file, step.version());
            }
        }
    }

    private void apply(Connection connection, int version) throws SQLException {
        String name = STEPS.get(version - 1);
        String text = text(name);
        connection.setAutoCommit(false);
        try {
            reached.accept(version + " begun");
            Statements.execute(connection, text);
            Statements.update(
                    connection,
                    "INSERT INTO schema_migration (version, name, sha256) VALUES (?, ?, ?)",
                    version,
                    name,
                    Sha256.hex(text));
            reached.accept(version + " made");
            connection.commit();
            reached.accept(version + " committed");
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
        Statements.execute(connection, "CHECKPOINT");
        reached.accept(version + " checkpointed");
    }

    private static String text(String name) {
        try (InputStream in = Migrations.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no migration " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
