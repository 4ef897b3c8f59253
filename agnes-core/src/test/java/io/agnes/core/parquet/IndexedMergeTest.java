// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.apache.parquet.filter2.predicate.FilterApi.and;
import static org.apache.parquet.filter2.predicate.FilterApi.binaryColumn;
import static org.apache.parquet.filter2.predicate.FilterApi.eq;
import static org.apache.parquet.filter2.predicate.FilterApi.gtEq;
import static org.apache.parquet.filter2.predicate.FilterApi.longColumn;
import static org.apache.parquet.filter2.predicate.FilterApi.lt;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.filter2.predicate.FilterPredicate;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts with page indexes and bloom filters, written and read by parquet-java. */
@Tag("slow")
class IndexedMergeTest {
    private static final String SCHEMA = "message spark_schema {"
            + " required int64 id; required binary name (STRING); optional double amount; optional int32 nothing;"
            + " optional group tags (LIST) { repeated group list { optional binary element (STRING); } } }";

    private static final int ROWS = 20_000;

    private static final List<Consumer<ExampleParquetWriter.Builder>> WAYS = List.of(
            way -> way.withCompressionCodec(CompressionCodecName.SNAPPY),
            way -> way.withCompressionCodec(CompressionCodecName.ZSTD),
            way -> way.withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
                    .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_2_0),
            way -> way.withCompressionCodec(CompressionCodecName.SNAPPY)
                    .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_2_0)
                    .withDictionaryEncoding(false));

    @TempDir
    Path dir;

    private List<Path> parts = List.of();
    private Path merged = Path.of("");

    @BeforeEach
    void mergeFourParts() throws Exception {
        parts = new ArrayList<>();
        for (int i = 0; i < WAYS.size(); i++) {
            parts.add(part(i, WAYS.get(i)));
        }
        merged = OpenParts.merge(parts, dir.resolve("merged.parquet"));
    }

    private Path part(int number, Consumer<ExampleParquetWriter.Builder> way) throws IOException {
        List<Consumer<Group>> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            long id = (long) number * ROWS + i;
            rows.add(row -> {
                row.append("id", id).append("name", "name-" + id * 7919 % 80_021);
                if (id % 3 != 0) {
                    row.append("amount", id / 8.0);
                }
                Group tags = row.addGroup("tags");
                for (long tag = 0; tag < id % 3; tag++) {
                    tags.addGroup("list").append("element", "tag" + tag);
                }
            });
        }
        return ParquetJava.write(
                dir.resolve(number + ".parquet"),
                SCHEMA,
                builder -> way.accept(builder.withPageRowCountLimit(500)
                        .withRowGroupSize(200_000L)
                        .withBloomFilterEnabled("name", true)
                        .withBloomFilterNDV("name", ROWS)),
                rows);
    }

    @Test
    void everyRowIsTheSameForParquetJavaAndForDuckDb() throws Exception {
        List<String> expected = new ArrayList<>();
        for (Path part : parts) {
            expected.addAll(ParquetJava.rows(part));
        }

        assertEquals(expected, ParquetJava.rows(merged));
        try (TestDuckDb duckDb = TestDuckDb.open()) {
            assertEquals(0, duckDb.differences(parts, merged));
        }
    }

    @Test
    void aPredicateReadsTheRightPagesInALatePart() throws Exception {
        for (int number = 0; number < parts.size(); number++) {
            long from = (long) number * ROWS + ROWS / 2 + 123;
            FilterPredicate predicate = and(gtEq(longColumn("id"), from), lt(longColumn("id"), from + 700));

            List<String> candidates = ParquetJava.candidates(merged, predicate);

            assertEquals(ParquetJava.candidates(parts.get(number), predicate), candidates);
            assertTrue(candidates.size() >= 700 && candidates.size() < 5_000, "pages were skipped");
        }
    }

    @Test
    void aBloomFilterAnswersForALatePart() throws Exception {
        FilterPredicate there = eq(binaryColumn("name"), Binary.fromString("name-" + 70_001L * 7919 % 80_021));
        FilterPredicate absent = eq(binaryColumn("name"), Binary.fromString("name-1x"));
        List<String> expected = new ArrayList<>();
        for (Path part : parts) {
            expected.addAll(ParquetJava.candidates(part, there));
        }

        assertEquals(expected, ParquetJava.candidates(merged, there));
        assertEquals(List.of(), ParquetJava.candidates(merged, absent));
    }

    @Test
    void everyOffsetIndexEntryPointsAtAPageHeaderOfItsLength() throws Exception {
        int entries = 0;
        try (ParquetFileReader reader = ParquetJava.open(merged)) {
            for (BlockMetaData block : reader.getFooter().getBlocks()) {
                for (ColumnChunkMetaData chunk : block.getColumns()) {
                    OffsetIndex index = reader.readOffsetIndex(chunk);
                    for (int page = 0; page < index.getPageCount(); page++) {
                        Pages.assertDataPage(merged, index.getOffset(page), index.getCompressedPageSize(page));
                        entries++;
                    }
                }
            }
        }
        assertTrue(entries > 500, entries + " entries");
    }
}
