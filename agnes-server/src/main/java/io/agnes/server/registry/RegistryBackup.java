// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** Proves that a file holds what its manifest says. */
final class RegistryBackup {
    private RegistryBackup() {}

    /**
     * Opens the file in a DuckDB of its own, reads every block, and counts every table.
     *
     * @param spill where DuckDB puts what does not fit into its memory
     * @throws RegistryException if it cannot be read, or holds something else
     */
    static void verify(Path file, Path spill, BackupManifest expected) {
        try (Connection connection = RegistryFiles.openReadOnly(file, spill)) {
            BackupManifest found = BackupManifest.count(connection, expected.takenAt());
            if (!found.equals(expected)) {
                throw RegistryException.miscounted(file, expected.rows(), found.rows());
            }
        } catch (SQLException e) {
            throw RegistryException.failed(e);
        }
    }
}
