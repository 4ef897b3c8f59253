// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.duckdb.DuckDbParquet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A rewrite keeps every value or refuses, and notes its other changes. */
class RewriteTest {
    private static final Path CASES = Path.of("src/test/resources/io/agnes/core/parquet/cases");
    private static final int JULIAN_DAY = 2_459_000;
    private static TestDuckDb duckDb;

    @TempDir
    Path dir;

    @BeforeAll
    static void open() throws Exception {
        duckDb = TestDuckDb.open();
        duckDb.run("SET TimeZone = 'UTC'");
    }

    @AfterAll
    static void close() throws Exception {
        duckDb.close();
    }

    private Path target() {
        return dir.resolve("out.parquet");
    }

    private RewriteOutcome rewrite(Path... parts) throws Exception {
        return DuckDbParquet.of(256L << 20).rewrite(List.of(parts), target());
    }

    private String refused(Path... parts) throws Exception {
        List<Reason> reasons =
                assertInstanceOf(RewriteOutcome.Refused.class, rewrite(parts)).reasons();
        assertFalse(Files.exists(target()));
        return String.join("\n", reasons.stream().map(Reason::message).toList());
    }

    private List<String> notes(Path... parts) throws Exception {
        return assertInstanceOf(RewriteOutcome.Rewritten.class, rewrite(parts)).notes().stream()
                .map(Note::message)
                .toList();
    }

    private List<String> column(String item) throws Exception {
        return duckDb.rows("SELECT " + item + " FROM read_parquet('" + target() + "', hive_partitioning = false)");
    }

    private Path part(String name, String query) throws Exception {
        return duckDb.copy(query, dir.resolve(name), "");
    }

    @Test
    void foldersNamedLikeAColumnDoNotReplaceItsValues() throws Exception {
        assertEquals(
                List.of("column id was stored as optional int32 id and is optional int64 id"),
                notes(CASES.resolve("hive/id=7/x.parquet"), CASES.resolve("hive/id=8/x.parquet")));
        assertEquals(List.of("1|", "5|"), column("id"));
    }

    @Test
    void foldersNamedLikeNoColumnAddNone() throws Exception {
        Path folder = CASES.resolve("hive/year=2024/m");
        rewrite(folder.resolve("a.parquet"), folder.resolve("b.parquet"));
        assertEquals(
                List.of("id|", "s|"),
                duckDb.rows("SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet('" + target() + "'))"));
    }

    @ParameterizedTest
    @CsvSource({"i64,u64", "dec38,dec10_9", "i32,f32", "i96,i96b"})
    void filesThatNoTypeHoldsAreRefused(String one, String other) throws Exception {
        String said = refused(CASES.resolve(one + ".parquet"), CASES.resolve(other + ".parquet"));
        assertTrue(said.contains(one + ".parquet"), said);
    }

    @Test
    void aRefusalNamesColumnTypesAndFiles() throws Exception {
        String said = refused(
                part("a.parquet", "SELECT 1::BIGINT AS n, 'x' AS t"),
                part("b.parquet", "SELECT 1::UBIGINT AS n, 'x' AS t"));
        assertEquals(
                "b.parquet: column n is int64 (INTEGER(64,false)), expected int64 (INTEGER(64,true)) as in a.parquet:"
                        + " no type holds the values of both as they are",
                said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BIGINT        | UBIGINT
            BIGINT        | DOUBLE
            INTEGER       | FLOAT
            UINTEGER      | FLOAT
            DECIMAL(38,0) | DECIMAL(10,9)
            DECIMAL(38,20) | BIGINT
            DECIMAL(9,2)  | DOUBLE
            DATE          | TIMESTAMP
            TIMESTAMP     | TIMESTAMPTZ
            TIMESTAMP     | TIMESTAMP_NS
            TIME          | TIME_NS
            VARCHAR       | BLOB
            VARCHAR       | INTEGER
            BOOLEAN       | INTEGER
            INTEGER[]     | BIGINT[]
            INTEGER[]     | INTEGER
            """)
    void typesThatNoTypeHoldsAreRefused(String one, String other) throws Exception {
        for (List<String> types : List.of(List.of(one, other), List.of(other, one))) {
            String said = refused(
                    part("a.parquet", "SELECT NULL::" + types.get(0) + " AS v"),
                    part("b.parquet", "SELECT NULL::" + types.get(1) + " AS v"));
            assertTrue(said.contains("column v") && said.contains("a.parquet") && said.contains("b.parquet"), said);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            TINYINT       | -128                 | SMALLINT      | 32767                | SMALLINT
            INTEGER       | -2147483648          | BIGINT        | 9223372036854775807  | BIGINT
            UINTEGER      | 4294967295           | INTEGER       | -2147483648          | BIGINT
            UBIGINT       | 18446744073709551615 | UTINYINT      | 255                  | UBIGINT
            FLOAT         | 16777216.0           | DOUBLE        | 0.1                  | DOUBLE
            INTEGER       | 2147483647           | DOUBLE        | 0.1                  | DOUBLE
            SMALLINT      | 32767                | FLOAT         | 0.5                  | FLOAT
            DECIMAL(5,2)  | 999.99               | DECIMAL(10,4) | 999999.9999          | DECIMAL(10,4)
            DECIMAL(10,2) | 99999999.99          | DECIMAL(10,4) | 999999.9999          | DECIMAL(12,4)
            INTEGER       | -2147483648          | DECIMAL(10,2) | 0.01                 | DECIMAL(12,2)
            """)
    void aTypeThatHoldsBothIsTaken(String one, String value, String other, String otherValue, String both)
            throws Exception {
        rewrite(
                part("a.parquet", "SELECT '" + value + "'::" + one + " AS v"),
                part("b.parquet", "SELECT '" + otherValue + "'::" + other + " AS v"));
        assertEquals(List.of(both + "|", both + "|"), column("typeof(v)"));
        assertEquals(
                List.of("true|"),
                column("bool_and(v IN ('" + value + "'::" + both + ", '" + otherValue + "'::" + both
                        + ")) AND count(DISTINCT v) = 2"));
    }

    @Test
    void valuesOfEveryTypeThatIsKeptAreKept() throws Exception {
        String row =
                "SELECT i, i::TINYINT AS a, (i % 2 = 0) AS b, i::FLOAT / 3 AS c, 'x' || i AS d, ('b' || i)::BLOB AS e,"
                        + " i::DECIMAL(38, 9) / 7 AS f, DATE '1969-12-31' + i::INTEGER AS g, TIME '10:00:00' + to_seconds(i) AS h,"
                        + " TIMESTAMP '1066-10-14' + to_microseconds(i) AS j, TIMESTAMP_NS '2020-01-01 00:00:00.123456789' AS k,"
                        + " TIMESTAMPTZ '2020-01-01 00:00:00+00' + to_hours(i) AS l, TIMESTAMP_MS '2020-01-01 00:00:00.123' AS m,"
                        + " '550e8400-e29b-41d4-a716-446655440000'::UUID AS n, INTERVAL (i) MONTH AS o, [i, NULL] AS p,"
                        + " {'x': i, 'y': {'z': 'u'}} AS q, MAP {'k' || i: i} AS r, '{\"a\":1}'::JSON AS s,"
                        + " CASE WHEN i % 3 = 0 THEN i END AS t FROM range(";
        Path one = part("a.parquet", row + "0, 100) t(i)");
        Path other = part("b.parquet", row + "100, 120) t(i)");
        assertEquals(
                List.of("column m was stored as optional int64 m (TIMESTAMP(MILLIS,false)) and is optional int64 m"
                        + " (TIMESTAMP(MICROS,false))"),
                notes(one, other));
        assertEquals(0, duckDb.differences(List.of(one, other), target()));
    }

    @Test
    void namesThatDifferInCaseAreNotRenamed() throws Exception {
        String said = refused(part("a.parquet", "SELECT 1 AS a"), part("b.parquet", "SELECT 1 AS A"));
        assertTrue(said.contains("differ in case"), said);
        assertTrue(refused(CASES.resolve("i96.parquet")).contains("only in case"));
    }

    @Test
    void nanosecondsOfInt96AreNotCut() throws Exception {
        Path whole = int96("whole.parquet", 1_000, 86_399_999_999_000L);
        String said = refused(whole, int96("finer.parquet", 2_000, 1_001));
        assertTrue(said.contains("column ts is int96 with nanoseconds in 1 values"), said);
        assertEquals(
                "column ts was stored as optional int96 ts and is optional int64 ts (TIMESTAMP(MICROS,false))",
                notes(whole).getFirst());
        assertEquals(List.of("1|", "86399999999|"), column("epoch_us(ts) % 86400000000"));
    }

    private Path int96(String name, long... nanosOfDay) throws Exception {
        List<Consumer<Group>> rows = LongStream.of(nanosOfDay)
                .<Consumer<Group>>mapToObj(nanos -> group -> group.add(
                        "ts",
                        Binary.fromConstantByteArray(ByteBuffer.allocate(12)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(nanos)
                                .putInt(JULIAN_DAY)
                                .array())))
                .toList();
        return ParquetJava.write(dir.resolve(name), "message m { optional int96 ts; }", builder -> {}, rows);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optional fixed_len_byte_array(33) v (DECIMAL(77,38));",
                "optional binary v (BSON);",
                "optional int64 v (TIMESTAMP(NANOS,true));",
                "optional group v (LIST) { repeated group list { optional int96 element; } }"
            })
    void aTypeThatDuckDbChangesIsRefusedInASingleFile(String column) throws Exception {
        String said = refused(
                ParquetJava.write(dir.resolve("a.parquet"), "message m { " + column + " }", builder -> {}, List.of()));
        assertTrue(said.startsWith("a.parquet: column v"), said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GEOMETRY", "GEOGRAPHY", "VARIANT", "LOGICAL_19", "DECIMAL(39,0)", "BSON"})
    void anUnknownTypeHasNoValueType(String logical) {
        assertEquals(
                Optional.empty(),
                ValueType.of(new ParquetColumn(List.of("g"), "optional", "binary", logical, OptionalInt.empty())));
    }

    @Test
    void everythingLostExceptValuesIsNoted() throws Exception {
        Path one = ParquetJava.write(
                dir.resolve("a.parquet"),
                "message m { required int32 id = 5; optional binary e (ENUM); }",
                builder -> builder.withExtraMetaData(Map.of("owner", "x")),
                Stream.<Consumer<Group>>of(group -> group.append("id", 1).append("e", "A"))
                        .toList());
        Path other = part("b.parquet", "SELECT 2 AS id");
        List<String> notes = notes(one, other);
        assertTrue(
                notes.contains("column id was stored as required int32 id = 5 and is optional int32 id"),
                notes.toString());
        assertTrue(
                notes.contains("column e was stored as optional binary e (ENUM) and is optional binary e (STRING)"),
                notes.toString());
        assertTrue(notes.contains("column e is NULL in the rows of part 2, which lacks it"), notes.toString());
        assertTrue(notes.stream().anyMatch(note -> note.startsWith("key owner is left out")), notes.toString());
        assertEquals(List.of("1|A|", "2|null|"), column("id, e"));
    }

    @Test
    void aDamagedPartIsRefused() throws Exception {
        Path damaged = Files.writeString(dir.resolve("a.parquet"), "PAR1 no PAR1");
        assertTrue(refused(damaged).contains("a.parquet"));
    }
}
