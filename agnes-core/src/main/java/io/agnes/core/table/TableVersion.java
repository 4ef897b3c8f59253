// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import io.agnes.core.TableId;
import io.agnes.core.file.FileDigests;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One immutable published state of a table.
 *
 * @param sequence rises with each version of the table, from 1
 * @param path of the file, relative to the data directory, with forward slashes
 * @param rows counted from the file
 * @param publishedAt also the file's time of last change, in whole seconds, later by one at least than the version before
 * @param marker what the source said of its state, to recognise an unchanged one; null if it says nothing
 */
public record TableVersion(
        TableId table,
        long sequence,
        String path,
        FileDigests digests,
        long rows,
        List<Column> columns,
        Instant publishedAt,
        @Nullable String marker) {}
