// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.CoreException;
import io.agnes.core.TableId;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.parquet.ParquetFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * The state of a file that another program wrote.
 *
 * @param bytes its length
 */
record DroppedFile(Path file, long bytes, FileTime modified) {
    static DroppedFile of(Path file) throws IOException {
        return new DroppedFile(file, Files.size(file), Files.getLastModifiedTime(file));
    }

    /** Identifies this state of the file. */
    String marker(Path data) {
        return data.relativize(file) + " " + bytes + " " + modified;
    }

    /**
     * Copies the file into the draft and counts the rows of the copy. The owner of the file may write to it again.
     *
     * @throws CoreException {@code local_file_changing} or {@code draft_rejected}
     */
    TableSource.Fetched.Table copy(
            TableId table, FileStore files, FileDraft draft, @Nullable String marker, SyncProgress progress)
            throws IOException, InterruptedException {
        progress.phase("copying");
        copy(files, draft, progress);
        if (!of(file).equals(this)) {
            throw CoreException.localFileChanging(table);
        }
        return new TableSource.Fetched.Table(rows(table, draft), FileDigests.of(draft.path()), marker);
    }

    private void copy(FileStore files, FileDraft draft, SyncProgress progress) throws IOException {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel to = files.create(draft.path())) {
            long done = 0;
            while (done < bytes) {
                long moved = from.transferTo(done, bytes - done, to);
                if (moved <= 0) {
                    // The file became shorter; the comparison after the copy reports it.
                    return;
                }
                done += moved;
                progress.bytes(done, bytes);
            }
        }
    }

    private static long rows(TableId table, FileDraft draft) throws IOException, InterruptedException {
        try (Part part = Part.of(draft.path())) {
            return switch (ParquetFile.inspect(part)) {
                case ParquetFile.Inspection.Opened opened -> opened.file().rows();
                case ParquetFile.Inspection.Unreadable unreadable ->
                    throw CoreException.draftRejected(
                            table, "a Parquet file", unreadable.reason().message());
            };
        }
    }
}
