package io.agnes.keboola.slice;

import io.agnes.core.Time;
import io.agnes.keboola.KeboolaException;
import io.agnes.keboola.wire.ExportFile;
import io.agnes.keboola.wire.Manifest;
import io.agnes.keboola.wire.StorageAccess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
        List<String> names =
                file.sliced() ? manifest(time, idle) : List.of(file.access().key());
        Slice[] slices = new Slice[names.size()];
        Workers.run(atOnce, names.size(), i -> slices[i] = Slice.open(reader, names.get(i), time, idle));
        return List.of(slices);
    }

    private List<String> manifest(Time time, Duration idle) throws IOException, InterruptedException {
        String name = file.access().key() + StorageAccess.MANIFEST;
        Slice manifest = Slice.open(reader, name, time, idle);
        if (manifest.length() > Manifest.BYTES) {
            throw KeboolaException.tooLarge("the manifest of file " + file.id(), Manifest.BYTES + " bytes");
        }
        byte[] text = new byte[Math.toIntExact(manifest.length())];
        manifest.read(0, ByteBuffer.wrap(text));
        return Manifest.read(new String(text, StandardCharsets.UTF_8), file);
    }
}
