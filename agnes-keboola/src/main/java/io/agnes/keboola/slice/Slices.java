package io.agnes.keboola.slice;

import io.agnes.core.Time;
import io.agnes.keboola.wire.ExportFile;
import io.agnes.keboola.wire.Manifest;
import io.agnes.keboola.wire.StorageAccess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What an exported file is made of. */
public final class Slices {
    private final ExportFile file;
    private final ObjectReader reader;

    /** @param reader of that file's objects */
    public Slices(ExportFile file, ObjectReader reader) {
        this.file = file;
        this.reader = reader;
    }

    /**
     * Reads the manifest, then the end of each slice, several at once. A file that is not sliced is its own only slice.
     *
     * @param idle longest silence of a connection
     */
    public List<Slice> open(int atOnce, Time time, Duration idle) throws IOException, InterruptedException {
        List<String> names = file.sliced() ? manifest() : List.of(file.access().key());
        Slice[] slices = new Slice[names.size()];
        Workers.run(atOnce, names.size(), i -> slices[i] = Slice.open(reader, names.get(i), time, idle));
        return List.of(slices);
    }

    private List<String> manifest() throws IOException, InterruptedException {
        String name = file.access().key() + StorageAccess.MANIFEST;
        return Manifest.read(reader.text(name, Manifest.BYTES), file);
    }
}
