// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes one file of parts that cannot be copied together, by decoding and encoding every row. Slow and hungry next to a
 * merge, so it is asked only after {@link MergeOutcome.NeedsRewrite}, never after a refusal.
 *
 * <p>An implementation matches columns by name over all parts (a column that a part lacks is NULL there), keeps rows in
 * the order of parts, refuses what it cannot keep ({@link RewritePlan} decides that), and gives the same bytes for the same parts, because digests tell clients whether anything
 * changed; an engine that writes with several threads usually does not. It stays within the memory it was given and
 * spills to a scratch directory of its own.
 */
@FunctionalInterface
public interface ParquetRewriter {
    /**
     * Writes the rows of all parts to the target, unless a value would not be what it was. After a failure or an interrupt the target may hold anything and is
     * the caller's to delete; scratch is empty.
     *
     * @param parts Parquet files on a local disk, in row order
     * @param target a draft that does not exist yet, never a published name
     */
    RewriteOutcome rewrite(List<Path> parts, Path target) throws IOException, InterruptedException;
}
