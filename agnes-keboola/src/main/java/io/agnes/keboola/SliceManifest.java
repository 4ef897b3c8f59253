// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.NaturalOrder;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Lists the slices of an export, without lengths: {@code {"entries":[{"url":"gs://bucket/key","mandatory":true}]}}. */
final class SliceManifest {
    /** The longest manifest. A hundred thousand entries take a third of it. */
    static final int BYTES = 64 << 20;
    /** The most slices. Keboola makes slices of about 200 MB, so that this is 20 TB. */
    static final int SLICES = 100_000;

    private SliceManifest() {}

    /**
     * Reads the names of the slices' objects. Their order in the manifest varies, so they are sorted by the numbers in their
     * names, and the same export always becomes the same file.
     *
     * @param text in memory
     * @throws KeboolaException if the text is no manifest, or names something outside the export
     */
    static List<String> read(InputStream text, ExportFile file) {
        List<String> slices = new ArrayList<>();
        for (String url : urls(text, file.id())) {
            slices.add(file.location().slice(url));
        }
        if (new HashSet<>(slices).size() < slices.size()) {
            throw KeboolaException.manifestInvalid(file.id(), "names a slice twice");
        }
        slices.sort(NaturalOrder.INSTANCE);
        return slices;
    }

    /** Reads a stream, so that a manifest with too many entries never fills the memory. */
    private static List<String> urls(InputStream text, String file) {
        try (JsonParser json = Json.createParser(text)) {
            return urls(json, file);
        } catch (JsonException | NoSuchElementException | IllegalStateException e) {
            throw KeboolaException.manifestInvalid(file, "is no whole JSON");
        } catch (RuntimeException e) {
            if (e instanceof KeboolaException) {
                throw e;
            }
            // The parser has a bound on depth that throws something plain.
            throw KeboolaException.manifestInvalid(file, "cannot be read");
        }
    }

    private static List<String> urls(JsonParser json, String file) {
        @Nullable List<String> urls = null;
        if (json.next() != Event.START_OBJECT) {
            throw KeboolaException.manifestInvalid(file, "is no JSON object");
        }
        for (Event event = json.next(); event != Event.END_OBJECT; event = json.next()) {
            String key = json.getString();
            Event value = json.next();
            if (key.equals("entries") && value == Event.START_ARRAY) {
                urls = entries(json, file);
            } else {
                skip(json, value);
            }
        }
        if (json.hasNext()) {
            throw KeboolaException.manifestInvalid(file, "goes on behind its end");
        }
        if (urls == null) {
            throw KeboolaException.manifestInvalid(file, "has no list of entries");
        }
        return urls;
    }

    private static List<String> entries(JsonParser json, String file) {
        List<String> urls = new ArrayList<>();
        for (Event event = json.next(); event != Event.END_ARRAY; event = json.next()) {
            if (event != Event.START_OBJECT) {
                throw KeboolaException.manifestInvalid(file, "has an entry that is no object");
            }
            if (urls.size() == SLICES) {
                throw KeboolaException.tooLarge("the manifest of file " + file, SLICES + " slices");
            }
            urls.add(url(json));
        }
        return urls;
    }

    /** Empty if the entry has none. */
    private static String url(JsonParser json) {
        String url = "";
        for (Event event = json.next(); event != Event.END_OBJECT; event = json.next()) {
            String key = json.getString();
            Event value = json.next();
            if (key.equals("url") && value == Event.VALUE_STRING) {
                url = json.getString();
            } else {
                skip(json, value);
            }
        }
        return url;
    }

    private static void skip(JsonParser json, Event value) {
        switch (value) {
            case START_OBJECT -> json.skipObject();
            case START_ARRAY -> json.skipArray();
            default -> {}
        }
    }
}
