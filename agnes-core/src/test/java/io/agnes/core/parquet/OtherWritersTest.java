// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.Part;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.filter2.predicate.FilterPredicate;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of writers that share no code with DuckDB or parquet-java; {@code writers/README.md} says how they were made. */
@Tag("slow")
class OtherWritersTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"arrow-rs", "arrow-cpp", "hyparquet"})
    void theirPartsMergeToTheSameRows(String writer) throws Exception {
        List<Path> parts = parts(writer);
        Path merged = OpenParts.merge(parts, dir.resolve("merged.parquet"));
        List<String> expected = new ArrayList<>();
        for (Path part : parts) {
            expected.addAll(ParquetJava.rows(part));
        }

        assertEquals(1800, expected.size());
        assertEquals(expected, ParquetJava.rows(merged));
        try (TestDuckDb duckDb = TestDuckDb.open()) {
            assertEquals(0, duckDb.differences(parts, merged));
        }
        try (Part file = Part.of(merged)) {
            assertEquals(Optional.empty(), ParquetFile.problem(file));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"arrow-rs", "arrow-cpp", "hyparquet"})
    void theirPageIndexesPointAtPagesInEveryPart(String writer) throws Exception {
        Path merged = OpenParts.merge(parts(writer), dir.resolve("merged.parquet"));
        int entries = 0;
        try (ParquetFileReader reader = ParquetJava.open(merged)) {
            for (BlockMetaData block : reader.getFooter().getBlocks()) {
                for (ColumnChunkMetaData chunk : block.getColumns()) {
                    OffsetIndex index = reader.readOffsetIndex(chunk);
                    for (int page = 0; index != null && page < index.getPageCount(); page++) {
                        Pages.assertDataPage(merged, index.getOffset(page), index.getCompressedPageSize(page));
                        entries++;
                    }
                }
            }
        }
        assertTrue(entries >= 9 * 4, entries + " entries");
    }

    @ParameterizedTest
    @ValueSource(strings = {"arrow-rs", "arrow-cpp", "hyparquet"})
    void aPredicateFindsItsRowInTheLastPart(String writer) throws Exception {
        Path merged = OpenParts.merge(parts(writer), dir.resolve("merged.parquet"));
        FilterPredicate predicate = FilterApi.eq(FilterApi.intColumn("id"), 1_777);

        List<String> candidates = ParquetJava.candidates(merged, predicate);

        assertTrue(candidates.size() < 600, candidates.size() + " candidates");
        assertTrue(candidates.stream().anyMatch(row -> row.startsWith("id: 1777\n")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"arrow-rs", "arrow-cpp", "hyparquet"})
    void theirPartsAreNotMixedWithThoseOfOthers(String writer) throws Exception {
        List<Path> mixed = new ArrayList<>(parts(writer));
        mixed.add(parts(writer.equals("hyparquet") ? "arrow-cpp" : "hyparquet").get(0));

        assertInstanceOf(MergeOutcome.NeedsRewrite.class, OpenParts.outcome(mixed));
    }

    private List<Path> parts(String writer) throws Exception {
        List<Path> parts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String name = writer + "-" + i + ".parquet";
            Path part = dir.resolve(name);
            if (!Files.exists(part)) {
                try (InputStream in = OtherWritersTest.class.getResourceAsStream("writers/" + name)) {
                    Files.copy(java.util.Objects.requireNonNull(in), part);
                }
            }
            parts.add(part);
        }
        return parts;
    }
}
