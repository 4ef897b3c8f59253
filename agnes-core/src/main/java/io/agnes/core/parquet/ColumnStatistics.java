// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The statistics of a column in a footer, for one row group or for all.
 *
 * @param nulls the number of NULL values; empty if the footer has none
 * @param distinct the number of different values; empty if the footer has none
 * @param min the minimum: a {@link Boolean} or {@link Number} if the column holds those, else text; empty if the footer has
 *     none, or if the column's type has no defined order
 * @param max the maximum, like {@code min}
 * @param exact false if min or max may be a truncated value
 */
public record ColumnStatistics(
        OptionalLong nulls, OptionalLong distinct, Optional<Object> min, Optional<Object> max, boolean exact) {
    static final ColumnStatistics NONE =
            new ColumnStatistics(OptionalLong.empty(), OptionalLong.empty(), Optional.empty(), Optional.empty(), true);
}
