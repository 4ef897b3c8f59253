// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of an export, as the Files API knows it.
 *
 * @param base the manifest is this name plus {@code manifest}; a file that is not sliced has this name itself
 * @param entry where its signed URL leads: the manifest, or the one object there is
 */
record StoredFile(
        long id,
        String name,
        String fileType,
        ObjectName base,
        Instant created,
        @Nullable String runId,
        boolean sliced,
        StoredObject entry,
        List<StoredObject> slices) {

    StoredFile {
        slices = List.copyOf(slices);
    }

    long sliceBytes() {
        return slices.stream().mapToLong(StoredObject::size).sum();
    }
}
