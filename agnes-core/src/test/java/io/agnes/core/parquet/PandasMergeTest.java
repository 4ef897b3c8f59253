// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.Part;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.parquet.format.KeyValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Merges files of pandas, whose range index differs in {@code pandas} and in {@code ARROW:schema}. */
class PandasMergeTest {
    private byte[] twoRows = new byte[0];

    @BeforeEach
    void read() throws Exception {
        twoRows = file("pandas_2rows.parquet");
    }

    private static byte[] file(String name) throws Exception {
        try (InputStream in = PandasMergeTest.class.getResourceAsStream("cases/" + name)) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }

    private static MergeOutcome plan(List<byte[]> files) throws Exception {
        List<Part> parts = new ArrayList<>();
        for (byte[] file : files) {
            parts.add(Footers.part("part-" + parts.size(), file));
        }
        return ParquetMerge.plan(parts, MergeRules.standard().withoutShare());
    }

    /** The key-values of the merged file. Those in its ARROW:schema must be equal, and its types those of the first part. */
    private Map<String, String> merged(List<byte[]> files, String... notes) throws Exception {
        MergeOutcome.Mergeable outcome = assertInstanceOf(MergeOutcome.Mergeable.class, plan(files));
        assertEquals(List.of(notes), outcome.notes().stream().map(Note::message).toList());
        Map<String, String> values =
                keyValues(MergedFooter.footer(outcome.plan()).getKey_value_metadata());
        String text = Objects.requireNonNull(values.get("ARROW:schema"));
        ArrowSchema schema = ArrowSchema.parse(text).orElseThrow();
        assertTrue(schema.sameTypes(arrow(files.get(0))));
        assertEquals(values.get("pandas"), schema.metadata().get("pandas"));
        String bytes = new String(Base64.getDecoder().decode(text), StandardCharsets.ISO_8859_1);
        assertEquals(values.containsKey("pandas") ? 1 : 0, bytes.split("index_columns", -1).length - 1);
        return values;
    }

    private static Map<String, String> keyValues(List<KeyValue> all) {
        return all.stream().collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
    }

    private static ArrowSchema arrow(byte[] file) throws Exception {
        String text = keyValues(Footers.read(file).getKey_value_metadata()).get("ARROW:schema");
        return ArrowSchema.parse(Objects.requireNonNull(text)).orElseThrow();
    }

    /** Changes the pandas metadata in the footer and in ARROW:schema. */
    private byte[] with(UnaryOperator<String> change) throws Exception {
        ArrowSchema schema = arrow(twoRows);
        String pandas = change.apply(schema.metadata().get("pandas"));
        String changed = schema.with(Map.of("pandas", pandas)).orElseThrow();
        return Footers.edit(
                twoRows,
                data -> data.setKey_value_metadata(List.of(
                        new KeyValue("pandas").setValue(pandas), new KeyValue("ARROW:schema").setValue(changed))));
    }

    private byte[] range(int start, int stop) throws Exception {
        return with(text -> text.replace("\"start\": 0, \"stop\": 2", "\"start\": " + start + ", \"stop\": " + stop));
    }

    private static void assertIndex(String expected, Map<String, String> values) {
        String pandas = Objects.requireNonNull(values.get("pandas"));
        assertTrue(pandas.startsWith("{\"index_columns\": " + expected + ", \"column_indexes\""), pandas);
        assertTrue(pandas.contains("\"pandas_type\": \"date\""), pandas);
    }

    private static String counted(int start, int stop) {
        return "[{\"kind\": \"range\", \"name\": null, \"start\": " + start + ", \"stop\": " + stop + ", \"step\": 1}]";
    }

    @Test
    void anIndexThatStartsAtZeroInEachPartCountsTheMergedRows() throws Exception {
        assertIndex(
                counted(0, 4),
                merged(
                        List.of(twoRows, twoRows),
                        "the pandas index counts the 4 rows of the merged file from 0; it began anew in each part"));
        // The new value is longer than the old one.
        assertIndex(
                counted(0, 120),
                merged(
                        Collections.nCopies(60, twoRows),
                        "the pandas index counts the 120 rows of the merged file from 0; it began anew in each part"));
    }

    @Test
    void rangesThatFollowEachOtherAreOneRange() throws Exception {
        assertIndex(counted(7, 11), merged(List.of(range(7, 9), range(9, 11))));
    }

    @Test
    void anIndexThatDoesNotCountTheRowsIsLeftOutAndTheRestStays() throws Exception {
        assertIndex(
                "[]",
                merged(
                        List.of(twoRows, file("pandas_stop3.parquet")),
                        "the pandas index is left out: it counts 3 rows of a part that has 2"));
        assertIndex(
                "[]",
                merged(
                        List.of(range(0, 2), range(7, 9)),
                        "the pandas index is left out: the ranges of the parts do not follow each other"));
    }

    @Test
    void anIndexInColumnsStaysAsItIs() throws Exception {
        byte[] file = with(text -> text.replace(counted(0, 2), "[\"foo\"]"));
        assertIndex("[\"foo\"]", merged(List.of(file, file)));
    }

    @Test
    void metadataThatDiffersIsLeftOutInBothPlaces() throws Exception {
        byte[] other = with(text -> text.replace("\"1.1.4\"", "\"2.2.0\""));
        assertFalse(merged(List.of(twoRows, other), "key pandas is left out: it differs between parts")
                .containsKey("pandas"));
    }

    @Test
    void anotherTypeInsideTheSchemaOfArrowIsAnotherSchema() throws Exception {
        String text = keyValues(Footers.read(twoRows).getKey_value_metadata()).get("ARROW:schema");
        String bytes = new String(Base64.getDecoder().decode(text), StandardCharsets.ISO_8859_1);
        String changed = Base64.getEncoder()
                .encodeToString(bytes.replace("\0foo\0", "\0bar\0").getBytes(StandardCharsets.ISO_8859_1));
        byte[] other = Footers.edit(
                twoRows,
                data -> data.getKey_value_metadata().stream()
                        .filter(each -> each.getKey().equals("ARROW:schema"))
                        .forEach(each -> each.setValue(changed)));
        Reason reason = assertInstanceOf(MergeOutcome.NeedsRewrite.class, plan(List.of(twoRows, other)))
                .reasons()
                .get(0);
        assertEquals(
                "part-1: key-value ARROW:schema is another or none, expected that of the first part", reason.message());
    }

    @Test
    void aSchemaOfArrowWithAnyByteChangedIsReadOrLeftAlone() throws Exception {
        String text = keyValues(Footers.read(twoRows).getKey_value_metadata()).get("ARROW:schema");
        byte[] bytes = Base64.getDecoder().decode(text);
        int read = 0;
        for (int i = 0; i < bytes.length; i++) {
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
                byte[] mutant = bytes.clone();
                mutant[i] = (byte) value;
                var schema = ArrowSchema.parse(Base64.getEncoder().encodeToString(mutant));
                read += schema.isPresent() ? 1 : 0;
                schema.ifPresent(each -> each.with(Map.of()));
            }
        }
        assertTrue(read > 0 && read < bytes.length * 5, "read " + read);
    }

    @Test
    void invalidPandasMetadataIsNotParsed() {
        for (String text : List.of(
                "",
                "{",
                "[]",
                "{}",
                "{\"index_columns\": 7}",
                "{\"index_columns\": [",
                "{\"index_columns\": [{\"kind\": \"range\"}]}")) {
            assertTrue(PandasMetadata.parse(text).isEmpty(), text);
        }
    }
}
