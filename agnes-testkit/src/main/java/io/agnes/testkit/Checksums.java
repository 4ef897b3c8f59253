// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The checksums of an object, in Base64 as Cloud Storage writes them.
 *
 * @param crc32c four bytes, most significant first
 * @param md5 null for an object that was composed
 */
record Checksums(String crc32c, @Nullable String md5) {
    Checksums withoutMd5() {
        return new Checksums(crc32c, null);
    }

    /** The value of the header x-goog-hash. */
    String header() {
        return "crc32c=" + crc32c + (md5 == null ? "" : ",md5=" + md5);
    }

    /** Computes both checksums in one pass. */
    static final class Computation {
        private final CRC32C crc = new CRC32C();
        private final MessageDigest md5 = digest();

        void update(byte[] bytes, int count) {
            crc.update(bytes, 0, count);
            md5.update(bytes, 0, count);
        }

        /** Ends the computation. */
        Checksums result() {
            byte[] value = ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
            Base64.Encoder base64 = Base64.getEncoder();
            return new Checksums(base64.encodeToString(value), base64.encodeToString(md5.digest()));
        }

        private static MessageDigest digest() {
            try {
                return MessageDigest.getInstance("MD5");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java platform has MD5", e);
            }
        }
    }
}
