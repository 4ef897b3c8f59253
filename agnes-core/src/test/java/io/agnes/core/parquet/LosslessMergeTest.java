// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.InMemoryPart;
import io.agnes.core.composite.Part;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every field of the merged footer equals that of the part, except file offsets, which are shifted. */
class LosslessMergeTest {
    private static final Set<Integer> GROUP_CHANGES =
            Set.of(RowGroup.COLUMNS, RowGroup.SORTING_COLUMNS, RowGroup.FILE_OFFSET, RowGroup.ORDINAL);
    private static final Set<Integer> CHUNK_PLACES = Set.of(ColumnChunk.FILE_OFFSET, ColumnChunk.COLUMN_INDEX_OFFSET);
    private static final Set<Integer> CHUNK_CHANGES =
            Set.of(ColumnChunk.META_DATA, ColumnChunk.OFFSET_INDEX_OFFSET, ColumnChunk.OFFSET_INDEX_LENGTH);
    private static final Set<Integer> META_PLACES = Set.of(
            ColumnChunk.Meta.DATA_PAGE_OFFSET,
            ColumnChunk.Meta.INDEX_PAGE_OFFSET,
            ColumnChunk.Meta.DICTIONARY_PAGE_OFFSET,
            ColumnChunk.Meta.BLOOM_FILTER_OFFSET);
    /** The id of {@code Statistics.nan_count}, which the generated structures of parquet-java 1.17 do not have. */
    private static final int NAN_COUNT = 9;

    @TempDir
    Path dir;

    private int fields;

    @Test
    void partsOfOtherWritersLoseNothing() throws Exception {
        for (String writer : List.of("arrow-rs", "arrow-cpp", "hyparquet")) {
            List<byte[]> files = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                try (InputStream in =
                        LosslessMergeTest.class.getResourceAsStream("writers/" + writer + "-" + i + ".parquet")) {
                    files.add(Objects.requireNonNull(in).readAllBytes());
                }
            }
            assertLossless(files);
        }
        assertTrue(fields > 1000, fields + " fields were compared");
    }

    @Test
    void nanCountsAreKept() throws Exception {
        List<byte[]> files = new ArrayList<>();
        try (TestDuckDb duckDb = TestDuckDb.open()) {
            for (int i = 0; i < 3; i++) {
                files.add(Files.readAllBytes(duckDb.copy(
                        "SELECT CASE WHEN i % 3 = 0 THEN 'NaN'::DOUBLE ELSE i END AS d FROM range(10) t(i)",
                        dir.resolve("nan.parquet"), "")));
            }
        }
        assertLossless(files);
        FileFooter footer = FileFooter.parse(Footers.footer(files.get(0)));
        Map<Integer, Span> meta = meta(chunks(rowGroups(footer).get(0)).get(0));
        assertTrue(fields(meta.get(ColumnChunk.Meta.STATISTICS)).containsKey(NAN_COUNT), "this DuckDB counts them");
    }

    private void assertLossless(List<byte[]> files) throws Exception {
        List<Part> parts = new ArrayList<>();
        files.forEach(file -> parts.add(new InMemoryPart("part", file)));
        MergePlan plan = OpenParts.plan(parts);
        assertArrayEquals(MergedFooter.footerBytes(plan), MergedFooter.footerBytes(OpenParts.plan(parts)));
        List<Span> merged = rowGroups(FileFooter.parse(MergedFooter.footerBytes(plan)));
        int next = 0;
        for (int part = 0; part < files.size(); part++) {
            long shift = plan.placements().get(part).offset() - 4;
            for (Span group : rowGroups(FileFooter.parse(Footers.footer(files.get(part))))) {
                assertGroup(group, merged.get(next++), shift);
            }
        }
        assertEquals(merged.size(), next);
    }

    private void assertGroup(Span before, Span after, long shift) {
        assertSame(fields(before), fields(after), GROUP_CHANGES, Set.of(RowGroup.FILE_OFFSET), shift);
        List<Span> one = chunks(before);
        List<Span> other = chunks(after);
        assertEquals(one.size(), other.size());
        for (int i = 0; i < one.size(); i++) {
            assertSame(fields(one.get(i)), fields(other.get(i)), CHUNK_CHANGES, CHUNK_PLACES, shift);
            assertSame(meta(one.get(i)), meta(other.get(i)), Set.of(), META_PLACES, shift);
        }
    }

    private void assertSame(
            Map<Integer, Span> before,
            Map<Integer, Span> after,
            Set<Integer> changes,
            Set<Integer> places,
            long shift) {
        before.forEach((id, span) -> {
            Span now = after.get(id);
            fields++;
            if (places.contains(id)) {
                long place = span.reader().i64();
                assertEquals(
                        place > 0 ? place + shift : place,
                        Objects.requireNonNull(now).reader().i64());
            } else if (!changes.contains(id)) {
                assertArrayEquals(bytes(span), bytes(Objects.requireNonNull(now, () -> "field " + id)));
            }
        });
        assertTrue(before.keySet().containsAll(after.keySet()), "nothing was invented");
    }

    private static List<Span> rowGroups(FileFooter footer) {
        CompactReader in = footer.rowGroupReader();
        List<Span> groups = new ArrayList<>();
        for (int i = footer.rowGroupCount(); i > 0; i--) {
            groups.add(struct(in));
        }
        return groups;
    }

    private static List<Span> chunks(Span group) {
        CompactReader in =
                Objects.requireNonNull(fields(group).get(RowGroup.COLUMNS)).reader();
        List<Span> chunks = new ArrayList<>();
        for (int i = in.structs(1000); i > 0; i--) {
            chunks.add(struct(in));
        }
        return chunks;
    }

    private static Map<Integer, Span> meta(Span chunk) {
        return fields(fields(chunk).get(ColumnChunk.META_DATA));
    }

    private static Span struct(CompactReader in) {
        int from = in.position();
        in.skip(CompactReader.STRUCT);
        return new Span(in.bytes(), CompactReader.STRUCT, from, in.position());
    }

    private static Map<Integer, Span> fields(Span struct) {
        Map<Integer, Span> all = new TreeMap<>();
        CompactReader.StructReader fields =
                Objects.requireNonNull(struct).reader().struct();
        while (fields.next()) {
            all.put(fields.id(), fields.span());
        }
        return all;
    }

    private static byte[] bytes(Span span) {
        return Arrays.copyOfRange(span.bytes(), span.from(), span.to());
    }
}
