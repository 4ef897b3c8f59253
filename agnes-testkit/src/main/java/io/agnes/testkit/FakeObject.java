// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import org.jspecify.annotations.Nullable;

/**
 * An object of a {@link FakeCloudStorage}.
 *
 * @param size in bytes
 * @param generation identifies this version of the object; 0 never occurs
 * @param crc32c in Base64, as the service writes it
 * @param md5 in Base64; null for an object that was composed
 * @param components the number of objects that it was composed of, 0 if it was not
 */
public record FakeObject(
        String bucket,
        String name,
        long size,
        String contentType,
        long generation,
        String crc32c,
        @Nullable String md5,
        int components) {

    static FakeObject of(CloudObject object) {
        Integer components = object.components();
        return new FakeObject(
                object.name().bucket(),
                object.name().key(),
                object.size(),
                object.contentType(),
                object.generation(),
                object.checksums().crc32c(),
                object.checksums().md5(),
                components == null ? 0 : components);
    }
}
