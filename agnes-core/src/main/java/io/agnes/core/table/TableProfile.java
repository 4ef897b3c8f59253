// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measurements of a version, column by column.
 *
 * @param columns in file order
 */
public record TableProfile(long rows, List<Column> columns) {
    /** Copies the list. */
    public TableProfile {
        columns = List.copyOf(columns);
    }

    /**
     * One column.
     *
     * @param min the least value as text, cut after 200 characters; null without values
     * @param max the greatest value as text, cut after 200 characters; null without values
     * @param approximateDistinct the number of different values, within a few percent
     */
    public record Column(
            String name,
            long nulls,
            @Nullable String min,
            @Nullable String max,
            long approximateDistinct) {}
}
