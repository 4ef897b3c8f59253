// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.CoreException;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Publishes an existing file as the first version of its table. A data directory of another program that is taken over keeps
 * serving its tables this way, before the source sends them again. The file is copied, opened, counted and hashed like a
 * file from a source, and the original stays. The version keeps its bytes, for clients that have them already; field ids come
 * with the next version.
 */
public final class FileAdoption {
    private final FileStore files;
    private final Path data;
    private final TablePublisher publisher;

    /** @param data the data directory that the publisher publishes into */
    public FileAdoption(FileStore files, Path data, TablePublisher publisher) {
        this.files = files;
        this.data = data;
        this.publisher = publisher;
    }

    /**
     * Publishes the file. The version of a local table gets the marker of {@link LocalSource}, so that the next run does not
     * copy the same file again; versions of other tables get no marker.
     *
     * @param table registered, and without a version
     * @param file below the data directory
     * @param md5 32 hex digits in lower case that the file must have
     * @throws CoreException {@code draft_rejected} or {@code local_file_changing}; no version was published
     */
    public TableOutcome adopt(TableRecord table, Path file, String md5) throws IOException, InterruptedException {
        DroppedFile dropped = DroppedFile.of(file);
        String marker = table.queryMode() == QueryMode.LOCAL ? dropped.marker(data) : null;
        try (FileDraft draft = publisher.draft(table.id())) {
            TableSource.Fetched.Table fetched = dropped.copy(table.id(), files, draft, marker, SyncProgress.NONE);
            if (!fetched.digests().md5().equals(md5)) {
                throw CoreException.draftRejected(
                        table.id(), "MD5 " + md5, "MD5 " + fetched.digests().md5());
            }
            return publisher.adopt(table, draft, fetched);
        }
    }
}
