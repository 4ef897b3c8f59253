// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/**
 * Compares the types of random text columns, with valid and almost valid texts, with a model: a column has a type
 * exactly if every text is a value of the type, and then it has these values.
 */
@Tag("slow")
class RandomTextTest {
    private static final String WORD = "0000-00-00";
    private static final int COLUMNS = 60;
    private static final int ROWS = 3;

    private static Path dir;
    private static Connection reader;

    /** A type in Keboola, and the possible result types, best first. */
    private enum Known {
        INTEGER(List.of(TextModel.BIGINT, TextModel.WIDE), "INTEGER", null, null),
        WIDE(List.of(TextModel.WIDE), "INTEGER", "NUMBER", "38,0"),
        SHORT(List.of(TextModel.decimal(9, 0)), "NUMERIC", "NUMBER", "9"),
        NUMERIC(List.of(TextModel.decimal(38, 9)), "NUMERIC", null, null),
        MONEY(List.of(TextModel.decimal(10, 2)), "NUMERIC", "NUMBER", "10,2"),
        FLOAT(List.of(TextModel.DOUBLE), "FLOAT", null, null),
        BOOLEAN(List.of(TextModel.BOOLEAN), "BOOLEAN", null, null),
        DATE(List.of(TextModel.DATE), "DATE", null, null),
        TIMESTAMP(List.of(TextModel.TIMESTAMP, TextModel.TIMESTAMPTZ), "TIMESTAMP", null, null),
        ZONED(List.of(TextModel.TIMESTAMPTZ, TextModel.TIMESTAMP), "TIMESTAMP", "TIMESTAMP_TZ", null);

        private final List<TextModel> models;
        private final KeboolaColumn column;

        Known(List<TextModel> models, String base, @Nullable String type, @Nullable String length) {
            this.models = models;
            this.column =
                    new KeboolaColumn("", Optional.of(base), Optional.ofNullable(type), Optional.ofNullable(length));
        }

        KeboolaColumn named(String name) {
            return new KeboolaColumn(name, column.baseType(), column.type(), column.length());
        }
    }

    private record Column(Known known, List<String> texts) {
        List<String> present() {
            return texts.stream()
                    .filter(text -> !text.isEmpty() && !text.equals(WORD))
                    .toList();
        }

        Optional<TextModel> model() {
            return TextModel.of(known.models, present());
        }

        /** The type, then each value. */
        List<?> expected() {
            return model().<List<?>>map(model -> list(
                            model.type(),
                            text -> present().contains(text)
                                    ? model.read().apply(text).orElseThrow()
                                    : null))
                    .orElseGet(() -> list("VARCHAR", text -> text));
        }

        private List<Object> list(String type, Function<String, @Nullable Object> value) {
            List<Object> list = new ArrayList<>(List.of(type));
            texts.forEach(text -> list.add(plain(value.apply(text))));
            return list;
        }
    }

    @BeforeContainer
    static void open() throws IOException, SQLException {
        dir = Files.createTempDirectory("texts");
        reader = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = reader.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
        }
    }

    @AfterContainer
    static void close() throws IOException, SQLException {
        reader.close();
        try (var files = Files.list(dir)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(dir);
    }

    // The generated texts include the edge cases. A failure prints the whole column.
    @Property(tries = 20, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void aColumnHasATypeExactlyIfItsTextsMeanValuesOfIt(@ForAll("columns") List<Column> columns) throws Exception {
        List<KeboolaColumn> known = IntStream.range(0, columns.size())
                .mapToObj(i -> columns.get(i).known.named("c" + i))
                .toList();
        Path target = dir.resolve("out.parquet");
        Files.deleteIfExists(target);
        Path slice = Files.writeString(dir.resolve("in"), csv(columns));
        List<String> names = known.stream().map(KeboolaColumn::name).toList();
        new Converter(256 << 20, new MissingValues(List.of("", WORD)))
                .csv(List.of(CsvSlice.scan(slice, "in", names)), known, true, target);
        List<List<Object>> found = read(target, columns.size());
        for (int i = 0; i < columns.size(); i++) {
            assertEquals(columns.get(i).expected(), found.get(i), columns.get(i).toString());
        }
    }

    private static String csv(List<Column> columns) {
        return IntStream.range(0, ROWS)
                .mapToObj(row -> columns.stream()
                        .map(column -> '"' + column.texts.get(row).replace("\"", "\"\"") + '"')
                        .collect(Collectors.joining(",")))
                .collect(Collectors.joining("\n"));
    }

    private static List<List<Object>> read(Path file, int columns) throws SQLException {
        String items = IntStream.range(0, columns)
                .mapToObj(i -> "typeof(c" + i + "), CASE WHEN typeof(c" + i + ") LIKE 'TIMESTAMP%' THEN epoch_us(c" + i
                        + "::VARCHAR::TIMESTAMP)::VARCHAR ELSE c" + i + "::VARCHAR END, TRY_CAST(c" + i
                        + "::VARCHAR AS DOUBLE)")
                .collect(Collectors.joining(", "));
        List<List<Object>> read = new ArrayList<>();
        try (Statement statement = reader.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT " + items + " FROM '" + file + "'")) {
                while (rows.next()) {
                    for (int i = 0; i < columns; i++) {
                        if (read.size() == i) {
                            read.add(new ArrayList<>(List.of(rows.getString(3 * i + 1))));
                        }
                        read.get(i).add(value(rows, 3 * i + 1));
                    }
                }
            }
        }
        return read;
    }

    private static Object value(ResultSet rows, int column) throws SQLException {
        String text = rows.getString(column + 1);
        String type = rows.getString(column);
        if (text == null) {
            return "NULL";
        }
        if (type.equals("DOUBLE")) {
            return plain(rows.getDouble(column + 2));
        }
        return type.startsWith("DECIMAL") || type.equals("BIGINT") ? plain(new BigDecimal(text)) : text;
    }

    private static Object plain(@Nullable Object value) {
        return switch (value) {
            case null -> "NULL";
            case Double number -> number;
            case BigInteger number -> plain(new BigDecimal(number));
            case BigDecimal number -> number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
            default -> value.toString();
        };
    }

    @Provide
    Arbitrary<List<Column>> columns() {
        return Arbitraries.of(Known.values())
                .flatMap(known -> texts(known).map(texts -> new Column(known, texts)))
                .list()
                .ofSize(COLUMNS);
    }

    /** Mostly texts of one kind, because otherwise most columns would remain text. */
    private static Arbitrary<List<String>> texts(Known known) {
        Arbitrary<String> valid = valid(known);
        Arbitrary<String> near = valid.flatMap(RandomTextTest::changed);
        Arbitrary<String> any = Arbitraries.frequencyOf(
                Tuple.of(12, valid),
                Tuple.of(3, near),
                Tuple.of(2, Arbitraries.of("", WORD)),
                Tuple.of(1, Arbitraries.of(Known.values()).flatMap(RandomTextTest::valid)),
                Tuple.of(1, Arbitraries.of(ODD)));
        return any.list().ofSize(ROWS);
    }

    private static final List<String> ODD = List.of(
            "NULL",
            "null",
            "NaN",
            "nan",
            "inf",
            "-inf",
            "Infinity",
            "infinity",
            "epoch",
            "today",
            "1_000",
            "1,5",
            "0x10",
            "0b1",
            "1e3",
            "1e400",
            "1e-400",
            "4.9e-324",
            "2.2250738585072014e-308",
            "2.2250738585072011e-308",
            "1.7976931348623157e308",
            "1.7976931348623159e308",
            "9007199254740993",
            "9007199254740992",
            "0.1",
            "0.10000000000000001",
            "0.10000000000000002",
            "0.1000000000000000055511151231257827",
            "0.30000000000000004",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "9223372036854775807.0",
            "99999999999999999999999999999999999999",
            "100000000000000000000000000000000000000",
            "08028",
            "-0",
            "+0",
            "00",
            "-00",
            "0.",
            ".0",
            ".",
            "-.5",
            "+",
            "-",
            "e5",
            "1e",
            "1e+",
            "1e0005",
            "0e999",
            "true",
            "T",
            "on",
            "off",
            "2",
            "1.0",
            "tru",
            "YES",
            "nO",
            "2024-02-29",
            "2023-02-29",
            "0000-01-01",
            "0001-01-01",
            "9999-12-31",
            "10000-01-01",
            "2024-1-1",
            "2024/01/01",
            "20240101",
            "0044-03-15 (BC)",
            "2024-01-01 24:00:00",
            "2024-01-01 23:59:60",
            "2024-01-01 10:00:00.",
            "2024-01-01 10:00:00.1234567",
            "2024-01-01 10:00:00.1234560000",
            "2024-01-01T10:00",
            "2024-01-01 10",
            "2024-01-01 10:00:00+15:59",
            "2024-01-01 10:00:00+16",
            "2024-01-01 10:00:00 -0000",
            "2024-01-01 10:00:00 Z",
            "2024-01-01 10:00:00UTC",
            "2024-01-01 10:00:00 utc",
            "2024-01-01 10:00:00+1",
            "0001-01-01 00:00:00+12",
            "0000-12-31 23:00:00-02",
            "9999-12-31 23:59:59.999999-12",
            "9999-12-31 23:59:59.999999",
            "2024-01-01 10:00:00 Europe/Prague",
            "١٢",
            "１",
            "1\u00a0000",
            "5\u0000",
            "ſ",
            "Ｔ");

    private static Arbitrary<String> valid(Known known) {
        return switch (known) {
            case INTEGER, WIDE -> Arbitraries.oneOf(whole(19), whole(38));
            case SHORT -> whole(9);
            case NUMERIC -> Combinators.combine(whole(30), fraction(10)).as((a, b) -> a + b);
            case MONEY -> Combinators.combine(whole(8), fraction(3)).as((a, b) -> a + b);
            case FLOAT ->
                Arbitraries.oneOf(
                        Arbitraries.longs().map(Double::longBitsToDouble).map(String::valueOf),
                        Arbitraries.longs().map(bits -> String.format("%.16e", Double.longBitsToDouble(bits))),
                        Combinators.combine(whole(18), fraction(18), exponent()).as((a, b, c) -> a + b + c));
            case BOOLEAN -> Arbitraries.of("true", "false", "t", "F", "1", "0", "yes", "No", "y", "TRUE");
            case DATE -> date();
            case TIMESTAMP -> Combinators.combine(date(), time()).as((a, b) -> a + b);
            case ZONED -> Combinators.combine(date(), time(), zone()).as((a, b, c) -> a + b + c);
        };
    }

    private static Arbitrary<String> whole(int digits) {
        Arbitrary<String> sign = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just("")),
                Tuple.of(2, Arbitraries.just("-")),
                Tuple.of(1, Arbitraries.just("+")));
        Arbitrary<String> number = Arbitraries.integers()
                .between(1, digits)
                .flatMap(length -> Arbitraries.bigIntegers()
                        .between(BigInteger.ZERO, BigInteger.TEN.pow(length).subtract(BigInteger.ONE)))
                .map(BigInteger::toString);
        Arbitrary<String> end = Arbitraries.frequency(Tuple.of(8, ""), Tuple.of(1, "."), Tuple.of(1, ".00"));
        return Combinators.combine(sign, number, end).as((a, b, c) -> a + b + c);
    }

    private static Arbitrary<String> fraction(int digits) {
        return Combinators.combine(
                        Arbitraries.strings().numeric().ofMinLength(0).ofMaxLength(digits),
                        Arbitraries.frequency(
                                Tuple.of(5, ""),
                                Tuple.of(1, "0"),
                                Tuple.of(1, "000000000000000000000000000000000000000000")))
                .as((a, b) -> a.isEmpty() ? "" : "." + a + b);
    }

    private static Arbitrary<String> exponent() {
        return Arbitraries.oneOf(
                Arbitraries.just(""),
                Combinators.combine(
                                Arbitraries.of("e", "E"),
                                Arbitraries.of("", "+", "-"),
                                Arbitraries.integers().between(0, 330))
                        .as((e, sign, power) -> e + sign + power));
    }

    private static Arbitrary<String> date() {
        Arbitrary<Integer> year = Arbitraries.oneOf(
                Arbitraries.integers().between(1990, 2030),
                Arbitraries.integers().between(0, 9999));
        return Combinators.combine(
                        year,
                        Arbitraries.integers().between(1, 12),
                        Arbitraries.integers().between(1, 31))
                .as((y, m, d) -> String.format("%04d-%02d-%02d", y, m, Math.min(d, m == 2 ? 29 : 31)));
    }

    private static Arbitrary<String> time() {
        Arbitrary<String> end = Arbitraries.oneOf(
                Arbitraries.just(""),
                Arbitraries.integers().between(0, 60).map(second -> String.format(":%02d", second)),
                Combinators.combine(Arbitraries.integers().between(0, 59), fraction(8))
                        .as((second, fraction) -> String.format(":%02d", second) + fraction));
        return Combinators.combine(
                        Arbitraries.of(" ", "T"),
                        Arbitraries.integers().between(0, 24),
                        Arbitraries.integers().between(0, 60),
                        end)
                .as((gap, hour, minute, rest) -> gap + String.format("%02d:%02d", hour, minute) + rest);
    }

    private static Arbitrary<String> zone() {
        Arbitrary<String> offset = Combinators.combine(
                        Arbitraries.of("", " "),
                        Arbitraries.of("+", "-"),
                        Arbitraries.integers().between(0, 17),
                        Arbitraries.of("", ":", "30", ":30", ":59", "60", "00"))
                .as((gap, sign, hour, rest) -> gap + sign + String.format("%02d", hour) + rest);
        return Arbitraries.oneOf(Arbitraries.of(" UTC", "Z"), offset);
    }

    /** Adds, removes or replaces one character. */
    private static Arbitrary<String> changed(String text) {
        return Combinators.combine(
                        Arbitraries.integers().between(0, text.length()),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of(
                                "0", "1", "9", "+", "-", ".", "e", "E", "_", " ", ",", ":", "T", "Z", "/", "\t", "\n",
                                "f", "d", "x", "%", "(", "\u00a0"))
                .as((at, way, c) -> switch (way) {
                    case 0 -> text.substring(0, at) + c + text.substring(at);
                    case 1 -> text.substring(0, at) + text.substring(Math.min(text.length(), at + 1));
                    default -> text.substring(0, at) + c + text.substring(Math.min(text.length(), at + 1));
                });
    }
}
