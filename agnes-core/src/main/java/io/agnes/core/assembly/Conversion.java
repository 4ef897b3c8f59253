// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.assembly;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes downloaded parts as one Parquet file with other values or types than the parts have. */
@FunctionalInterface
public interface Conversion {
    /**
     * Converts the files.
     *
     * @param files the parts, in order
     * @param target does not exist yet; the caller deletes what is left there after a failure
     */
    Converted convert(List<Path> files, Path target) throws IOException, InterruptedException;

    /**
     * The result of a conversion.
     *
     * @param rows counted from the file
     * @param notes what was done differently from what was asked, in sentences for people
     */
    record Converted(long rows, List<String> notes) {
        public Converted {
            notes = List.copyOf(notes);
        }
    }
}
