// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.file.FileDraft;
import io.agnes.core.sync.SyncRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Makes a registry out of a backup or a snapshot. The file is copied and never changed; the copy is opened, counted, migrated to this
 * program's schema, and given a history of its own, as changes after the backup have other numbers from now on. For one thread.
 */
public final class RegistryRestore {
    /**
     * The content of a version that the registry knows.
     *
     * @param name below the data directory
     * @param current whether it is the one that readers get
     */
    public record VersionFile(String table, String name, long bytes, boolean current) {}

    /**
     * What the file holds.
     *
     * @param takenAt when it was taken; for a file without a manifest, when it was last changed
     * @param schema of the file; the copy has the schema of this program
     * @param rows the number of rows of each table, in the file
     */
    public record Proof(Instant takenAt, int schema, SortedMap<String, Long> rows, List<VersionFile> versions) {}

    private final Path source;
    private final RegistryFiles staged;

    private RegistryRestore(Path source, RegistryFiles staged) {
        this.source = source;
        this.staged = staged;
    }

    /**
     * A restore of this file.
     *
     * @param draft whose folder gets the files of the new registry; its file is called {@code registry.duckdb}
     * @param spill where DuckDB puts what does not fit into its memory
     */
    public static RegistryRestore of(Path source, FileDraft draft, Path spill) {
        return new RegistryRestore(source, RegistryFiles.of(draft.path(), spill));
    }

    /** The files that can be restored without a backup: the last snapshot, and former registries that closed in order. */
    public static List<Path> snapshots(Path registry) throws IOException {
        RegistryFiles files = RegistryFiles.of(registry, registry);
        List<Path> found = new ArrayList<>(List.of(files.snapshot()));
        for (Path folder : PendingRestore.former(files)) {
            found.add(folder.resolve(files.registry().getFileName()));
            found.add(folder.resolve(files.snapshot().getFileName()));
        }
        return found.stream()
                .filter(Files::isRegularFile)
                .filter(file -> !hasLog(file))
                .toList();
    }

    private static boolean hasLog(Path file) {
        return Files.exists(RegistryFiles.beside(file, ".wal"));
    }

    /**
     * Copies the file into the draft and proves the copy.
     *
     * @throws RegistryException if it is no whole registry, or one of a newer program
     */
    public Proof prove() throws IOException {
        if (hasLog(source)) {
            throw RegistryException.unusable(source, "a log lies beside it, so it is not complete by itself", null);
        }
        Instant changed = Files.getLastModifiedTime(source).toInstant();
        Files.copy(source, staged.registry());
        PrivateFiles.hide(staged.registry());
        try {
            Proof proof = read(changed);
            migrate(proof.takenAt());
            return proof;
        } catch (SQLException e) {
            throw RegistryException.unusable(source, String.valueOf(e.getMessage()), e);
        }
    }

    private Proof read(Instant changed) throws SQLException {
        try (Connection connection = RegistryFiles.openReadOnly(staged.registry(), staged.spill())) {
            int schema = schema(connection);
            Optional<BackupManifest> manifest = BackupManifest.read(connection);
            Instant takenAt = manifest.map(BackupManifest::takenAt).orElse(changed);
            BackupManifest found = BackupManifest.count(connection, takenAt);
            if (manifest.isPresent() && !manifest.get().equals(found)) {
                throw RegistryException.miscounted(source, manifest.get().rows(), found.rows());
            }
            return new Proof(takenAt, schema, found.rows(), versions(connection));
        }
    }

    private int schema(Connection connection) throws SQLException {
        boolean known = !Statements.query(
                        connection,
                        "SELECT 1 FROM duckdb_tables() WHERE table_name = 'schema_migration'"
                                + " AND database_name = current_catalog()",
                        row -> true)
                .isEmpty();
        if (!known) {
            throw RegistryException.unusable(source, "it is no registry of Agnes", null);
        }
        new Migrations(source).pending(connection);
        return Statements.query(
                        connection,
                        "SELECT coalesce(max(version), 0) AS version FROM schema_migration",
                        row -> row.getInt("version"))
                .getFirst();
    }

    private static List<VersionFile> versions(Connection connection) throws SQLException {
        return Statements.query(
                connection,
                """
                SELECT v.table_id, v.path, v.size_bytes, s.table_id IS NOT NULL AS current
                FROM table_version v LEFT JOIN sync_state s ON s.table_id = v.table_id AND s.sequence = v.sequence
                ORDER BY v.table_id, v.sequence""",
                row -> new VersionFile(
                        row.getString("table_id"),
                        row.getString("path"),
                        row.getLong("size_bytes"),
                        row.getBoolean("current")));
    }

    /** A run of the backup ended with it, so that a start explains no later file by that run. */
    private void migrate(Instant takenAt) throws SQLException, IOException {
        try (Connection connection = staged.connect()) {
            BackupManifest.remove(connection);
            new Migrations(staged.registry()).apply(connection);
            Statements.update(
                    connection,
                    "UPDATE sync_run SET status = ?, finished_at = ? WHERE status = ?",
                    SyncRun.Status.INTERRUPTED.text(),
                    takenAt,
                    SyncRun.Status.RUNNING.text());
            Statements.update(
                    connection,
                    "UPDATE journal_position SET lineage = ?",
                    UUID.randomUUID().toString());
            new Checkpoint(staged).take(connection).orElseThrow().close();
        }
        staged.store().sync(staged.registry());
    }

    /**
     * Puts the proven copy in place of the registry of a data directory, which this process must own.
     *
     * @return the folder with the files of the former registry
     */
    public Path place(Path registry, Instant now) throws IOException {
        RegistryFiles target = RegistryFiles.of(registry, staged.spill());
        PendingRestore.finish(target);
        requireOnly();
        PendingRestore.begin(target, staged.directory(), now);
        return PendingRestore.finish(target).orElseThrow();
    }

    private void requireOnly() throws IOException {
        try (Stream<Path> all = Files.list(staged.directory())) {
            if (all.anyMatch(file -> file.equals(staged.log()))) {
                throw new IOException(staged.log() + " is left, so the copy is not complete by itself");
            }
        }
    }
}
