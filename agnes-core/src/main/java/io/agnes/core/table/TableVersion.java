// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import io.agnes.core.TableId;
import io.agnes.core.file.ContentDigest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One immutable published state of a table.
 *
 * @param sequence rises with each version of the table, from 1
 * @param name of the content in the store of versions, relative, with forward slashes
 * @param digest length and identity of the content
 * @param rows counted from the file
 * @param publishedAt also the time of last change of the content, in whole seconds; at least one second later than the
 *     version before
 * @param marker identifies the state of the source that the version shows; null if the source has none
 */
public record TableVersion(
        TableId table,
        long sequence,
        String name,
        ContentDigest digest,
        long rows,
        List<Column> columns,
        Instant publishedAt,
        @Nullable String marker) {}
