// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.RegistryFailedException;
import io.agnes.core.TableId;
import io.agnes.core.composite.InMemoryPart;
import io.agnes.core.composite.Part;
import io.agnes.core.contract.InMemoryRegistry;
import io.agnes.core.table.TableRecord;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.types.Types;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.schema.MessageType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fields of merged and edited files carry the ids of their table, and readers that identify columns by them agree. */
class FieldIdsTest {
    private static final TableId ORDERS = new TableId("orders");
    private static final String NESTED = "SELECT i AS id, [i, i + 1] AS tags, MAP {'k' || i: i} AS props,"
            + " {'a': i, 'b': [{'c': 'x' || i}]} AS \"group\" FROM range(%d, %d) t(i)";
    private static TestDuckDb duckDb;

    @TempDir
    Path dir;

    private final InMemoryRegistry registry = new InMemoryRegistry();
    private FieldIds ids;

    @BeforeAll
    static void open() throws Exception {
        duckDb = TestDuckDb.open();
    }

    @AfterAll
    static void close() throws Exception {
        duckDb.close();
    }

    @BeforeEach
    void register() {
        registry.register(TableRecord.builder(ORDERS, "keboola")
                .registered("test", Instant.EPOCH)
                .build());
        ids = registry.of(ORDERS);
    }

    private Path part(String name, String query) throws Exception {
        return duckDb.copy(query, dir.resolve(name), "");
    }

    private List<Path> nestedParts() throws Exception {
        List<Path> parts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            parts.add(part("part-" + i, NESTED.formatted(i * 1_000, (i + 1) * 1_000)));
        }
        return parts;
    }

    private MergePlan plan(List<? extends Part> parts, Optional<FieldIds> fieldIds) throws Exception {
        return assertInstanceOf(
                        MergeOutcome.Mergeable.class,
                        ParquetMerge.plan(parts, MergeRules.standard().withoutShare(), fieldIds))
                .plan();
    }

    private Path merge(List<Path> files) throws Exception {
        Path target = dir.resolve("merged.parquet");
        try (OpenParts parts = OpenParts.of(files)) {
            MergePlan plan = plan(parts.list(), Optional.of(ids));
            plan.copyTo(parts.list(), target);
            try (Part merged = Part.of(target)) {
                assertEquals(Optional.empty(), plan.problem(merged));
            }
        }
        return target;
    }

    private static MessageType type(Path file) throws Exception {
        try (ParquetFileReader reader = ParquetJava.open(file)) {
            return reader.getFileMetaData().getSchema();
        }
    }

    private static String schema(Path file) throws Exception {
        return type(file).toString().replaceAll("\\s+", " ");
    }

    @Test
    void everyFieldOfAMergedFileHasAnIdAndItsPagesStay() throws Exception {
        List<Path> parts = nestedParts();
        Path merged = merge(parts);
        assertEquals(
                "message duckdb_schema { optional int64 id (INTEGER(64,true)) = 1;"
                        + " optional group tags (LIST) = 2 { repeated group list {"
                        + " optional int64 element (INTEGER(64,true)) = 5; } }"
                        + " optional group props (MAP) = 3 { repeated group key_value {"
                        + " required binary key (STRING) = 6; optional int64 value (INTEGER(64,true)) = 7; } }"
                        + " optional group group = 4 { optional int64 a (INTEGER(64,true)) = 8;"
                        + " optional group b (LIST) = 9 { repeated group list { optional group element = 10 {"
                        + " optional binary c (STRING) = 11; } } } } } ",
                schema(merged));
        assertEquals(0, duckDb.differences(parts, merged));
        Path plain = OpenParts.merge(parts, dir.resolve("plain.parquet"));
        assertEquals(ParquetJava.rows(plain), ParquetJava.rows(merged));
    }

    /** Iceberg takes a file without ids for one of all NULLs, unless the table has a mapping by name. */
    @Test
    void icebergReadsTheColumnsByTheirIdsWhateverTheirNamesAre() throws Exception {
        Path merged = merge(nestedParts());
        assertTrue(ParquetSchemaUtil.hasIds(type(merged)));
        Schema schema = ParquetSchemaUtil.convert(type(merged));
        assertEquals("id", schema.findColumnName(1));
        assertEquals("tags.element", schema.findColumnName(5));
        assertEquals("props.key", schema.findColumnName(6));
        assertEquals("props.value", schema.findColumnName(7));
        assertEquals("group.b.element.c", schema.findColumnName(11));
        Schema renamed = new Schema(
                Types.NestedField.optional(2, "labels", Types.ListType.ofOptional(5, Types.LongType.get())),
                Types.NestedField.optional(
                        4, "g", Types.StructType.of(Types.NestedField.optional(8, "number", Types.LongType.get()))),
                Types.NestedField.optional(1, "key", Types.LongType.get()),
                Types.NestedField.optional(12, "later", Types.StringType.get()));
        List<Record> records = records(merged, renamed);
        assertEquals(3_000, records.size());
        Record record = records.get(2_500);
        assertEquals(2_500L, record.getField("key"));
        assertEquals(List.of(2_500L, 2_501L), record.getField("labels"));
        assertEquals(2_500L, ((Record) record.getField("g")).getField("number"));
        assertEquals(null, record.getField("later"));
    }

    private static List<Record> records(Path file, Schema schema) throws Exception {
        List<Record> records = new ArrayList<>();
        try (CloseableIterable<Record> found = Parquet.read(org.apache.iceberg.Files.localInput(file.toFile()))
                .project(schema)
                .createReaderFunc(type -> GenericParquetReaders.buildReader(schema, type))
                .build()) {
            found.forEach(records::add);
        }
        return records;
    }

    @Test
    void duckDbReadsTheColumnsByTheirIds() throws Exception {
        Path merged = merge(nestedParts());
        assertEquals(
                List.of("2998|null|", "2999|null|"),
                duckDb.rows("SELECT key, later FROM read_parquet('" + merged + "', schema = MAP {"
                        + " 1: {name: 'key', type: 'BIGINT', default_value: NULL},"
                        + " 12: {name: 'later', type: 'BIGINT', default_value: NULL}}) ORDER BY key OFFSET 2998"));
    }

    @Test
    void aColumnThatComesBackHasItsIdAndARenamedOneHasANewOne() throws Exception {
        merge(List.of(part("one", "SELECT 1 AS a, 2 AS b, 3 AS c"), part("two", "SELECT 1 AS a, 2 AS b, 3 AS c")));
        merge(List.of(part("one", "SELECT 3 AS c, 1 AS a"), part("two", "SELECT 3 AS c, 1 AS a")));
        Path merged = merge(List.of(part("one", "SELECT 2 AS b, 1 AS \"A\", 3 AS c")));
        assertEquals(
                "message duckdb_schema { optional int32 b (INTEGER(32,true)) = 2;"
                        + " optional int32 A (INTEGER(32,true)) = 4; optional int32 c (INTEGER(32,true)) = 3; } ",
                schema(merged));
    }

    private Path written(String name, String members) throws Exception {
        return ParquetJava.write(
                dir.resolve(name), "message m { " + members + " }", options -> {}, List.of(group -> {}));
    }

    @Test
    void idsThatThePartsAgreeOnAreKept() throws Exception {
        String members = "optional int32 a = 7; optional int32 b; optional group l (LIST) = 3 {"
                + " repeated group list { optional int32 element = 9; } }";
        Path merged = merge(List.of(written("one", members), written("two", members)));
        assertEquals(
                "message m { optional int32 a = 7; optional int32 b = 10; optional group l (LIST) = 3 {"
                        + " repeated group list { optional int32 element = 9; } } } ",
                schema(merged));
    }

    @Test
    void partsThatDifferInIdsAloneAreMergedWithThoseOfTheTable() throws Exception {
        List<Path> parts = List.of(
                written("one", "optional int32 a = 7; optional int32 b = 8; optional int32 c = 9;"),
                written("two", "optional int32 a = 7; optional int32 b = 9; optional int32 c;"));
        assertInstanceOf(MergeOutcome.NeedsRewrite.class, OpenParts.outcome(parts));
        assertEquals(
                "message m { optional int32 a = 7; optional int32 b = 8; optional int32 c = 9; } ",
                schema(merge(parts)));
    }

    @Test
    void anIdThatOnePartGivesToAnotherFieldIsNotKept() throws Exception {
        assertEquals(
                "message m { optional int32 a = 1; optional int32 b = 2; } ",
                schema(merge(List.of(
                        written("one", "optional int32 a = 7; optional int32 b = 8;"),
                        written("two", "optional int32 a = 8; optional int32 b = 7;")))));
    }

    @Test
    void aGroupAroundAnElementLosesAnIdThatAFieldGets() throws Exception {
        Path merged = merge(List.of(
                written("one", "optional group l (LIST) { repeated group list = 2 { optional int32 element; } }")));
        assertEquals(
                "message m { optional group l (LIST) = 1 { repeated group list { optional int32 element = 2; } } } ",
                schema(merged));
    }

    @Test
    void aFileThatHasTheIdsOfItsTableKeepsItsBytes() throws Exception {
        Path merged = merge(nestedParts());
        byte[] bytes = Files.readAllBytes(merged);
        assertFalse(FieldIdEdit.apply(merged, ids, List.of()));
        assertArrayEquals(bytes, Files.readAllBytes(merged));
        Path again = Files.move(merged, dir.resolve("again.parquet"));
        assertArrayEquals(bytes, Files.readAllBytes(merge(List.of(again))));
    }

    @Test
    void anEditedFileIsWhatAMergeOfItWouldBe() throws Exception {
        Path file = part("one", NESTED.formatted(0, 5_000));
        Path merged = merge(List.of(file));
        assertTrue(FieldIdEdit.apply(file, ids, List.of()));
        assertEquals(-1, Files.mismatch(merged, file));
    }

    @Test
    void aFileThatIsNoParquetStays() throws Exception {
        Path file = Files.writeString(dir.resolve("text"), "twelve bytes at least");
        assertFalse(FieldIdEdit.apply(file, ids, List.of()));
        assertEquals("twelve bytes at least", Files.readString(file));
    }

    @Test
    void aPlanWhoseIdsCannotBeStoredFailsAsTheRegistryDoes() throws Exception {
        registry.remove(ORDERS);
        List<Path> parts = nestedParts();
        assertThrows(RegistryFailedException.class, () -> merge(parts));
        byte[] before = Files.readAllBytes(parts.getFirst());
        assertThrows(RegistryFailedException.class, () -> FieldIdEdit.apply(parts.getFirst(), ids, List.of()));
        assertArrayEquals(before, Files.readAllBytes(parts.getFirst()));
    }

    /** Fields that generated structures would drop, of writers that this build cannot run. */
    @Test
    void everythingButTheIdsIsCopiedAsItWasEncoded() throws Exception {
        for (String writer : List.of("arrow-rs", "arrow-cpp", "hyparquet")) {
            byte[] file;
            try (InputStream in = FieldIdsTest.class.getResourceAsStream("writers/" + writer + "-0.parquet")) {
                file = Objects.requireNonNull(in).readAllBytes();
            }
            FileFooter before = FileFooter.parse(Footers.footer(file));
            MergePlan plan = plan(List.of(new InMemoryPart(writer, file)), Optional.of(ids));
            FileFooter after = FileFooter.parse(MergedFooter.footerBytes(plan));
            Map<Integer, List<Byte>> fields =
                    fields(new Span(before.bytes(), CompactReader.STRUCT, 0, before.bytes().length));
            Map<Integer, List<Byte>> now =
                    fields(new Span(after.bytes(), CompactReader.STRUCT, 0, after.bytes().length));
            assertEquals(fields.keySet(), now.keySet());
            fields.remove(FileFooter.SCHEMA);
            now.remove(FileFooter.SCHEMA);
            assertEquals(fields, now);
            List<Map<Integer, List<Byte>>> elements = elements(before.schema());
            List<Map<Integer, List<Byte>>> edited = elements(after.schema());
            assertTrue(edited.stream()
                            .filter(element -> element.containsKey(SchemaElement.FIELD_ID))
                            .count()
                    > 1);
            elements.forEach(element -> element.remove(SchemaElement.FIELD_ID));
            edited.forEach(element -> element.remove(SchemaElement.FIELD_ID));
            assertEquals(elements, edited);
        }
    }

    private static List<Map<Integer, List<Byte>>> elements(Span schema) {
        CompactReader in = schema.reader();
        List<Map<Integer, List<Byte>>> elements = new ArrayList<>();
        for (int i = in.structs(1_000); i > 0; i--) {
            int from = in.position();
            in.skip(CompactReader.STRUCT);
            elements.add(fields(new Span(in.bytes(), CompactReader.STRUCT, from, in.position())));
        }
        return elements;
    }

    private static Map<Integer, List<Byte>> fields(Span struct) {
        Map<Integer, List<Byte>> all = new TreeMap<>();
        CompactReader.StructReader fields = struct.reader().struct();
        while (fields.next()) {
            Span value = fields.span();
            List<Byte> bytes = new ArrayList<>();
            bytes.add((byte) value.type());
            for (byte b : Arrays.copyOfRange(value.bytes(), value.from(), value.to())) {
                bytes.add(b);
            }
            all.put(fields.id(), bytes);
        }
        return all;
    }
}
