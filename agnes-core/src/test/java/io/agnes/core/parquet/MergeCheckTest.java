// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.Part;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.parquet.format.AesGcmV1;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.EncryptionAlgorithm;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.SortingColumn;
import org.apache.parquet.format.StringType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeCheckTest {
    private static TestDuckDb duckDb;

    @TempDir
    static Path dir;

    private static byte[] file = {};

    @BeforeAll
    static void open() throws Exception {
        duckDb = TestDuckDb.open();
        file = bytes("SELECT 1 AS a, 'x' AS b FROM range(100)");
    }

    @AfterAll
    static void close() throws Exception {
        duckDb.close();
    }

    private static byte[] bytes(String query) throws Exception {
        return Files.readAllBytes(duckDb.copy(query, dir.resolve("some.parquet"), ""));
    }

    private static MergeOutcome outcome(byte[]... files) throws Exception {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < files.length; i++) {
            parts.add(Footers.part("part-" + i, files[i]));
        }
        return ParquetMerge.plan(parts);
    }

    private static List<Reason> rewritten(byte[]... files) throws Exception {
        MergeOutcome outcome = outcome(files);
        return assertInstanceOf(MergeOutcome.NeedsRewrite.class, outcome, outcome::toString)
                .reasons();
    }

    private static List<Reason> refused(byte[]... files) throws Exception {
        return assertInstanceOf(MergeOutcome.Refused.class, outcome(files)).reasons();
    }

    private static MergeOutcome.Mergeable merged(byte[]... files) throws Exception {
        return assertInstanceOf(MergeOutcome.Mergeable.class, outcome(files));
    }

    private static byte[] edit(Consumer<FileMetaData> change) throws Exception {
        return Footers.edit(file, change);
    }

    @Nested
    class Schemas {
        private Reason only(String first, String second) throws Exception {
            List<Reason> reasons = rewritten(bytes(first), bytes(second));
            assertEquals(1, reasons.size());
            return reasons.get(0);
        }

        @Test
        void aWiderNumberIsPrintedAsADiff() throws Exception {
            Reason reason = only("SELECT 1::INTEGER AS a, 'x' AS b", "SELECT 1::BIGINT AS a, 'x' AS b");

            assertEquals("""
                    part-1 has another schema than the first part:
                     message duckdb_schema {
                    -  optional int32 a (INTEGER(32,true));
                    +  optional int64 a (INTEGER(64,true));
                       optional binary b (STRING);
                     }""", reason.message());
        }

        @Test
        void anExtraOrMissingColumnIsFound() throws Exception {
            String more = only("SELECT 1 AS a", "SELECT 1 AS a, 2 AS b").message();
            String fewer = only("SELECT 1 AS a, 2 AS b, 3 AS c", "SELECT 1 AS a, 3 AS c")
                    .message();

            assertTrue(more.contains("\n+  optional int32 b (INTEGER(32,true));"), more);
            assertTrue(fewer.contains("\n-  optional int32 b (INTEGER(32,true));"), fewer);
        }

        @Test
        void anotherOrderOfTheSameColumnsIsFound() throws Exception {
            only("SELECT 1 AS a, 2 AS b", "SELECT 2 AS b, 1 AS a");
        }

        @Test
        void anotherScaleOfADecimalIsFound() throws Exception {
            only("SELECT 1::DECIMAL(9,2) AS a", "SELECT 1::DECIMAL(9,3) AS a");
        }

        @Test
        void aDifferenceInANestedColumnIsFound() throws Exception {
            String message =
                    only("SELECT [{'x': 1}] AS a", "SELECT [{'x': 'y'}] AS a").message();

            assertTrue(message.contains("+        optional binary x (STRING);"), message);
        }

        @Test
        void requiredIsNotOptional() throws Exception {
            byte[] required = edit(data ->
                    data.getSchema().get(1).setRepetition_type(org.apache.parquet.format.FieldRepetitionType.REQUIRED));

            assertInstanceOf(
                    Reason.SchemaDiffers.class, rewritten(file, required).get(0));
        }

        @Test
        void anotherEncodingOfTheSameAnnotationIsFound() throws Exception {
            byte[] newer = edit(data -> data.getSchema().get(2).setLogicalType(LogicalType.STRING(new StringType())));

            String message = rewritten(file, newer).get(0).message();

            assertTrue(message.contains("the encoded annotations differ"), message);
        }

        @Test
        void theNameOfTheRootIsIgnored() throws Exception {
            byte[] renamed = edit(data -> data.getSchema().get(0).setName("spark_schema"));

            merged(file, renamed);
        }

        @Test
        void textAndBytesAreRefused() throws Exception {
            List<Reason> reasons = refused(bytes("SELECT 'x' AS a"), bytes("SELECT 'x'::BLOB AS a"));

            assertEquals(
                    "part-1: column a is binary, expected STRING: text and bytes are not the same",
                    reasons.get(0).message());
        }

        @Test
        void instantsAndLocalTimesAreRefused() throws Exception {
            List<Reason> reasons = refused(
                    bytes("SELECT TIMESTAMP '2026-01-01' AS a"),
                    bytes("SELECT TIMESTAMPTZ '2026-01-01 00:00:00Z' AS a"));

            assertInstanceOf(Reason.MeaningUnclear.class, reasons.get(0));
        }

        @Test
        void namesThatDifferOnlyInCaseAreRefused() throws Exception {
            List<Reason> reasons = refused(bytes("SELECT 1 AS Name"), bytes("SELECT 1 AS name"));

            assertEquals(
                    "part-1: column name is name, expected Name: names differ in case alone",
                    reasons.get(0).message());
        }

        @Test
        void everyPartIsCheckedAndEveryReasonListed() throws Exception {
            List<Reason> reasons = rewritten(
                    file, bytes("SELECT 1 AS a"), file, bytes("SELECT 1 AS c"), edit(data -> data.setCreated_by("me")));

            assertEquals(
                    List.of("part-1", "part-3", "part-4"),
                    reasons.stream().map(Reason::part).toList());
        }
    }

    @Nested
    class Properties {
        @Test
        void partsOfDifferentWritersNeedARewrite() throws Exception {
            byte[] other = edit(data -> data.setCreated_by("somebody else"));

            String message = rewritten(file, other).get(0).message();

            assertTrue(message.startsWith("part-1: created_by is \"somebody else\", expected \"DuckDB"), message);
        }

        @Test
        void aPartWithoutAWriterIsAnotherWriter() throws Exception {
            assertInstanceOf(
                    Reason.PropertyDiffers.class,
                    rewritten(file, edit(FileMetaData::unsetCreated_by)).get(0));
        }

        @Test
        void columnOrdersMustBeTheSame() throws Exception {
            byte[] ordered = edit(data -> data.setColumn_orders(List.of(
                    org.apache.parquet.format.ColumnOrder.TYPE_ORDER(new org.apache.parquet.format.TypeDefinedOrder()),
                    org.apache.parquet.format.ColumnOrder.TYPE_ORDER(
                            new org.apache.parquet.format.TypeDefinedOrder()))));
            byte[] plain = edit(FileMetaData::unsetColumn_orders);

            rewritten(plain, ordered);
            merged(ordered, ordered);
        }

        @Test
        void theNewestVersionIsKept() throws Exception {
            MergePlan plan = merged(edit(data -> data.setVersion(1)), edit(data -> data.setVersion(2)))
                    .plan();

            assertEquals(2, MergedFooter.footer(plan).getVersion());
        }

        @Test
        void aFieldOfTheFutureIsKeptIfAllPartsAgree() throws Exception {
            byte[] future = Footers.withUnknownField(file, 40, 17);

            MergePlan plan = merged(future, future).plan();

            FileFooter footer = FileFooter.parse(MergedFooter.footerBytes(plan));
            assertEquals(17, footer.unknown().get(40).reader().i64());
            rewritten(future, file);
            rewritten(future, Footers.withUnknownField(file, 40, 18));
        }
    }

    @Nested
    class KeyValues {
        private byte[] with(String... pairs) throws Exception {
            return edit(data -> {
                data.unsetKey_value_metadata();
                for (int i = 0; i < pairs.length; i += 2) {
                    data.addToKey_value_metadata(new KeyValue(pairs[i]).setValue(pairs[i + 1]));
                }
            });
        }

        private List<String> kept(MergeOutcome.Mergeable outcome) throws Exception {
            List<KeyValue> kept = MergedFooter.footer(outcome.plan()).getKey_value_metadata();
            return kept == null
                    ? List.of()
                    : kept.stream()
                            .map(each -> each.getKey() + "=" + each.getValue())
                            .toList();
        }

        @Test
        void keyValuesOfAllPartsAreKept() throws Exception {
            MergeOutcome.Mergeable outcome = merged(with("k", "1", "l", "2"), with("l", "2", "k", "1"));

            assertEquals(List.of("k=1", "l=2"), kept(outcome));
            assertEquals(List.of(), outcome.notes());
        }

        @Test
        void keyValuesThatDifferAreLeftOutWithANote() throws Exception {
            MergeOutcome.Mergeable outcome =
                    merged(with("k", "1", "l", "2"), with("k", "1", "l", "3"), with("k", "1", "m", "4"));

            assertEquals(List.of("k=1"), kept(outcome));
            assertEquals(
                    List.of("key l is left out: it differs between parts", "key m is left out: not all parts have it"),
                    outcome.notes().stream().map(Note::message).toList());
        }

        @Test
        void invalidPandasMetadataIsLeftOutEvenIfEqual() throws Exception {
            assertEquals(List.of("k=1"), kept(merged(with("k", "1", "pandas", "{}"), with("k", "1", "pandas", "{}"))));
        }

        @Test
        void keyValuesWithTypesMustBeEqual() throws Exception {
            for (String key : List.of("ARROW:schema", "geo")) {
                rewritten(with(key, "1"), with(key, "2"));
                rewritten(with(key, "1"), with());
                rewritten(with(), with(key, "1"));
                assertEquals(List.of(key + "=1"), kept(merged(with(key, "1"), with(key, "1"))));
            }
        }

        @Test
        void boxesOfGeoParquetAreLeftOutAndTypesAreKept() throws Exception {
            String geo = "{\"version\":\"1.0.0\",\"columns\":{\"g\":{\"bbox\":[1, -2.5,3,4],\"encoding\":\"WKB\"}}}";
            String elsewhere =
                    "{\"version\":\"1.0.0\",\"columns\":{\"g\":{\"encoding\":\"WKB\", \"bbox\" : [5,6,7,8]}}}";
            String without = "{\"version\":\"1.0.0\",\"columns\":{\"g\":{\"encoding\":\"WKB\"}}}";
            MergeOutcome.Mergeable outcome = merged(with("geo", geo), with("geo", elsewhere), with("geo", without));
            assertEquals(List.of("geo=" + without), kept(outcome));
            assertEquals(
                    List.of("key bbox of geo is left out: it differs between parts"),
                    outcome.notes().stream().map(Note::message).toList());
            assertEquals(List.of("geo=" + geo), kept(merged(with("geo", geo), with("geo", geo))));
            rewritten(with("geo", geo), with("geo", elsewhere.replace("WKB", "WKT")));
        }

        @Test
        void aSinglePartKeepsAll() throws Exception {
            assertEquals(List.of("pandas={}"), kept(merged(with("pandas", "{}"))));
        }
    }

    @Nested
    class RowGroups {
        private byte[] withColumn(Consumer<org.apache.parquet.format.ColumnChunk> change) throws Exception {
            return edit(data ->
                    change.accept(data.getRow_groups().get(0).getColumns().get(0)));
        }

        private byte[] withMetaData(Consumer<ColumnMetaData> change) throws Exception {
            return withColumn(column -> change.accept(column.getMeta_data()));
        }

        @Test
        void aColumnInAnotherFileIsNotCopied() throws Exception {
            assertInstanceOf(
                    Reason.ColumnElsewhere.class,
                    rewritten(file, withColumn(column -> column.setFile_path("there.parquet")))
                            .get(0));
        }

        @Test
        void aColumnWithoutMetaDataIsNotCopied() throws Exception {
            assertInstanceOf(
                    Reason.ColumnElsewhere.class,
                    rewritten(file, withColumn(org.apache.parquet.format.ColumnChunk::unsetMeta_data))
                            .get(0));
        }

        @Test
        void rowsMustAddUp() throws Exception {
            String message =
                    refused(file, edit(data -> data.setNum_rows(99))).get(0).message();

            assertEquals("part-1 has a damaged footer: its row groups have 100 rows, the file says 99", message);
        }

        @Test
        void pagesOutsideTheDataAreRefused() throws Exception {
            refused(file, withMetaData(data -> data.setData_page_offset(1L << 40)));
            refused(file, withMetaData(data -> data.setData_page_offset(2)));
            refused(file, withMetaData(data -> data.setData_page_offset(-1)));
            refused(file, withMetaData(data -> data.setTotal_compressed_size(file.length)));
            refused(file, withMetaData(data -> data.setTotal_compressed_size(-1)));
            refused(file, withMetaData(data -> data.setBloom_filter_offset(1L << 40)));
            refused(
                    file,
                    withColumn(
                            column -> column.setColumn_index_offset(file.length).setColumn_index_length(9)));
            refused(
                    file,
                    withColumn(
                            column -> column.setOffset_index_offset(file.length).setOffset_index_length(9)));
            refused(file, withColumn(column -> column.setOffset_index_offset(4).setOffset_index_length(9)));
        }

        @Test
        void anOffsetOfZeroStaysZero() throws Exception {
            MergePlan plan = merged(
                            file,
                            withMetaData(data -> data.setIndex_page_offset(0).setBloom_filter_offset(0)))
                    .plan();

            ColumnMetaData merged = MergedFooter.footer(plan)
                    .getRow_groups()
                    .get(1)
                    .getColumns()
                    .get(0)
                    .getMeta_data();
            assertEquals(0, merged.getIndex_page_offset());
            assertEquals(0, merged.getBloom_filter_offset());
        }

        @Test
        void anEmptyColumnMayHaveAnyOffset() throws Exception {
            byte[] empty = edit(data -> {
                data.setNum_rows(0).getRow_groups().get(0).setNum_rows(0);
                data.getRow_groups()
                        .get(0)
                        .getColumns()
                        .forEach(
                                column -> column.getMeta_data().setNum_values(0).setData_page_offset(0));
            });

            merged(file, empty);
        }

        @Test
        void theSortOrderOfRowGroupsIsLeftOut() throws Exception {
            byte[] sorted = edit(data ->
                    data.getRow_groups().get(0).setSorting_columns(List.of(new SortingColumn(0, false, false))));

            MergeOutcome.Mergeable outcome = merged(sorted, sorted);

            assertEquals(List.of(new Note.SortingDropped(2)), outcome.notes());
            assertEquals(
                    null,
                    MergedFooter.footer(outcome.plan()).getRow_groups().get(0).getSorting_columns());
        }

        @Test
        void ordinalsNumberTheMergedRowGroups() throws Exception {
            byte[] numbered = edit(data -> data.getRow_groups().get(0).setOrdinal((short) 0));

            MergePlan plan = merged(numbered, numbered, numbered).plan();

            assertEquals(
                    List.of((short) 0, (short) 1, (short) 2),
                    MergedFooter.footer(plan).getRow_groups().stream()
                            .map(org.apache.parquet.format.RowGroup::getOrdinal)
                            .toList());
        }

        @Test
        void anOffsetIndexOfTwoColumnsIsRefused() throws Exception {
            byte[] shared = edit(data -> data.getRow_groups()
                    .get(0)
                    .getColumns()
                    .forEach(column -> column.setOffset_index_offset(4).setOffset_index_length(9)));

            String message = refused(file, shared).get(0).message();

            assertEquals("part-1 has a damaged footer: offset indexes of 18 bytes overlap in 9 bytes", message);
        }

        @Test
        void aChunkOfAnotherTypeThanTheSchemaIsRefused() throws Exception {
            refused(file, withMetaData(data -> data.setType(org.apache.parquet.format.Type.DOUBLE)));
        }
    }

    @Nested
    class OtherFiles {
        @Test
        void encryptionIsRefused() throws Exception {
            byte[] magic = file.clone();
            magic[magic.length - 1] = 'E';

            assertInstanceOf(Reason.Encrypted.class, refused(file, magic).get(0));
            assertInstanceOf(
                    Reason.Encrypted.class,
                    refused(edit(data -> data.setEncryption_algorithm(EncryptionAlgorithm.AES_GCM_V1(new AesGcmV1()))))
                            .get(0));
        }

        @Test
        void aFileThatIsNotParquetIsRefused() throws Exception {
            assertInstanceOf(Reason.NotParquet.class, refused(new byte[0]).get(0));
            assertInstanceOf(
                    Reason.NotParquet.class, refused(file, new byte[11]).get(0));
            assertInstanceOf(
                    Reason.NotParquet.class,
                    refused(
                                    file,
                                    "id,name\n1,some text that is long enough\n"
                                            .getBytes(java.nio.charset.StandardCharsets.UTF_8))
                            .get(0));
        }

        @Test
        void aFileCutShortIsRefusedWhereverItWasCut() throws Exception {
            for (int length = 0; length < file.length; length++) {
                refused(file, Arrays.copyOf(file, length));
            }
        }

        @Test
        void aFooterLongerThanItsFileIsRefused() throws Exception {
            byte[] lying = file.clone();
            lying[lying.length - 5] = 0x7f;

            String message = refused(lying).get(0).message();

            assertTrue(message.startsWith("part-0 has a damaged footer: it claims a footer of 21"), message);
        }

        @Test
        void aFinalReasonDecidesHoweverManyOthersComeBefore() throws Exception {
            byte[][] files = new byte[ParquetLimits.FINDINGS + 3][];
            Arrays.fill(files, bytes("SELECT 1 AS z"));
            files[0] = file;
            files[files.length - 1] = new byte[100];

            assertEquals(ParquetLimits.FINDINGS + 1, refused(files).size());
        }
    }
}
