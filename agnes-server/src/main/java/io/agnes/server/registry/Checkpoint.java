// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Folds DuckDB's log into the file, takes a snapshot of the registry, and begins a new journal behind it. */
final class Checkpoint {
    private final RegistryFiles files;

    Checkpoint(RegistryFiles files) {
        this.files = files;
    }

    /**
     * Takes the checkpoint. The order of its steps leaves a whole registry after a kill at any of them.
     *
     * @return the new journal; empty for a schema from before there was one
     */
    Optional<Journal> take(Connection connection) throws SQLException, IOException {
        Statements.execute(connection, "CHECKPOINT");
        takeSnapshot(connection);
        Optional<Position> position = Position.of(connection);
        if (position.isEmpty()) {
            return Optional.empty();
        }
        String lineage = position.get().lineage();
        long sequence = position.get().sequence();
        Journal journal = Journal.begin(files.store(), files.journal(), lineage, sequence);
        try {
            new History(lineage, sequence).write(files.store(), files.history());
            return Optional.of(journal);
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    private void takeSnapshot(Connection connection) throws SQLException, IOException {
        Path draft = RegistryFiles.beside(files.registry(), ".snapshot.draft");
        files.store().delete(draft);
        files.store().delete(RegistryFiles.beside(draft, ".wal"));
        try (RegistryCopy copy = RegistryCopy.into(draft, connection)) {
            copy.fill();
        }
        files.store().sync(draft);
        files.store().rename(draft, files.snapshot());
        files.store().syncDirectory(files.directory());
    }
}
