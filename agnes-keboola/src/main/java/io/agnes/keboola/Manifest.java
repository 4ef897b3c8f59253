package io.agnes.keboola;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** The list of slices of an export: {@code {"entries":[{"url":"gs://bucket/key","mandatory":true}]}}, no lengths. */
final class Manifest {
    /** Longest text; a hundred thousand entries take a third of it. */
    static final int BYTES = 64 << 20;
    /** Most slices: at 200 MB each, what Keboola aims at, 20 TB. */
    static final int SLICES = 100_000;

    private Manifest() {}

    /**
     * The names of the slices' objects. The order on the wire means nothing, so they are put in the order of the numbers
     * in their names; the same export always becomes the same file.
     *
     * @throws KeboolaException if the text is no manifest, or names something outside the export
     */
    static List<String> read(String text, ExportFile file) {
        List<String> slices = new ArrayList<>();
        for (JsonObject entry : entries(text, file.id())) {
            slices.add(file.access().slice(Fields.textOr(entry, "url", "")));
        }
        if (new HashSet<>(slices).size() < slices.size()) {
            throw KeboolaException.manifestInvalid(file.id(), "names a slice twice");
        }
        slices.sort(NaturalOrder.INSTANCE);
        return slices;
    }

    private static List<JsonObject> entries(String text, String file) {
        if (!(Fields.parse(text).orElse(null) instanceof JsonObject manifest)
                || !(manifest.get("entries") instanceof JsonArray array)) {
            throw KeboolaException.manifestInvalid(file, "has no list of entries");
        }
        List<JsonObject> entries = Fields.objects(array);
        if (entries.size() < array.size()) {
            throw KeboolaException.manifestInvalid(file, "has an entry that is no object");
        }
        if (entries.size() > SLICES) {
            throw KeboolaException.tooLarge("the manifest of file " + file, SLICES + " slices");
        }
        return entries;
    }
}
