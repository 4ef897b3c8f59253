// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads the Thrift structure {@code Statistics} of one or more chunks of a column and combines them. */
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
    private @Nullable MinMaxValue min;
    private @Nullable MinMaxValue max;
    private boolean bounded = true;
    private boolean exact = true;
    private boolean nullsKnown = true;
    private long nulls;
    private int chunks;
    private OptionalLong distinct = OptionalLong.empty();

    StatisticsReader(ParquetColumn column) {
        this.column = column;
    }

    static ColumnStatistics read(ColumnChunk chunk, ParquetColumn column) {
        StatisticsReader reader = new StatisticsReader(column);
        reader.add(chunk);
        return reader.result();
    }

    void add(ColumnChunk chunk) {
        chunks++;
        Span statistics = chunk.statistics;
        if (statistics == null) {
            nullsKnown = false;
            bounded &= chunk.values == 0;
            return;
        }
        ChunkStatistics read = new ChunkStatistics(column);
        read.read(statistics);
        nullsKnown &= read.nulls >= 0;
        nulls += Math.max(0, read.nulls);
        distinct = read.distinct >= 0 && chunks == 1 ? OptionalLong.of(read.distinct) : OptionalLong.empty();
        exact &= read.exact;
        if (chunk.values > 0 && read.nulls != chunk.values) {
            addBounds(read.min(), read.max());
        }
    }

    private void addBounds(@Nullable MinMaxValue least, @Nullable MinMaxValue greatest) {
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

    private Optional<Object> shown(@Nullable MinMaxValue bound) {
        return bounded ? Optional.ofNullable(bound).map(MinMaxValue::shown) : Optional.empty();
    }

    private static final class ChunkStatistics {
        private final ParquetColumn column;
        private long nulls = -1;
        private long distinct = -1;
        private boolean exact = true;
        private @Nullable MinMaxValue olderMin;
        private @Nullable MinMaxValue olderMax;
        private @Nullable MinMaxValue newerMin;
        private @Nullable MinMaxValue newerMax;

        ChunkStatistics(ParquetColumn column) {
            this.column = column;
        }

        void read(Span statistics) {
            CompactReader.StructReader fields = statistics.reader().struct(ThriftStruct.STATISTICS);
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

        private @Nullable MinMaxValue bound(CompactReader.StructReader fields, boolean older) {
            return MinMaxValue.of(
                    fields.text(StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1), column, older);
        }

        @Nullable
        MinMaxValue min() {
            return newerMin != null ? newerMin : olderMin;
        }

        @Nullable
        MinMaxValue max() {
            return newerMax != null ? newerMax : olderMax;
        }
    }
}
