// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Length and checksum of content that an object store composed of other objects. The store knows the CRC32C without
 * reading the bytes again; this program has not seen them in order, so that SHA-256 and MD5 are unknown.
 *
 * @param length in bytes
 * @param crc32c 8 hex digits in lower case, the most significant first; detects damage, proves nothing against an adversary
 */
public record StoredDigest(long length, String crc32c) implements ContentDigest {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final Pattern CRC32C = Pattern.compile("\\A[0-9a-f]{8}\\z");

    /** @throws IllegalArgumentException if the length is negative or the checksum has another form */
    public StoredDigest {
        if (length < 0 || !CRC32C.matcher(crc32c).matches()) {
            throw new IllegalArgumentException("not a digest of a store: " + length + ", " + crc32c);
        }
    }

    /** Reads the file, to compare it with the digest of a store. An interrupt ends it between two reads. */
    public static StoredDigest of(Path file) throws IOException, InterruptedException {
        CRC32C checksum = new CRC32C();
        byte[] buffer = new byte[BUFFER_BYTES];
        long length = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("checksum of " + file.getFileName());
                }
                checksum.update(buffer, 0, read);
                length += read;
            }
        }
        return of(length, checksum);
    }

    /** The digest of content of this length whose bytes have all gone through the checksum. */
    public static StoredDigest of(long length, CRC32C checksum) {
        return new StoredDigest(length, HexFormat.of().toHexDigits((int) checksum.getValue()));
    }
}
