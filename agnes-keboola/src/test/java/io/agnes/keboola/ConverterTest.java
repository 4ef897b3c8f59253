// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.core.AgnesException.Kind;
import io.agnes.core.assembly.Conversion;
import io.agnes.core.composite.Part;
import io.agnes.core.parquet.ParquetColumn;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.parquet.RewriteOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class ConverterTest {
    private final Converter converter = new Converter(256 << 20);
    private final List<CsvSlice> slices = new ArrayList<>();

    @TempDir
    Path directory;

    @Nested
    class Slices {
        private final List<KeboolaColumn> columns = List.of(untyped("id"), untyped("cell"));

        @Test
        void aHeaderInAnySliceIsNoRow() throws Exception {
            text("\"id\",\"cell\"\n1,\"a\"\n", "2,\"b\"\n", "id,cell\n", "", "3,\"c\"");
            assertEquals(List.of("1a", "2b", "3c"), converted());
        }

        @Test
        void theOrderOfSlicesIsKept() throws Exception {
            text("3,c\n", "\"id\",\"cell\"\n1,a\n", "2,b\n");
            assertEquals(List.of("3c", "1a", "2b"), converted());
        }

        @Test
        void membersOfGzipFollowEachOther() throws Exception {
            slice(join(gzip("1,a\n2,"), gzip("b\n3,c\n")));
            assertEquals(List.of("1a", "2b", "3c"), converted());
        }

        @Test
        void compressedAndPlainSlicesMix() throws Exception {
            slice(gzip("1,a\n"));
            text("2,b\n");
            slice(gzip("3,c\n"));
            assertEquals(List.of("1a", "2b", "3c"), converted());
        }

        @Test
        void linesMayEndAsOnWindows() throws Exception {
            text("id,cell\r\n1,a\r\n2,\"b\"\r\n");
            assertEquals(List.of("1a", "2b"), converted());
        }

        @Test
        void aCellOfManyMegabytesIsRead() throws Exception {
            text("1,\"" + "x".repeat(20 << 20) + "\"\n", "2,b\n");
            assertEquals(List.of("20971521", "2"), List.of(String.valueOf(length()), "2"));
        }

        @Test
        void carriageReturnsInTheFirstCellsAreTextAndNoLineEnds() throws Exception {
            text("1,\"a\rb\"\n2,\"\r\n\"\n");
            slice(gzip("3,\"\r\"\n"));
            text("4,d\r\n5,e\r\n");
            assertEquals(List.of("1a\rb", "2\r\n", "3\r", "4d", "5e"), converted());
        }

        @Test
        void gzipThatWasCutIsAnError() throws Exception {
            byte[] whole = gzip("1,a\n2,b\n");
            assertRefused("slice_damaged", Arrays.copyOf(whole, whole.length - 4));
        }

        @Test
        void gzipWithAWrongSumIsAnError() throws Exception {
            byte[] damaged = gzip("1,a\n2,b\n");
            damaged[damaged.length - 6] ^= 1;
            assertRefused("slice_damaged", damaged);
        }

        @Test
        void aBombIsNotUnpacked() throws Exception {
            ByteArrayOutputStream bomb = new ByteArrayOutputStream();
            byte[] zeros = new byte[1 << 20];
            try (OutputStream gzip = new GZIPOutputStream(bomb)) {
                for (int i = 0; i < 200; i++) {
                    gzip.write(zeros);
                    gzip.write('\n');
                }
            }
            assertRefused("export_too_large", bomb.toByteArray());
        }

        @Test
        void anOpenQuoteIsAnError() {
            assertRefused("slice_damaged", "1,\"a\n2,b\n".getBytes(StandardCharsets.UTF_8));
        }

        @Test
        void aRecordWithACellTooManyIsAnErrorAndNotARowLost() throws Exception {
            text("1,a\n2,b,c\n3,d\n");
            KeboolaException e = assertThrows(KeboolaException.class, this::converted);
            assertEquals("conversion_failed", e.code());
            assertFalse(String.valueOf(e.getMessage()).contains(directory.toString()), e.getMessage());
        }

        private List<String> converted() throws IOException, InterruptedException {
            converter.csv(slices, columns, false, target());
            return read("id || cell");
        }

        private long length() throws IOException, InterruptedException {
            converter.csv(slices, columns, false, target());
            return Long.parseLong(read("sum(length(cell))").getFirst());
        }

        private void text(String... texts) throws IOException, InterruptedException {
            for (String text : texts) {
                slice(text.getBytes(StandardCharsets.UTF_8));
            }
        }

        private void slice(byte[] bytes) throws IOException, InterruptedException {
            scan(bytes, columns);
        }

        private void assertRefused(String code, byte[] bytes) {
            assertEquals(
                    code,
                    assertThrows(KeboolaException.class, () -> slice(bytes)).code());
        }
    }

    @Nested
    class Types {
        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                INTEGER   |              |      | 1;-2;             | BIGINT                   | 1;-2;null
                INTEGER   |              |      | 12345678901234567890123 | DECIMAL(38,0)       | 12345678901234567890123
                INTEGER   | NUMBER       | 38,0 | 1                 | DECIMAL(38,0)            | 1
                INTEGER   |              |      | 1.5;2             | VARCHAR                  | 1.5;2
                INTEGER   |              |      | 4.0;-5            | BIGINT                   | 4;-5
                INTEGER   |              |      | 1;n/a             | VARCHAR                  | 1;n/a
                NUMERIC   | NUMBER       | 10,2 | 1.5;-0.25;3       | DECIMAL(10,2)            | 1.50;-0.25;3.00
                NUMERIC   | NUMBER       | 10,2 | 1.500             | DECIMAL(10,2)            | 1.50
                NUMERIC   | NUMBER       | 10,2 | 1.255             | VARCHAR                  | 1.255
                NUMERIC   | NUMBER       | 4,2  | 100               | VARCHAR                  | 100
                NUMERIC   |              |      | 1.5               | DECIMAL(38,9)            | 1.500000000
                NUMERIC   | BIGNUMERIC   | 76,38 | 1.5              | VARCHAR                  | 1.5
                FLOAT     | FLOAT        |      | 1e3;0.1           | DOUBLE                   | 1000.0;0.1
                BOOLEAN   | BOOLEAN      |      | true;FALSE        | BOOLEAN                  | true;false
                DATE      | DATE         |      | 2026-02-28        | DATE                     | 2026-02-28
                DATE      | DATE         |      | 2026-02-30        | VARCHAR                  | 2026-02-30
                DATE      | DATE         |      | 2026-02-28 10:00:00 | VARCHAR                | 2026-02-28 10:00:00
                TIMESTAMP | TIMESTAMP_NTZ |     | 2026-02-28 10:00:00.123456 | TIMESTAMP       | 2026-02-28 10:00:00.123456
                TIMESTAMP | TIMESTAMP_NTZ |     | 2026-02-28 10:00:00.123456789 | VARCHAR      | 2026-02-28 10:00:00.123456789
                TIMESTAMP | TIMESTAMP    |      | 2014-11-10 13:12:06 UTC | TIMESTAMP WITH TIME ZONE | 2014-11-10 13:12:06+00
                TIMESTAMP | TIMESTAMP_TZ |      | 2014-11-10 13:12:06 +02:00;2014-11-10 13:12:06.5 -0130 | TIMESTAMP WITH TIME ZONE | 2014-11-10 11:12:06+00;2014-11-10 14:42:06.5+00
                STRING    | VARCHAR      |      | 1                 | VARCHAR                  | 1
                """)
        void aTypeIsGivenOnlyWithoutLoss(
                String base,
                @Nullable String type,
                @Nullable String length,
                String values,
                String expectedType,
                String expected)
                throws Exception {
            List<KeboolaColumn> columns = List.of(
                    untyped("id"),
                    new KeboolaColumn(
                            "cell", Optional.of(base), Optional.ofNullable(type), Optional.ofNullable(length)));
            StringBuilder text = new StringBuilder();
            for (String value : values.split(";", -1)) {
                text.append("1,").append(value).append('\n');
            }
            scan(text.toString().getBytes(StandardCharsets.UTF_8), columns);
            Conversion.Converted converted = converter.csv(slices, columns, true, target());
            assertEquals(List.of(expectedType), read("ANY_VALUE(typeof(cell))"));
            assertEquals(List.of(expected.split(";")), read("coalesce(cell::VARCHAR, 'null')"));
            boolean told = !base.equals("STRING") && expectedType.equals("VARCHAR");
            assertEquals(
                    told && !"76,38".equals(length) ? 1 : 0, converted.notes().size());
        }
    }

    /** By default DuckDB takes columns from the names of folders. */
    @ParameterizedTest
    @ValueSource(strings = {"v=9/a", "year=2024/v=9", "[v]", "*"})
    void theFoldersOfADraftSayNothing(String folder) throws Exception {
        directory = Files.createDirectories(directory.resolve(folder));
        List<KeboolaColumn> columns = List.of(
                untyped("id"), new KeboolaColumn("v", Optional.of("INTEGER"), Optional.empty(), Optional.empty()));
        scan("a,1\nb,5\n".getBytes(StandardCharsets.UTF_8), columns);
        Path text = directory.resolve("text.parquet");
        converter.csv(slices, columns, false, text);
        converter.typed(List.of(text), columns, target());
        assertEquals(
                List.of("a1", "b5"),
                query("SELECT id || v FROM read_parquet('" + target().toString().replaceAll("[\\[*]", "[$0]")
                        + "', hive_partitioning = false)"));
        Files.delete(target());
        assertEquals(new RewriteOutcome.Rewritten(2, List.of()), converter.rewrite(List.of(text), target()));
        assertEquals(List.of("id", "v"), columns(target()));
    }

    private static List<String> columns(Path file) throws IOException, InterruptedException {
        try (Part part = Part.of(file)) {
            return ((ParquetFile.Inspection.Opened) ParquetFile.inspect(part))
                    .file().schema().columns().stream().map(ParquetColumn::name).toList();
        }
    }

    @Test
    void aTableWithoutRowsHasItsTypes() throws Exception {
        List<KeboolaColumn> columns = List.of(
                untyped("id"),
                new KeboolaColumn("n", Optional.of("NUMERIC"), Optional.of("NUMBER"), Optional.of("38,0")));
        assertEquals(0, converter.empty(columns, true, target()).rows());
        assertEquals(
                List.of("VARCHAR", "DECIMAL(38,0)"),
                query("SELECT column_type FROM (DESCRIBE SELECT * FROM '" + target() + "')"));
    }

    @Test
    void wideRowsDoNotFillTheMemoryAndKeepTheirOrder() throws Exception {
        List<KeboolaColumn> columns = List.of(untyped("id"), untyped("cell"));
        for (int slice = 0; slice < 4; slice++) {
            StringBuilder text = new StringBuilder();
            for (int row = 0; row < 500; row++) {
                text.append(slice).append(row + 1000).append(',');
                text.repeat('a' + (row + slice) % 26, 150_000).append('\n');
            }
            scan(text.toString().getBytes(StandardCharsets.UTF_8), columns);
        }
        new Converter(200 << 20).csv(slices, columns, false, target());
        assertEquals(List.of("2000"), read("count(*)"));
        assertEquals(
                List.of("true"),
                query("SELECT bool_and(id::INT > before) FROM (SELECT id, lag(id::INT, 1, 0) OVER () AS before FROM '"
                        + target() + "')"));
    }

    @Test
    void memoryThatDoesNotSufficeIsALimitAndLeavesNoSpill() throws Exception {
        List<KeboolaColumn> columns = List.of(untyped("id"), untyped("cell"));
        scan(("1," + "x".repeat(60 << 20) + "\n").getBytes(StandardCharsets.UTF_8), columns);
        Converter small = new Converter(16 << 20);
        KeboolaException e = assertThrows(KeboolaException.class, () -> small.csv(slices, columns, false, target()));
        assertEquals(Kind.LIMIT, e.kind(), e.getMessage());
        assertFalse(Files.exists(directory.resolve("out.parquet.spill")));
    }

    private static KeboolaColumn untyped(String name) {
        return new KeboolaColumn(name, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private Path target() {
        return directory.resolve("out.parquet");
    }

    private void scan(byte[] bytes, List<KeboolaColumn> columns) throws IOException, InterruptedException {
        Path file = Files.write(directory.resolve("in-" + slices.size()), bytes);
        List<String> names = columns.stream().map(KeboolaColumn::name).toList();
        slices.add(CsvSlice.scan(file, "in-" + slices.size(), names));
    }

    private List<String> read(String item) {
        return query("SELECT " + item + " FROM '" + target() + "'");
    }

    private static List<String> query(String sql) {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            List<String> values = new ArrayList<>();
            try (ResultSet result = statement.executeQuery(sql)) {
                while (result.next()) {
                    values.add(String.valueOf(result.getString(1)));
                }
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] joined = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, joined, a.length, b.length);
        return joined;
    }
}
