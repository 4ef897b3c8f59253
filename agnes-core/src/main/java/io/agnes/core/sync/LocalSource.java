// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.CoreException;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.table.TableRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Copies files that another program drops into the data directory, for local tables of every {@code source_type}:
 *
 * <pre>
 * extracts/SOURCE/data/ID.parquet
 * src_data/parquet/&#42;&#42;/ID.parquet     the place in older installations, up to 8 folders deep
 * </pre>
 *
 * <p>The newest file is copied, and the original stays. A table is unchanged if its file has the size and time of the last
 * copy.
 */
public final class LocalSource implements TableSource {
    /** The type of this source. */
    public static final String TYPE = "local";

    private static final int DEEPEST = 8;

    private final FileStore files;
    private final Path data;

    /** @param data the data directory */
    public LocalSource(FileStore files, Path data) {
        this.files = files;
        this.data = data;
    }

    @Override
    public String type() {
        return TYPE;
    }

    /** @throws CoreException {@code local_file_missing}, {@code local_file_changing} or {@code draft_rejected} */
    @Override
    public Fetched fetch(TableRecord table, Optional<String> lastMarker, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException {
        DroppedFile dropped = newest(table).orElseThrow(() -> CoreException.localFileMissing(table.id()));
        String marker = dropped.marker(data);
        if (lastMarker.filter(marker::equals).isPresent()) {
            return new Fetched.Unchanged();
        }
        return dropped.copy(table.id(), files, draft, marker, progress);
    }

    private Optional<DroppedFile> newest(TableRecord table) throws IOException {
        String name = table.id() + ".parquet";
        List<DroppedFile> found = new ArrayList<>();
        Path plain = data.resolve("extracts")
                .resolve(table.sourceType())
                .resolve("data")
                .resolve(name);
        if (Files.isRegularFile(plain)) {
            found.add(DroppedFile.of(plain));
        }
        find(data.resolve("src_data").resolve("parquet"), name, DEEPEST, found);
        return found.stream().max(Comparator.comparing(DroppedFile::modified));
    }

    private void find(Path directory, String name, int deeper, List<DroppedFile> found) throws IOException {
        for (Path entry : files.list(directory)) {
            if (entry.endsWith(name) && Files.isRegularFile(entry)) {
                found.add(DroppedFile.of(entry));
            } else if (deeper > 0) {
                find(entry, name, deeper - 1, found);
            }
        }
    }
}
