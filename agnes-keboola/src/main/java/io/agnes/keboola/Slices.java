// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Time;
import io.agnes.core.store.ObjectPart;
import io.agnes.core.work.Permits;
import io.agnes.core.work.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The slices of an exported file. */
final class Slices {
    /** Bytes that are read from the end of a slice. They hold the footer of nearly every Parquet file. */
    static final int TAIL_BYTES = 64 * 1024;
    /** Bytes that are read from the ends of all slices. With many slices each end is shorter, and a footer takes a second read. */
    static final int TAILS_BYTES = 16 << 20;

    private static final int LEAST_TAIL_BYTES = 1024;

    private final ExportFile file;
    private final ObjectReader reader;

    /** @param reader of the file's objects */
    Slices(ExportFile file, ObjectReader reader) {
        this.file = file;
        this.reader = reader;
    }

    /**
     * Reads the manifest, then the end of each slice, several at once. A file that is not sliced is its only slice.
     *
     * @param atOnce slices at the same time
     * @param downloads bounds the downloads of all exports
     * @param idle longest silence of a connection
     */
    List<ObjectPart> open(int atOnce, Permits downloads, Time time, Duration idle)
            throws IOException, InterruptedException {
        List<String> names =
                file.sliced() ? manifest() : List.of(file.location().key());
        int tail = Math.clamp(TAILS_BYTES / Math.max(1, names.size()), LEAST_TAIL_BYTES, TAIL_BYTES);
        ObjectPart[] slices = new ObjectPart[names.size()];
        TaskGroup.run(
                "keboola-tail",
                atOnce,
                names.size(),
                i -> slices[i] =
                        downloads.call(() -> ObjectPart.open(new SliceObject(reader, names.get(i)), time, idle, tail)));
        return List.of(slices);
    }

    private List<String> manifest() throws InterruptedException {
        String name = file.location().key() + StorageLocation.MANIFEST;
        return SliceManifest.read(reader.whole(name, SliceManifest.BYTES), file);
    }
}
