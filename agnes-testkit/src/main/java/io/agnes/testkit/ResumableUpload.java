// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An upload in several requests. It keeps the bytes received so far in a file; what a request adds is a multiple of
 * {@value #QUANTUM} bytes, except at the end.
 */
final class ResumableUpload {
    /** The unit in which the real service keeps the bytes of an upload that is not complete. */
    static final int QUANTUM = 256 << 10;

    private final ObjectName name;
    private final Map<String, @Nullable Object> fields;
    private final Preconditions conditions;
    private final Map<String, String> expected;
    private final boolean xml;
    private final Instant begun;
    private final Path file;
    private long received;
    private @Nullable CloudObject object;

    /**
     * @param expected the checksums that the client sent at the beginning
     * @param xml whether it began in the XML API, whose answer at the end has no body
     * @param file where the bytes go
     */
    ResumableUpload(
            ObjectName name,
            Map<String, @Nullable Object> fields,
            Preconditions conditions,
            Map<String, String> expected,
            boolean xml,
            Instant begun,
            Path file) {
        this.name = name;
        this.fields = fields;
        this.conditions = conditions;
        this.expected = expected;
        this.xml = xml;
        this.begun = begun;
        this.file = file;
    }

    boolean isXml() {
        return xml;
    }

    Instant begun() {
        return begun;
    }

    /** The number of bytes received. */
    synchronized long received() {
        return received;
    }

    /** The object, or null until the upload is complete. */
    synchronized @Nullable CloudObject object() {
        return object;
    }

    /**
     * Adds bytes. Those that are there already are skipped. Unless they complete the upload, only a multiple of
     * {@value #QUANTUM} bytes is kept.
     *
     * @param offset where they begin, at most {@link #received}
     * @param complete whether they are the last
     */
    synchronized void append(Content content, long offset, boolean complete) {
        long skip = Math.min(received - offset, content.length());
        long count = content.length() - skip;
        long kept = complete ? count : count - (received + count) % QUANTUM;
        if (kept <= 0) {
            return;
        }
        try (InputStream in = content.slice(skip, kept).open();
                OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            in.transferTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        received += kept;
    }

    /**
     * Makes the bytes an object.
     *
     * @param atTheEnd the checksums that the client sent with the last bytes
     */
    synchronized CloudObject complete(CloudObjects objects, Map<String, String> atTheEnd) {
        if (object == null) {
            Content content = received == 0 ? Content.empty() : new Content.FileRange(file, 0, received);
            object = objects.write(
                    new CloudObjects.Draft(
                            name, List.of(content), fields, null, atTheEnd.isEmpty() ? expected : atTheEnd),
                    conditions);
            discard();
        }
        return object;
    }

    void discard() {
        ObjectFiles.delete(file);
    }
}
