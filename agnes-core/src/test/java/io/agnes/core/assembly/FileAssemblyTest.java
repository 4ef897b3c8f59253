// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.Time;
import io.agnes.core.composite.Part;
import io.agnes.core.duckdb.DuckDb;
import io.agnes.core.duckdb.DuckDbParquet;
import io.agnes.core.duckdb.Workspace;
import io.agnes.core.file.DiskSpace;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.parquet.FieldIdEdit;
import io.agnes.core.parquet.FieldIds;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.parquet.ParquetRewriter;
import io.agnes.core.parquet.SchemaField;
import io.agnes.core.work.Permits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAssemblyTest {
    private static final long MEMORY_BYTES = 256L << 20;
    private static final ParquetRewriter NO_REWRITE = (parts, target) -> {
        throw new AssertionError("no rewrite is needed");
    };

    @TempDir
    Path directory;

    private final List<Part> parts = new ArrayList<>();
    private final Listener progress = new Listener();
    private DiskSpace space = DiskSpace.system();
    private FileDraft draft;

    @BeforeEach
    void begin() throws IOException {
        draft = FileDraft.of(FileStore.system(), directory.resolve("draft"), "table.parquet");
    }

    @AfterEach
    void end() throws IOException {
        draft.close();
        for (Part part : parts) {
            part.close();
        }
    }

    /** Records the calls. */
    private static final class Listener implements AssemblyProgress {
        private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();

        @Override
        public void phase(String phase) {
            said.add(phase);
        }

        @Override
        public void rows(long rows) {
            said.add(rows + " rows");
        }

        @Override
        public void parts(int done, int total) {
            said.add(done + " of " + total);
        }
    }

    /** The exception of a connector. */
    private static final class Failure extends AgnesException {
        private static final long serialVersionUID = 1L;

        Failure(String code, String message) {
            super(Kind.SOURCE_FINAL, code, message, null);
        }
    }

    private static final AssemblyFailures FAILURES = new AssemblyFailures() {
        @Override
        public AgnesException unmergeable(String why) {
            return new Failure("unmergeable", why);
        }

        @Override
        public AgnesException diskFull(long neededBytes, long usableBytes) {
            return new Failure("disk_full", usableBytes + " of " + neededBytes);
        }
    };

    private FileAssembly assembly() {
        AssemblyLimits limits = new AssemblyLimits(4, new Permits(2), space, Time.system());
        return new FileAssembly(limits, FileDigests.Algorithm.ALL, draft, progress, FAILURES);
    }

    private FileAssembly assembly(FieldIds fieldIds) {
        AssemblyLimits limits = new AssemblyLimits(4, new Permits(2), space, Time.system());
        return new FileAssembly(limits, FileDigests.Algorithm.ALL, draft, Optional.of(fieldIds), progress, FAILURES);
    }

    /** Numbers that no writer would give. */
    private static List<Integer> ids(List<SchemaField> fields) {
        Map<String, Integer> numbers = Map.of("id", 70, "l", 71, "l.[]", 72, "later", 73);
        return fields.stream().map(field -> numbers.get(field.path())).toList();
    }

    private List<OptionalInt> written() throws Exception {
        try (Part file = Part.of(draft.path())) {
            return switch (ParquetFile.inspect(file)) {
                case ParquetFile.Inspection.Opened opened ->
                    opened.file().schema().fields().stream()
                            .map(SchemaField::id)
                            .toList();
                case ParquetFile.Inspection.Unreadable unreadable ->
                    throw new AssertionError(unreadable.reason().message());
            };
        }
    }

    private static List<OptionalInt> numbers(int... ids) {
        return Arrays.stream(ids).mapToObj(OptionalInt::of).toList();
    }

    @Test
    void aMergeARewriteAndAConversionGiveTheSameIds() throws Exception {
        part("SELECT 1::INTEGER AS id, [1] AS l");
        part("SELECT 2::INTEGER AS id, [1] AS l");
        AssembledFile merged = assembly(FileAssemblyTest::ids).parquet(parts, NO_REWRITE);
        assertEquals(numbers(70, 71, 72), written());
        assertEquals(FileDigests.of(draft.path(), FileDigests.Algorithm.ALL), merged.digests());

        again();
        part("SELECT 1::BIGINT AS id, [1] AS l, 'x' AS later");
        AssembledFile rewritten = assembly(FileAssemblyTest::ids).parquet(parts, DuckDbParquet.of(MEMORY_BYTES));
        assertEquals(3, rewritten.rows());
        assertFalse(rewritten.rewriteReasons().isEmpty());
        assertEquals(numbers(70, 71, 72, 73), written());
        assertEquals(FileDigests.of(draft.path(), FileDigests.Algorithm.ALL), rewritten.digests());

        again();
        AssembledFile converted = assembly(FileAssemblyTest::ids).convertedParquet(parts, (files, target) -> {
            Files.copy(files.getLast(), target);
            return new Conversion.Converted(1, List.of());
        });
        assertEquals(numbers(70, 71, 72, 73), written());
        assertEquals(FileDigests.of(draft.path(), FileDigests.Algorithm.ALL), converted.digests());

        again();
        Path empty = write("SELECT 1 AS id WHERE false");
        assembly(FileAssemblyTest::ids).converted(List.of(), (files, target) -> {
            Files.copy(empty, target);
            return new Conversion.Converted(0, List.of());
        });
        assertEquals(numbers(70), written());
    }

    /** The file that DuckDB writes has no ids. */
    @Test
    void aRewriteKeepsTheIdsOfItsParts() throws Exception {
        for (String type : List.of("INTEGER", "BIGINT")) {
            Path file = write("SELECT 1::" + type + " AS id, [1] AS l");
            assertTrue(FieldIdEdit.apply(file, FileAssemblyTest::ids, List.of()));
            parts.add(Part.of(file));
        }
        List<SchemaField> seen = new ArrayList<>();
        FieldIds recorded = fields -> {
            seen.addAll(fields);
            return ids(fields);
        };
        assembly(recorded).parquet(parts, DuckDbParquet.of(MEMORY_BYTES));
        assertEquals(numbers(70, 71, 72), seen.stream().map(SchemaField::id).toList());
    }

    private void again() throws IOException {
        draft.close();
        begin();
    }

    private Path write(String query) throws Exception {
        Path file = directory.resolve("part-" + parts.size() + ".parquet");
        DuckDb.run(Workspace.of(file, List.of()), MEMORY_BYTES, "a part", database -> {
            database.writeParquet(query, file);
            return file;
        });
        return file;
    }

    private void part(String query) throws Exception {
        parts.add(Part.of(write(query)));
    }

    private void threeParts() throws Exception {
        for (int i = 0; i < 3; i++) {
            part("SELECT range AS id FROM range(" + i * 20_000 + ", " + (i + 1) * 20_000 + ")");
        }
    }

    @Test
    void partsThatAgreeAreMergedInPlace() throws Exception {
        threeParts();
        AssembledFile file = assembly().parquet(parts, NO_REWRITE);
        assertEquals(60_000, file.rows());
        assertEquals(List.of(), file.rewriteReasons());
        assertEquals(FileDigests.of(draft.path(), FileDigests.Algorithm.ALL), file.digests());
        assertTrue(progress.said.containsAll(List.of("60000 rows", "0 of 3", "1 of 3", "2 of 3", "3 of 3")));
        assertEquals(List.of(draft.path()), FileStore.system().list(directory.resolve("draft")));
    }

    @Test
    void partsThatDifferAreRewrittenAndTheReasonIsTold() throws Exception {
        part("SELECT 1::INTEGER AS id");
        part("SELECT 2::BIGINT AS id");
        AssembledFile file = assembly().parquet(parts, DuckDbParquet.of(MEMORY_BYTES));
        assertEquals(2, file.rows());
        assertFalse(AssembledFile.text(file.rewriteReasons()).isEmpty());
        assertEquals(FileDigests.of(draft.path(), FileDigests.Algorithm.ALL), file.digests());
        assertTrue(progress.said.contains("converting"));
    }

    @Test
    void partsThatNoRewriteWouldKeepFailBeforeTheDownload() throws Exception {
        part("SELECT TIMESTAMP '2024-01-01' AS at");
        part("SELECT TIMESTAMPTZ '2024-01-01' AS at");
        Failure failure = assertThrows(Failure.class, () -> assembly().parquet(parts, NO_REWRITE));
        assertEquals("unmergeable", failure.code());
        assertEquals(List.of(), List.copyOf(progress.said));
    }

    @Test
    void aConversionGetsTheFilesInOrder() throws Exception {
        threeParts();
        List<Path> seen = new ArrayList<>();
        AssembledFile file = assembly().convertedParquet(parts, (files, target) -> {
            seen.addAll(files);
            for (int i = 0; i < files.size(); i++) {
                assertEquals(-1, Files.mismatch(files.get(i), directory.resolve("part-" + i + ".parquet")));
            }
            Files.writeString(target, "converted");
            return new Conversion.Converted(7, List.of("a note"));
        });
        assertEquals(3, seen.size());
        assertEquals(7, file.rows());
        assertEquals(List.of("a note"), file.notes());
        assertEquals(9, file.digests().length());
    }

    @Test
    void aFullDiskIsToldBeforeTheDownload() throws Exception {
        threeParts();
        long bytes = parts.stream().mapToLong(Part::length).sum();
        space = where -> 2 * bytes - 1;
        Failure failure = assertThrows(
                Failure.class,
                () -> assembly().converted(parts, (files, target) -> new Conversion.Converted(0, List.of())));
        assertEquals("disk_full", failure.code());
        assertEquals((2 * bytes - 1) + " of " + 2 * bytes, failure.getMessage());
        space = where -> 10;
        assertEquals(
                "disk_full",
                assertThrows(Failure.class, () -> assembly().parquet(parts, NO_REWRITE))
                        .code());
        assertEquals(List.of(), FileStore.system().list(directory.resolve("draft")));
    }

    /** A part with wrong or unreadable data and a valid end. */
    private record BrokenPart(Part part, @Nullable IOException failure) implements Part {
        @Override
        public String name() {
            return part.name();
        }

        @Override
        public long length() {
            return part.length();
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException, InterruptedException {
            part.read(offset, into);
        }

        @Override
        public void transferTo(long offset, long length, WritableByteChannel target) throws IOException {
            if (failure != null) {
                throw failure;
            }
            target.write(ByteBuffer.allocate((int) length));
        }
    }

    @Test
    void aPartThatHoldsOtherBytesIsNoTable() throws Exception {
        threeParts();
        List<Part> damaged = List.of(parts.get(0), new BrokenPart(parts.get(1), null), parts.get(2));
        Failure failure = assertThrows(Failure.class, () -> assembly().parquet(damaged, NO_REWRITE));
        assertEquals("unmergeable", failure.code());
    }

    @Test
    void aPartThatFailsEndsTheOthersOfAMerge() throws Exception {
        IOException cause = new IOException("the network");
        List<Part> broken = threePartsOfWhichTheLastFails(cause);
        assertSame(cause, assertThrows(IOException.class, () -> assembly().parquet(broken, NO_REWRITE)));
    }

    @Test
    void aPartThatFailsEndsTheOthersOfAConversion() throws Exception {
        IOException cause = new IOException("the network");
        List<Part> broken = threePartsOfWhichTheLastFails(cause);
        assertSame(
                cause,
                assertThrows(
                        IOException.class,
                        () -> assembly().converted(broken, (files, target) -> new Conversion.Converted(0, List.of()))));
    }

    /** The interrupt that ends the other reads closes their files, so these parts serve one assembly. */
    private List<Part> threePartsOfWhichTheLastFails(IOException cause) throws Exception {
        threeParts();
        return List.of(parts.get(0), parts.get(1), new BrokenPart(parts.get(2), cause));
    }
}
