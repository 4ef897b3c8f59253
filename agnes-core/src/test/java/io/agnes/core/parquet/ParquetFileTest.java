// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.InMemoryPart;
import io.agnes.core.composite.Part;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetFileTest {
    private static final String EVERY_TYPE =
            "SELECT 1::TINYINT AS a, 1::SMALLINT AS b, 1::INTEGER AS c, 1::BIGINT AS d,"
                    + " 1::UTINYINT AS e, 1::USMALLINT AS f, 1::UINTEGER AS g, 1::UBIGINT AS h, 1::FLOAT AS i, 1::DOUBLE AS j,"
                    + " 1::DECIMAL(9,2) AS k, 1::DECIMAL(38,10) AS l, true AS m, 'x' AS n, 'x'::BLOB AS o, DATE '2026-01-01' AS p,"
                    + " TIME '01:00:00' AS q, TIMESTAMP '2026-01-01' AS r, TIMESTAMPTZ '2026-01-01 00:00:00Z' AS s,"
                    + " TIMESTAMP_NS '2026-01-01' AS t, uuid() AS u, '{}'::JSON AS v";

    private static TestDuckDb duckDb;

    @TempDir
    static Path dir;

    @BeforeAll
    static void open() throws Exception {
        duckDb = TestDuckDb.open();
    }

    @AfterAll
    static void close() throws Exception {
        duckDb.close();
    }

    private static ParquetFile inspect(Path path) throws Exception {
        try (Part part = Part.of(path)) {
            return assertInstanceOf(ParquetFile.Inspection.Opened.class, ParquetFile.inspect(part))
                    .file();
        }
    }

    @Test
    void theSchemaPrintsAsParquetJavaPrintsIt() throws Exception {
        Path path = duckDb.copy(
                EVERY_TYPE + ", [1] AS list, {'x': 1, 'y': [{'z': 'deep'}]} AS struct, MAP {'k': 1} AS map",
                dir.resolve("types.parquet"),
                "");
        try (ParquetFileReader reader = ParquetJava.open(path)) {
            assertEquals(printed(reader), inspect(path).schema().toString());
        }
        Path other = ParquetJava.write(
                dir.resolve("other.parquet"),
                "message spark_schema { required int64 id = 7; optional fixed_len_byte_array(12) span (INTERVAL) = 8;"
                        + " optional int96 old; required group g (MAP) { repeated group key_value { required binary key"
                        + " (ENUM); optional int64 value (TIME(NANOS,false)); } } optional binary b (BSON); }",
                builder -> {},
                List.of());
        try (ParquetFileReader reader = ParquetJava.open(other)) {
            assertEquals(printed(reader), inspect(other).schema().toString());
        }
    }

    /** Removes the order of floating-point columns, which parquet-java prints since 1.18 and no parser reads. */
    private static String printed(ParquetFileReader reader) {
        return reader.getFileMetaData()
                .getSchema()
                .toString()
                .replaceAll(" columnorder\\(\\w+\\)", "")
                .strip();
    }

    @Test
    void typesHaveTheNamesThatDuckDbGivesThem() throws Exception {
        Path path = duckDb.copy(EVERY_TYPE, dir.resolve("types.parquet"), "");

        List<String> expected = duckDb.rows("SELECT column_type FROM (DESCRIBE FROM '" + path + "')");

        assertEquals(
                expected,
                inspect(path).columns().stream()
                        .map(column -> column.column().sqlType() + "|")
                        .toList());
    }

    @Test
    void sizesRowsAndKeyValuesAreThoseOfTheFooter() throws Exception {
        Path path = duckDb.copy(
                "SELECT i, 'x' || i AS t FROM range(5000) t(i)",
                dir.resolve("file.parquet"),
                "compression zstd, row_group_size 2048, kv_metadata {origin: 'test'}");

        ParquetFile file = inspect(path);

        assertEquals(5000, file.rows());
        assertEquals(3, file.rowGroups());
        assertEquals(2048, file.medianGroupRows());
        assertEquals(Files.size(path), file.length());
        assertEquals(Map.of("origin", "test"), file.keyValues());
        assertTrue(file.createdBy().orElse("").startsWith("DuckDB"));
        assertEquals(Set.of("zstd"), file.columns().get(0).codecs());
        assertEquals(5000, file.columns().get(1).values());
        assertEquals(
                duckDb.value("SELECT sum(total_compressed_size) FROM parquet_metadata('" + path
                        + "') WHERE path_in_schema = 't'"),
                String.valueOf(file.columns().get(1).compressedBytes()));
        try (Part part = Part.of(path)) {
            assertEquals(Optional.empty(), ParquetFile.problem(part));
        }
    }

    @Test
    void indexesAndBloomFiltersAreCounted() throws Exception {
        try (InputStream in = ParquetFileTest.class.getResourceAsStream("writers/hyparquet-0.parquet")) {
            byte[] bytes = java.util.Objects.requireNonNull(in).readAllBytes();

            ParquetFile file = assertInstanceOf(
                            ParquetFile.Inspection.Opened.class, ParquetFile.inspect(new InMemoryPart("h", bytes)))
                    .file();

            assertEquals(3, file.columns().get(1).indexedGroups());
            assertEquals(3, file.columns().get(1).bloomGroups());
            assertEquals(0, file.columns().get(0).bloomGroups());
        }
    }

    @Test
    void aMissingPageHeaderIsFound() throws Exception {
        Path path = duckDb.copy("SELECT i FROM range(100) t(i)", dir.resolve("file.parquet"), "");
        byte[] bytes = Files.readAllBytes(path);
        java.util.Arrays.fill(bytes, 4, 30, (byte) 0xff);

        Optional<String> problem = ParquetFile.problem(new InMemoryPart("file", bytes));

        assertTrue(problem.orElse("").startsWith("row group 0, column i: at byte 4: "), problem.toString());
    }

    @Test
    void aFileThatIsNotParquetIsUnreadable() throws Exception {
        ParquetFile.Inspection inspection = ParquetFile.inspect(new InMemoryPart("text", new byte[100]));

        assertEquals(
                "text is not a Parquet file: it does not end in PAR1",
                assertInstanceOf(ParquetFile.Inspection.Unreadable.class, inspection)
                        .reason()
                        .message());
        assertTrue(ParquetFile.problem(new InMemoryPart("text", new byte[100])).isPresent());
    }
}
