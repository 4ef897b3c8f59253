// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.assembly;

import io.agnes.core.file.FileDigests;
import io.agnes.core.parquet.Reason;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The content of a draft after an assembly.
 *
 * @param rows counted from the file
 * @param digests of the file
 * @param rewriteReasons why the parts could not be merged as they are; empty if they could
 * @param notes what was done differently from what was asked, in sentences for people
 */
public record AssembledFile(long rows, FileDigests digests, List<Reason> rewriteReasons, List<String> notes) {
    public AssembledFile {
        rewriteReasons = List.copyOf(rewriteReasons);
        notes = List.copyOf(notes);
    }

    /** Reasons as one text. */
    public static String text(List<Reason> reasons) {
        return reasons.stream().map(Reason::message).collect(Collectors.joining("; "));
    }
}
