// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.table.EmptyAsNull;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.FakeTable;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Untyped tables whose columns have a known type, exported like a project's. */
@Tag("slow")
class TypedTextTest {
    private static final String TABLE = "in.c-t.cells";
    private static final String FOUR_LETTERS = "NULL (the four letters)";

    @TempDir
    Path directory;

    private record Line(String baseType, List<String> texts, String type, List<String> values, String note) {
        static Line of(String line) {
            String[] cells = line.split("\t", -1);
            return new Line(cells[0], List.of(cells[1], cells[2]), cells[3], List.of(cells[4], cells[5]), cells[6]);
        }
    }

    private record Typed(String type, List<String> values, List<String> notes) {}

    static Stream<Arguments> lines() throws IOException {
        try (InputStream file = Objects.requireNonNull(TypedTextTest.class.getResourceAsStream("typed-text.tsv"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .skip(1)
                            .map(Line::of)
                            .flatMap(line -> Arrays.stream(ExportFileType.values())
                                    .map(fileType -> Arguments.of(line, fileType)))
                            .toList()
                            .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("lines")
    void aTypedValueMeansWhatItsTextSays(Line line, ExportFileType fileType) throws Exception {
        Typed typed = exported(line.baseType, line.texts, config -> config.withFileType(fileType));
        assertEquals(line.type, typed.type.replaceAll("\\(.*", ""));
        assertEquals(
                line.values.stream().map(value -> plain(line.type, value)).toList(),
                typed.values.stream().map(value -> plain(line.type, value)).toList());
        assertNoted(line, String.join("\n", typed.notes));
    }

    private static void assertNoted(Line line, String notes) {
        boolean empty = line.texts.contains("") && !line.baseType.equals("STRING");
        boolean text = line.type.equals("VARCHAR") && !line.baseType.equals("STRING");
        assertEquals(empty, notes.contains("column cell: 1 empty text became NULL"), notes);
        assertEquals(text, notes.contains("column cell stays text: "), notes);
        assertEquals(line.note.contains("leading zeros"), notes.contains("2 with leading zeros"), notes);
    }

    /** The scale of a decimal is that of its column. */
    private static String plain(String type, String value) {
        if (value.equals("NULL") || !type.equals("DECIMAL")) {
            return value;
        }
        return new BigDecimal(value).stripTrailingZeros().toPlainString();
    }

    @ParameterizedTest
    @EnumSource(ExportFileType.class)
    void aWordOfTheSettingsBecomesNullAndIsCounted(ExportFileType fileType) throws Exception {
        UnaryOperator<KeboolaConfig> words =
                config -> config.withFileType(fileType).withNullWords(List.of("0000-00-00", "it's n/a"));
        Typed typed = exported("DATE", List.of("0000-00-00", "2024-01-01", "", "0000-00-00", "it's n/a"), words);
        assertEquals(new Typed("DATE", List.of("NULL", "2024-01-01", "NULL", "NULL", "NULL"), typed.notes), typed);
        assertTrue(
                typed.notes.containsAll(List.of(
                        "column cell: 1 empty text became NULL",
                        "column cell: 2 values 0000-00-00 became NULL",
                        "column cell: 1 value it's n/a became NULL")),
                typed.notes::toString);
    }

    @Test
    void aWordOfTheSettingsCountsBeforeTheValueItCouldBe() throws Exception {
        Typed typed = exported("INTEGER", List.of("-1", "7"), config -> config.withNullWords(List.of("-1")));
        assertEquals(List.of("NULL", "7"), typed.values);
    }

    @Test
    void aColumnThatStaysTextKeepsItsEmptyTextsAndWords() throws Exception {
        Typed typed = exported("INTEGER", List.of("", "-", "5", "five"), config -> config.withNullWords(List.of("-")));
        assertEquals(new Typed("VARCHAR", List.of("", "-", "5", "five"), typed.notes), typed);
        assertEquals(
                List.of("column cell stays text: 1 of 4 values are no BIGINT"),
                typed.notes.stream().filter(note -> note.startsWith("column")).toList());
    }

    @Test
    void aColumnOfTextKnowsNoMissingValues() throws Exception {
        Typed typed = exported("STRING", List.of("", "-"), config -> config.withNullWords(List.of("-")));
        assertEquals(List.of("", "-"), typed.values);
    }

    @Test
    void emptyTextIsKeptIfThatIsAskedFor() throws Exception {
        Typed typed = exported("INTEGER", List.of("", "5"), config -> config.withEmptyAsNull(EmptyAsNull.NEVER));
        assertEquals(new Typed("VARCHAR", List.of("", "5"), typed.notes), typed);
        assertTrue(
                typed.notes.contains("column cell stays text: 1 of 2 values are no BIGINT (1 empty)"),
                typed.notes::toString);
    }

    @Test
    void aColumnWithoutAnyValueGetsItsType() throws Exception {
        Typed typed = exported("NUMERIC", List.of("", ""), UnaryOperator.identity());
        assertEquals(List.of("NULL", "NULL"), typed.values);
        assertTrue(typed.notes.contains("column cell: 2 empty texts became NULL"), typed.notes::toString);
    }

    @Test
    void whatKeepsAColumnTextIsSaid() throws Exception {
        Typed typed = exported(
                "FLOAT", List.of("1.5", " 2", "007", "1e999", "0.12345678901234567890", "x"), UnaryOperator.identity());
        assertTrue(
                typed.notes.contains("column cell stays text: 5 of 6 values are no DOUBLE (1 with blanks around,"
                        + " 1 with leading zeros, 2 with more digits than it keeps, or too large or small)"),
                typed.notes::toString);
    }

    private Typed exported(String baseType, List<String> texts, UnaryOperator<KeboolaConfig> settings)
            throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().strict().start();
                Exports exports = new Exports(keboola, directory, settings)) {
            FakeTable table = keboola.table(TABLE).columns("id", "cell");
            table.metadata("cell", "KBC.datatype.basetype", baseType);
            for (int row = 0; row < texts.size(); row++) {
                String text = texts.get(row);
                table.row(String.valueOf(row + 10), text.equals(FOUR_LETTERS) ? "NULL" : text);
            }
            ExportResult result = exports.all(TABLE);
            String file = Tables.parquet(exports.draft.path());
            String shown = "coalesce(CASE WHEN typeof(cell) = 'VARCHAR' AND cell::VARCHAR = 'NULL' THEN '"
                    + FOUR_LETTERS + "' ELSE cell::VARCHAR END, 'NULL')";
            return new Typed(
                    Tables.column("SELECT column_type FROM (DESCRIBE SELECT cell FROM " + file + ")")
                            .getFirst(),
                    Tables.column("SELECT " + shown + " FROM " + file + " ORDER BY id"),
                    result.notes());
        }
    }
}
