// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a footer says of the values of a column, in one row group or in all.
 *
 * @param nulls how many values are NULL, empty if it does not say
 * @param distinct how many values are different, empty if it does not say
 * @param min the least value; a {@link Boolean} or {@link Number} where the column has one, else its text; empty if the
 *     footer does not say, or in an order that is not defined
 * @param max the greatest value, in the same way
 * @param exact false if min or max may be shorter than the value that they stand for
 */
public record ColumnStatistics(
        OptionalLong nulls, OptionalLong distinct, Optional<Object> min, Optional<Object> max, boolean exact) {
    static final ColumnStatistics NONE =
            new ColumnStatistics(OptionalLong.empty(), OptionalLong.empty(), Optional.empty(), Optional.empty(), true);
}
