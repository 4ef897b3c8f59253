// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.apache.parquet.filter2.predicate.FilterApi.eq;
import static org.apache.parquet.filter2.predicate.FilterApi.intColumn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.Part;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Offsets beyond 32 bits. The first part has a hole of 5 GiB, which takes no disk space. */
class LargeMergeTest {
    private static final long HOLE = 5L << 30;

    @TempDir
    Path dir;

    @Test
    void offsetsBeyondFiveGibibytesAreRight() throws Exception {
        Path ordinary = ordinary();
        byte[] bytes = Files.readAllBytes(ordinary);
        byte[] data = Arrays.copyOfRange(bytes, 4, bytes.length - 8 - Footers.footer(bytes).length);
        Path merged = dir.resolve("merged.parquet");

        try (OpenParts parts = OpenParts.of(List.of(withHole(bytes, data), ordinary, ordinary));
                FileChannel draft = FileChannel.open(merged, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            MergePlan plan = OpenParts.plan(parts.list());
            assertTrue(plan.placements().get(1).offset() > HOLE);
            assertEquals(Optional.empty(), plan.problem(plan.composite().over("virtual", parts.list())));
            plan.reserve(draft);
            draft.write(ByteBuffer.wrap(data), plan.placements().get(0).offset() + HOLE);
            draft.write(ByteBuffer.wrap(data), plan.placements().get(1).offset());
            draft.write(ByteBuffer.wrap(data), plan.placements().get(2).offset());
            plan.seal(draft);
        }

        try (Part part = Part.of(merged)) {
            assertEquals(Optional.empty(), ParquetFile.problem(part));
        }
        List<String> once = ParquetJava.candidates(ordinary, eq(intColumn("id"), 4_321));
        List<String> late = ParquetJava.candidates(merged, eq(intColumn("id"), 4_321));
        // The first part has no page index, so all of its rows are candidates.
        assertEquals(5_000 + 2 * once.size(), late.size());
        assertEquals(once, late.subList(late.size() - once.size(), late.size()));
        try (TestDuckDb duckDb = TestDuckDb.open()) {
            assertEquals(List.of("15000|37492500|"), duckDb.rows("SELECT count(*), sum(id) FROM '" + merged + "'"));
        }
    }

    private Path ordinary() throws Exception {
        List<Consumer<Group>> rows = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            int id = i;
            rows.add(row -> row.append("id", id).append("name", "name " + id));
        }
        return ParquetJava.write(
                dir.resolve("ordinary.parquet"),
                "message m { required int32 id; required binary name (STRING); }",
                builder -> builder.withPageRowCountLimit(500),
                rows);
    }

    /** The file with its data moved and without page indexes, whose offsets would be wrong. */
    private Path withHole(byte[] bytes, byte[] data) throws Exception {
        byte[] moved = Footers.edit(
                bytes,
                footer -> footer.getRow_groups().forEach(group -> {
                    group.setFile_offset(group.getFile_offset() + HOLE);
                    group.getColumns().forEach(LargeMergeTest::move);
                }));
        byte[] end = Arrays.copyOfRange(moved, moved.length - 8 - Footers.footer(moved).length, moved.length);
        Path path = dir.resolve("hole.parquet");
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            file.write(ByteBuffer.wrap(Tail.MAGIC), 0);
            file.write(ByteBuffer.wrap(data), 4 + HOLE);
            file.write(ByteBuffer.wrap(end), 4 + HOLE + data.length);
        }
        return path;
    }

    private static void move(ColumnChunk column) {
        ColumnMetaData meta = column.getMeta_data();
        column.setFile_offset(column.getFile_offset() + HOLE);
        column.unsetOffset_index_offset();
        column.unsetOffset_index_length();
        column.unsetColumn_index_offset();
        column.unsetColumn_index_length();
        meta.setData_page_offset(meta.getData_page_offset() + HOLE);
        if (meta.isSetDictionary_page_offset()) {
            meta.setDictionary_page_offset(meta.getDictionary_page_offset() + HOLE);
        }
    }
}
