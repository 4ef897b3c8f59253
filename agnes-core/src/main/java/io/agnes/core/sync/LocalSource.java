package io.agnes.core.sync;

import io.agnes.core.CoreException;
import io.agnes.core.TableId;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.table.TableRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Adopts files that another program drops into the data directory, whatever {@code source_type} their tables have:
 *
 * <pre>
 * extracts/SOURCE/data/ID.parquet
 * src_data/parquet/&#42;&#42;/ID.parquet     as older installations have them, up to 8 folders deep
 * </pre>
 *
 * <p>The newer one is copied, for its owner may write to it again; it stays where it is and as it is. A table whose file
 * has the size and time it had the last time is unchanged.
 */
public final class LocalSource implements TableSource {
    /** The type under which the engine finds it. */
    public static final String TYPE = "local";

    private static final int DEEPEST = 8;

    private final FileStore files;
    private final Path data;

    /** @param data the data directory */
    public LocalSource(FileStore files, Path data) {
        this.files = files;
        this.data = data;
    }

    /** A file as it was looked at. */
    private record Dropped(Path file, long bytes, FileTime modified) {
        static Dropped of(Path file) throws IOException {
            return new Dropped(file, Files.size(file), Files.getLastModifiedTime(file));
        }

        String marker(Path data) {
            return data.relativize(file) + " " + bytes + " " + modified;
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    /** @throws CoreException {@code local_file_missing}, {@code local_file_changing} or {@code draft_rejected} */
    @Override
    public Fetched fetch(TableRecord table, Optional<String> lastMarker, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException {
        Dropped dropped = newest(table).orElseThrow(() -> CoreException.localFileMissing(table.id()));
        String marker = dropped.marker(data);
        if (lastMarker.filter(marker::equals).isPresent()) {
            return new Fetched.Unchanged();
        }
        progress.phase("copying");
        copy(dropped, draft, progress);
        if (!Dropped.of(dropped.file()).equals(dropped)) {
            throw CoreException.localFileChanging(table.id());
        }
        return new Fetched.Table(rows(table.id(), draft), FileDigests.of(draft.path()), marker);
    }

    private Optional<Dropped> newest(TableRecord table) throws IOException {
        String name = table.id() + ".parquet";
        List<Dropped> found = new ArrayList<>();
        Path plain = data.resolve("extracts")
                .resolve(table.sourceType())
                .resolve("data")
                .resolve(name);
        if (Files.isRegularFile(plain)) {
            found.add(Dropped.of(plain));
        }
        find(data.resolve("src_data").resolve("parquet"), name, DEEPEST, found);
        return found.stream().max(Comparator.comparing(Dropped::modified));
    }

    private void find(Path directory, String name, int deeper, List<Dropped> found) throws IOException {
        for (Path entry : files.list(directory)) {
            if (entry.endsWith(name) && Files.isRegularFile(entry)) {
                found.add(Dropped.of(entry));
            } else if (deeper > 0) {
                find(entry, name, deeper - 1, found);
            }
        }
    }

    private void copy(Dropped dropped, FileDraft draft, SyncProgress progress) throws IOException {
        try (FileChannel from = FileChannel.open(dropped.file(), StandardOpenOption.READ);
                FileChannel to = files.create(draft.path())) {
            long done = 0;
            while (done < dropped.bytes()) {
                long moved = from.transferTo(done, dropped.bytes() - done, to);
                if (moved <= 0) {
                    // It has become shorter, which the look after the copy tells.
                    return;
                }
                done += moved;
                progress.bytes(done, dropped.bytes());
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
