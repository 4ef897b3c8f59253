// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The structure {@code Statistics} of one chunk, or of several chunks of a column together. */
final class StatisticsReader {
    private static final int OLDER_MAX = 1;
    private static final int OLDER_MIN = 2;
    private static final int NULLS = 3;
    private static final int DISTINCT = 4;
    private static final int MAX = 5;
    private static final int MIN = 6;
    private static final int MAX_EXACT = 7;
    private static final int MIN_EXACT = 8;

    private final ParquetColumn column;
    private @Nullable Bound min;
    private @Nullable Bound max;
    private boolean bounded = true;
    private boolean exact = true;
    private boolean nullsKnown = true;
    private long nulls;
    private int chunks;
    private OptionalLong distinct = OptionalLong.empty();

    StatisticsReader(ParquetColumn column) {
        this.column = column;
    }

    static ColumnStatistics read(Chunk chunk, ParquetColumn column) {
        StatisticsReader reader = new StatisticsReader(column);
        reader.add(chunk);
        return reader.result();
    }

    void add(Chunk chunk) {
        chunks++;
        Span statistics = chunk.statistics;
        if (statistics == null) {
            nullsKnown = false;
            bounded &= chunk.values == 0;
            return;
        }
        One one = new One(column);
        one.read(statistics);
        nullsKnown &= one.nulls >= 0;
        nulls += Math.max(0, one.nulls);
        distinct = one.distinct >= 0 && chunks == 1 ? OptionalLong.of(one.distinct) : OptionalLong.empty();
        exact &= one.exact;
        if (chunk.values > 0 && one.nulls != chunk.values) {
            addBounds(one.min(), one.max());
        }
    }

    private void addBounds(@Nullable Bound least, @Nullable Bound greatest) {
        if (least == null || greatest == null) {
            bounded = false;
            return;
        }
        min = min == null || least.compareTo(min) < 0 ? least : min;
        max = max == null || greatest.compareTo(max) > 0 ? greatest : max;
    }

    ColumnStatistics result() {
        if (chunks == 0) {
            return ColumnStatistics.NONE;
        }
        return new ColumnStatistics(
                nullsKnown ? OptionalLong.of(nulls) : OptionalLong.empty(), distinct, shown(min), shown(max), exact);
    }

    private Optional<Object> shown(@Nullable Bound bound) {
        return bounded ? Optional.ofNullable(bound).map(Bound::shown) : Optional.empty();
    }

    private static final class One {
        private final ParquetColumn column;
        private long nulls = -1;
        private long distinct = -1;
        private boolean exact = true;
        private @Nullable Bound olderMin;
        private @Nullable Bound olderMax;
        private @Nullable Bound newerMin;
        private @Nullable Bound newerMax;

        One(ParquetColumn column) {
            this.column = column;
        }

        void read(Span statistics) {
            CompactReader.Fields fields = statistics.reader().struct(Structure.STATISTICS);
            while (fields.next()) {
                switch (fields.id()) {
                    case OLDER_MAX -> olderMax = bound(fields, true);
                    case OLDER_MIN -> olderMin = bound(fields, true);
                    case NULLS -> nulls = fields.i64();
                    case DISTINCT -> distinct = fields.i64();
                    case MAX -> newerMax = bound(fields, false);
                    case MIN -> newerMin = bound(fields, false);
                    case MAX_EXACT, MIN_EXACT -> exact &= fields.bool();
                    default -> fields.skip();
                }
            }
        }

        private @Nullable Bound bound(CompactReader.Fields fields, boolean older) {
            return Bound.of(
                    fields.text(StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1), column, older);
        }

        @Nullable
        Bound min() {
            return newerMin != null ? newerMin : olderMin;
        }

        @Nullable
        Bound max() {
            return newerMax != null ? newerMax : olderMax;
        }
    }
}
