// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file of an export in the Files API.
 *
 * @param base the common prefix of its objects: the manifest's name is this plus {@code manifest}; a file that is not sliced
 *     has this name
 * @param entry the object of its signed URL: the manifest, or the only object of a file that is not sliced
 */
record FakeFile(
        long id,
        String name,
        String fileType,
        ObjectName base,
        Instant created,
        @Nullable String runId,
        boolean sliced,
        ExportObject entry,
        List<ExportObject> slices) {

    FakeFile {
        slices = List.copyOf(slices);
    }

    long sliceBytes() {
        return slices.stream().mapToLong(ExportObject::size).sum();
    }
}
