// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An object of an export: a slice or the manifest.
 *
 * @param slice the position in the manifest, or null for the manifest
 */
record ExportObject(
        ObjectName name,
        Path file,
        long size,
        String etag,
        Instant modified,
        @Nullable Integer slice) implements StoredObject {

    static ExportObject of(ObjectName name, Path file, Instant now, @Nullable Integer slice) throws IOException {
        long size = Files.size(file);
        // No digest, because the slices of a benchmark are large and clients must not use an ETag as a checksum.
        long written = Files.getLastModifiedTime(file).toMillis();
        String etag = "\"" + Long.toHexString(written) + "-" + Integer.toHexString(name.hashCode()) + "-"
                + Long.toHexString(size) + "\"";
        return new ExportObject(name, file, size, etag, now, slice);
    }

    @Override
    public Content content() {
        return new Content.FileRange(file, 0, size);
    }
}
