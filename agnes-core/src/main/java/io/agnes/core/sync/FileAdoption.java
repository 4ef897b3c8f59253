// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.CoreException;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes a file that is there already the first version of its table, as when a data directory of another program is taken
 * over: without it, what was served before would not be until the source has brought it again. The file is copied, opened,
 * counted and hashed like one that came from a source, and stays where it is; of what is said about it nothing is believed.
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
     * Publishes the file. The version of a local table is marked as {@link LocalSource} marks it, so that the same file is
     * not copied again; that of another has no marker, for no source has said what state of it this is.
     *
     * @param table registered, and without a version
     * @param file below the data directory
     * @param md5 32 hex digits in lower case that the file must have
     * @throws CoreException {@code draft_rejected} or {@code local_file_changing}; then nothing was published
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
            return publisher.publish(new TableRegistry.Entry(table, Optional.empty()), draft, fetched);
        }
    }
}
