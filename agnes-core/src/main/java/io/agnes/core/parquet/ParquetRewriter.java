// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes parts as one file by decoding and encoding every row. It needs much more time and memory than a merge, so callers
 * use it only after {@link MergeOutcome.NeedsRewrite}.
 *
 * <p>An implementation matches columns by name over all parts; a column that a part lacks is NULL in its rows. It keeps the
 * order of parts and rows and refuses parts whose values it cannot keep, as {@link RewritePlan} decides. The same parts give
 * the same bytes, because clients detect changes by digests; engines that write with several threads usually break this. It
 * stays within its memory limit and spills to a scratch directory of its own.
 */
@FunctionalInterface
public interface ParquetRewriter {
    /**
     * Writes the rows of all parts to the target, or refuses if a value would change. After a failure or an interrupt the
     * scratch directory is empty, and the target may exist with any content; the caller deletes it.
     *
     * @param parts Parquet files on a local disk, in the order of their rows
     * @param target a draft that does not exist yet, not a published name
     */
    RewriteOutcome rewrite(List<Path> parts, Path target) throws IOException, InterruptedException;
}
