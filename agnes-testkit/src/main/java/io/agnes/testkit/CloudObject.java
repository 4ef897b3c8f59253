// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of {@link FakeCloudStorage}.
 *
 * @param fields the fields that clients may set, by their names in JSON, for example {@code contentType}
 * @param components the number of objects that it was composed of, or null
 * @param modified the time of the last change of its fields
 */
record CloudObject(
        ObjectName name,
        Path file,
        long size,
        Checksums checksums,
        @Nullable Integer components,
        Map<String, @Nullable Object> fields,
        long generation,
        long metageneration,
        Instant created,
        Instant modified)
        implements StoredObject {

    @Override
    public Content content() {
        return new Content.FileRange(file, 0, size);
    }

    String contentType() {
        Object type = fields.get("contentType");
        return type == null ? "application/octet-stream" : type.toString();
    }

    /** The ETag of the JSON API: the two generations as a protocol buffer, as the real service encodes them. */
    String version() {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(0x08);
        varint(message, generation);
        message.write(0x10);
        varint(message, metageneration);
        return Base64.getEncoder().encodeToString(message.toByteArray());
    }

    private static void varint(ByteArrayOutputStream out, long number) {
        for (long rest = number; ; rest >>>= 7) {
            if (rest < 0x80) {
                out.write((int) rest);
                return;
            }
            out.write((int) ((rest & 0x7f) | 0x80));
        }
    }

    /** The ETag of the XML API: the MD5 in hexadecimal, or the version of a composed object. */
    @Override
    public String etag() {
        String md5 = checksums.md5();
        return md5 == null
                ? "\"-" + version() + "\""
                : "\"" + HexFormat.of().formatHex(Base64.getDecoder().decode(md5)) + "\"";
    }

    CloudObject withFields(Map<String, @Nullable Object> other, Instant now) {
        return new CloudObject(
                name, file, size, checksums, components, other, generation, metageneration + 1, created, now);
    }
}
