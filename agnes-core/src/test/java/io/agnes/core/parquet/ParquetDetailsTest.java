// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.InMemoryPart;
import io.agnes.core.composite.Part;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetDetailsTest {
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

    private static ParquetDetails read(Part part) throws Exception {
        return assertInstanceOf(ParquetDetails.Reading.Opened.class, ParquetDetails.read(part))
                .details();
    }

    private static ParquetDetails of(String query, String options) throws Exception {
        try (Part part = Part.of(duckDb.copy(query, dir.resolve("file.parquet"), options))) {
            return read(part);
        }
    }

    private static byte[] resource(String name) throws Exception {
        try (InputStream in = ParquetDetailsTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }

    private static List<String> ranges(ParquetDetails details) {
        return details.summaries().stream()
                .map(each -> each.statistics().min().orElse("none") + " to "
                        + each.statistics().max().orElse("none"))
                .toList();
    }

    @Test
    void minimumAndMaximumHaveTheTypeOfTheColumn() throws Exception {
        String row =
                "SELECT (%1$s)::TINYINT, (%1$s)::BIGINT, ((%1$s) + 9)::UBIGINT, (%1$s)::DOUBLE, (%1$s)::DECIMAL(9,2),"
                        + " (%1$s)::DECIMAL(38,3), DATE '2026-01-05' + (%1$s), TIMESTAMP '2026-01-05 01:00:00.5' + INTERVAL (%1$s) HOUR,"
                        + " TIMESTAMPTZ '1960-01-05 01:00:00Z', TIME '01:00:00' + INTERVAL ((%1$s) + 2) HOUR, 'ü' || (%1$s),"
                        + " (%1$s) > 0, '12345678-1234-1234-1234-123456789abc'::UUID";
        ParquetDetails details = of(row.formatted("-1") + " UNION ALL " + row.formatted("3"), "");
        assertEquals(
                List.of(
                        "-1 to 3",
                        "-1 to 3",
                        "8 to 12",
                        "-1.0 to 3.0",
                        "-1.00 to 3.00",
                        "-1.000 to 3.000",
                        "2026-01-04 to 2026-01-08",
                        "2026-01-05T00:00:00.500 to 2026-01-05T04:00:00.500",
                        "1960-01-05T01:00Z to 1960-01-05T01:00Z",
                        "02:00 to 06:00",
                        "ü-1 to ü3",
                        "false to true",
                        "12345678-1234-1234-1234-123456789abc to 12345678-1234-1234-1234-123456789abc"),
                ranges(details));
    }

    @Test
    void statisticsAreAddedUpOverRowGroups() throws Exception {
        ParquetDetails details = of(
                "SELECT CASE WHEN i % 2 = 0 THEN i END AS a, NULL::INTEGER AS b FROM range(5000) t(i)",
                "row_group_size 2048");
        ColumnStatistics numbers = details.summaries().get(0).statistics();
        assertEquals(Optional.of(0L), numbers.min());
        assertEquals(Optional.of(4998L), numbers.max());
        assertEquals(OptionalLong.of(2500), numbers.nulls());
        assertEquals(
                OptionalLong.of(5000), details.summaries().get(1).statistics().nulls());
        assertEquals(Optional.empty(), details.summaries().get(1).statistics().min());
        List<ParquetDetails.Group> groups = new ArrayList<>();
        details.forEachGroup(groups::add);
        assertEquals(
                List.of(2048L, 2048L, 904L),
                groups.stream().map(ParquetDetails.Group::rows).toList());
        assertEquals(
                Optional.of(2048L), groups.get(1).columns().get(0).statistics().min());
        assertEquals(
                OptionalLong.of(452),
                groups.get(2).columns().get(0).statistics().nulls());
    }

    @Test
    void aRowGroupWithoutStatisticsLeavesTheColumnWithoutBounds() throws Exception {
        byte[] file = java.nio.file.Files.readAllBytes(
                duckDb.copy("SELECT i FROM range(5000) t(i)", dir.resolve("groups.parquet"), "row_group_size 2048"));
        byte[] without = Footers.edit(
                file,
                data -> data.getRow_groups()
                        .get(1)
                        .getColumns()
                        .get(0)
                        .getMeta_data()
                        .unsetStatistics());
        ColumnStatistics statistics =
                read(Footers.part("file", without)).summaries().get(0).statistics();
        assertEquals(Optional.empty(), statistics.min());
        assertEquals(OptionalLong.empty(), statistics.nulls());
    }

    @Test
    void aTypeWithoutOrderHasNoBounds() throws Exception {
        ParquetDetails.Summary int96 = read(new InMemoryPart("i96", resource("cases/i96.parquet")))
                .summaries()
                .get(0);
        assertEquals("int96", int96.column().column().physicalType());
        assertEquals(Optional.empty(), int96.statistics().min());
        byte[] older = Footers.edit(
                resource("cases/i96.parquet"),
                data -> data.getRow_groups()
                        .get(0)
                        .getColumns()
                        .forEach(column -> column.getMeta_data()
                                .getStatistics()
                                .setMin(column.getMeta_data().getStatistics().getMin_value())
                                .setMax(column.getMeta_data().getStatistics().getMax_value())));
        byte[] onlyOlder = Footers.edit(
                older,
                data -> data.getRow_groups().get(0).getColumns().forEach(column -> {
                    column.getMeta_data().getStatistics().unsetMin_value();
                    column.getMeta_data().getStatistics().unsetMax_value();
                }));
        List<ParquetDetails.Summary> summaries =
                read(new InMemoryPart("old", onlyOlder)).summaries();
        assertTrue(summaries.stream()
                .filter(each -> each.column().column().logicalType().equals("STRING"))
                .allMatch(each -> each.statistics().min().isEmpty()));
    }

    @Test
    void encodingsIndexesAndFieldIdsAreThoseOfTheFooter() throws Exception {
        ParquetDetails details = read(new InMemoryPart("h", resource("writers/hyparquet-0.parquet")));
        ParquetDetails.Summary column = details.summaries().get(1);
        assertEquals(3, column.columnIndexGroups());
        assertEquals(3, column.column().bloomGroups());
        details.forEachGroup(group -> assertTrue(group.columns().get(1).bloomFilter()));
        ParquetDetails ids = read(new InMemoryPart("i96", resource("cases/i96.parquet")));
        assertEquals(OptionalInt.of(5), ids.file().columns().get(3).column().fieldId());
        assertEquals(OptionalInt.empty(), ids.file().columns().get(0).column().fieldId());
        assertEquals("required", ids.file().columns().get(3).column().repetition());
        assertEquals(Set.of("BIT_PACKED", "PLAIN"), ids.summaries().get(3).encodings());
    }

    @Test
    void onlyTheEndOfALargeFileIsRead() throws Exception {
        Path file = duckDb.copy("SELECT i, hash(i) AS h FROM range(200000) t(i)", dir.resolve("large.parquet"), "");
        List<Long> reads = new ArrayList<>();
        try (Part part = Part.of(file)) {
            read(new Part() {
                @Override
                public String name() {
                    return part.name();
                }

                @Override
                public long length() {
                    return part.length();
                }

                @Override
                public void read(long offset, ByteBuffer into) throws java.io.IOException, InterruptedException {
                    reads.add(offset);
                    part.read(offset, into);
                }
            });
            assertEquals(List.of(part.length() - Tail.SPECULATIVE_BYTES), reads);
        }
    }
}
