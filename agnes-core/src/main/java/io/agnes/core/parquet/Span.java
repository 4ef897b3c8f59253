// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An encoded value inside an array, which must not be changed. Compare spans with {@link #sameAs}, not with equals.
 *
 * @param type the Thrift type of the value
 * @param from the first byte
 * @param to the end, exclusive
 */
@SuppressWarnings("ArrayRecordComponent")
record Span(byte[] bytes, int type, int from, int to) {
    CompactReader reader() {
        return new CompactReader(bytes, from, to);
    }

    int length() {
        return to - from;
    }

    /** Whether both are null, or both have the same type and bytes. */
    static boolean same(@Nullable Span one, @Nullable Span other) {
        return one == null ? other == null : other != null && one.sameAs(other);
    }

    boolean sameAs(Span other) {
        return type == other.type && Arrays.equals(bytes, from, to, other.bytes, other.from, other.to);
    }
}
