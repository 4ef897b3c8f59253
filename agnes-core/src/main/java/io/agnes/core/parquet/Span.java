// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An encoded value inside an array that nobody changes. Compared by {@link #sameAs}, never by equals. */
@SuppressWarnings("ArrayRecordComponent")
record Span(byte[] bytes, int type, int from, int to) {
    CompactReader reader() {
        return new CompactReader(bytes, from, to);
    }

    int length() {
        return to - from;
    }

    /** Both absent, or both there with the same type and bytes. */
    static boolean same(@Nullable Span one, @Nullable Span other) {
        return one == null ? other == null : other != null && one.sameAs(other);
    }

    boolean sameAs(Span other) {
        return type == other.type && Arrays.equals(bytes, from, to, other.bytes, other.from, other.to);
    }
}
