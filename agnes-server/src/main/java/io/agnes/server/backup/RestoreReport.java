// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.backup;

import io.agnes.core.file.FileStore;
import io.agnes.core.version.DirectoryVersions;
import io.agnes.core.version.StoredVersion;
import io.agnes.server.registry.RegistryRestore.Proof;
import io.agnes.server.registry.RegistryRestore.VersionFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A backup beside the files of a data directory, as text for people.
 *
 * @param missing versions that the backup names and the directory lacks, or has with another length
 * @param unknown files of versions that the backup does not name; a restore and a start leave them
 */
public record RestoreReport(Proof proof, List<VersionFile> missing, List<StoredVersion> unknown) {
    private static final int MOST_LISTED = 100;

    /** Compares the backup with the files of this data directory. */
    public static RestoreReport of(Proof proof, Path data) throws IOException {
        List<VersionFile> missing = proof.versions().stream()
                .filter(version -> !isWhole(data.resolve(version.name()), version.bytes()))
                .toList();
        Set<String> named = proof.versions().stream().map(VersionFile::name).collect(Collectors.toSet());
        return new RestoreReport(
                proof, missing, new DirectoryVersions(FileStore.system(), data, true).listExcept(named));
    }

    private static boolean isWhole(Path file, long bytes) {
        try {
            return Files.isRegularFile(file) && Files.size(file) == bytes;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("taken " + proof.takenAt() + ", schema " + proof.schema() + "\n");
        proof.rows()
                .forEach((table, rows) -> text.append("  ")
                        .append(table)
                        .append(": ")
                        .append(rows)
                        .append(" rows\n"));
        text.append(proof.versions().size())
                .append(" versions, ")
                .append(missing.size())
                .append(" of them missing here; the next sync of their tables brings new ones\n");
        missing.stream()
                .limit(MOST_LISTED)
                .forEach(version -> text.append("  missing ")
                        .append(version.name())
                        .append(version.current() ? " (current)" : "")
                        .append('\n'));
        if (missing.size() > MOST_LISTED) {
            text.append("  and ").append(missing.size() - MOST_LISTED).append(" more\n");
        }
        return text.append(unknown.size())
                .append(" files here that the backup does not know; they stay")
                .toString();
    }
}
